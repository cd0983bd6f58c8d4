"""From a loaded model to its profile: operators, traffic, memory; nothing here knows a price."""
