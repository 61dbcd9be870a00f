"""Replications: an innovation copied at another place, each copy a stream of its own."""
