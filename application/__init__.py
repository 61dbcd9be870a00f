"""Use cases: load, decide, append; fold, query, report. Knows the domain and nothing of the world outside."""
