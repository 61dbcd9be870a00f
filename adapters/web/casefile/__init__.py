"""A case as its page shows it: plain values read off its events, one part of the page a file."""
