"""Rulebooks as data files, with their loader."""
