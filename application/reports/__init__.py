"""Reports: pure functions of folded rows at a cut-off, the same bytes every time."""
