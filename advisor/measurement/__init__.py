"""Real runs in a process of their own: the parent that starts and watches, the worker that runs."""
