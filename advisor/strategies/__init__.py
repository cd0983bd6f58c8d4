"""One file a strategy: what it sets on a `Setup`, and how it is really applied."""
