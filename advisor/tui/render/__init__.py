"""Pure functions from what a session knows to lines of text; no widget is needed to test them."""
