"""A reference becomes a model that can be profiled and measured; one file a kind of source."""
