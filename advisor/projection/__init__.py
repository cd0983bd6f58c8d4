"""The one engine: a batch of setups in, time, memory, capacity, energy and cost out."""
