"""advisor: what a PyTorch model costs, and which strategies make it cheaper."""

__version__ = "0.1.0"
