"""Where a request comes from, in words that a person recognises in a list of sessions."""

from flask import request

from tracker.services.sessions import Place

# The first that fits names it: most browsers also claim to be those further down.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def in_words(user_agent: str) -> str:
    """Return the browser and system a User-Agent header claims, like ``Firefox on Windows``."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "Another program")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser


def here() -> Place:
    """Return where the request comes from."""
    return Place(in_words(request.headers.get("User-Agent", "")), request.remote_addr or "")
