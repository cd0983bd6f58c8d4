"""Rules that look at facts, the search that proves how good a plan is, and the plan."""
