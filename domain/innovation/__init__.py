"""The innovation case: one identity for life, from idea to anchoring or an honest end."""
