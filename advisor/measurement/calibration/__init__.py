"""What this very box reaches: small modules of each kind, timed, and a hardware profile of them."""
