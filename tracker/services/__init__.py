"""Use cases, one per file: they add and change rows, and never commit."""
