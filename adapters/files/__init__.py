"""Evidence files by their digest, on disk."""
