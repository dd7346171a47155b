"""Addresses given by a form: only paths of this site are followed."""

from urllib.parse import urlsplit


def local_path(address: str | None) -> str:
    """Return the path and query of an address of this site; nothing for any other address."""
    parts = urlsplit(address or "")
    path = parts.path
    if parts.scheme or parts.netloc or not path.startswith("/") or path.startswith("//") or "\\" in path:
        return ""
    return f"{path}?{parts.query}" if parts.query else path
