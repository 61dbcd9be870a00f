"""A demonstration: invented governments and their cases, made through the same decisions as real ones."""
