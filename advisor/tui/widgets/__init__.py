"""Widgets, each knowing how to show lines and nothing of what they mean."""
