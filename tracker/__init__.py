"""Denial and appeals tracker for rehab-therapy billing."""
