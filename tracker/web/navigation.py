"""What every page shows: the bar on top, the practice switcher, the status line."""

from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask, flash, g, get_flashed_messages, request, url_for

_PAGES = (
    ("Queue", "queue.show"),
    ("Import", "imports.choose"),
    ("Appeals", "appeals.index"),
    ("Insights", "insights.show"),
    ("Payers", "payers.index"),
    ("Settings", "settings.show"),
)

# Subjects without a link of their own stand under another's.
_UNDER = {
    "denials": "queue", "log": "queue", "digest": "queue", "claims": "queue", "patients": "queue", "notes": "queue",
    "letters": "appeals", "letter_texts": "appeals", "letter_batches": "appeals", "packets": "appeals",
    "packet": "appeals", "payer_limits": "payers",
}  # fmt: skip


class Page(NamedTuple):
    """A link of the top bar. ``current`` is the value of aria-current: this page, or true for what lies under it."""

    label: str
    address: str
    current: str


def say(text: str, undo: str = "") -> None:
    """Show a line on the next page; with ``undo`` (the id of a change's event) an Undo button beside it.

    The line travels in a cookie: no patient's name, no claim number.
    """
    flash({"text": text, "undo": undo}, "status")  # type: ignore[arg-type]  # anything JSON can hold


def _pages() -> list[Page]:
    return [Page(label, url_for(name), _current(name.split(".")[0])) for label, name in _PAGES]


def _current(subject: str) -> str:
    here = request.blueprint or ""
    if here == subject:
        return "page"
    return "true" if _UNDER.get(here) == subject else ""


def _status_lines() -> list[dict[str, str]]:
    return get_flashed_messages(category_filter=["status"])  # type: ignore[return-value]  # say() puts dicts in


def _asset(app: Flask, name: str) -> str:
    """Return the address of a static file; it changes when the file does, so browsers may keep it."""
    changed = int((Path(app.static_folder or "") / name).stat().st_mtime)
    return url_for("static", filename=name, v=changed)


def init_app(app: Flask) -> None:
    """Give the templates what the frame of every page needs."""

    def known() -> dict[str, Any]:
        return {
            "pages": _pages,
            "status_lines": _status_lines,
            "asset": lambda name: _asset(app, name),
            "is_demo": any(practice.is_demo for practice in g.get("practices", ())),
        }

    app.context_processor(known)
