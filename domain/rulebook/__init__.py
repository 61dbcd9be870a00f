"""Rules as data with a date: what changes every year stands in a rulebook, not in code."""
