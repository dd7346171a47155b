"""Invented practices, payers and claims, written as real 835 and 837P files."""
