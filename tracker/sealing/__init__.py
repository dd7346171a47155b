"""Encryption at rest (security.md 5.3): the cipher of a field, the keys of each practice, and the key that wraps them.

``cipher`` seals and opens one value; ``keyring`` holds the keys of practices while the process runs; ``key_store`` keeps
the key above them on disk, wrapped.
"""
