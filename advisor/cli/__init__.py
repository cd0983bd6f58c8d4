"""One file a command; each declares `COMMAND`. Data goes to stdout, the rest to stderr."""
