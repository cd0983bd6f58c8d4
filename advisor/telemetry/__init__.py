"""What the machine is, and what its devices and its host are doing now."""
