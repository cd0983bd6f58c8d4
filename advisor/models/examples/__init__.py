"""The built-in models, and the scripts that trained them."""
