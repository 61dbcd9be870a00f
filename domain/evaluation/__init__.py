"""Evaluations: an innovation judged by a panel under a rulebook, each a stream of its own."""
