"""PostgreSQL: the log, its views, the directory; all SQL of the house."""
