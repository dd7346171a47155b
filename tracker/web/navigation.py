"""What every page shows: the bar on top, the practice switcher, the status line."""

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask, flash, g, get_flashed_messages, request, url_for
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from tracker.domain.access import Action, may
from tracker.models import Letter, OwnerRequest, Practice
from tracker.services.backups import backup_notice
from tracker.services.notices import unread
from tracker.services.owner_requests import open_requests
from tracker.services.user_mail import SAYS, About
from tracker.web.access import can_open
from tracker.web.request import is_api, seconds_left, settings

_TO_SIGN, _AUDIT = "signatures.index", "audit.index"
_PAGES = (
    ("To sign", _TO_SIGN),
    ("Queue", "queue.show"),
    ("Import", "imports.choose"),
    ("Appeals", "appeals.index"),
    ("Insights", "insights.show"),
    ("Reports", "reports.index"),
    ("Payers", "payers.index"),
    ("Audit log", _AUDIT),
    ("Settings", "settings.show"),
)

# Subjects without a link of their own stand under another's.
_UNDER = {
    "denials": "queue", "log": "queue", "digest": "queue", "saved_views": "queue", "records_requests": "queue", "claims": "queue", "patients": "queue", "merging": "queue", "notes": "queue",
    "asking": "queue", "comparing": "queue", "thresholds": "queue", "backlog": "imports", "quarantine": "imports", "takebacks": "appeals", "document_notes": "imports",
    "feedback": "reports", "letters": "appeals", "letterhead": "settings", "signing": "settings", "letter_texts": "appeals", "letter_batches": "appeals", "packets": "appeals",
    "packet": "appeals", "payer_limits": "payers", "payer_merging": "payers", "fee_schedules": "payers", "account": "settings", "api_tokens": "settings", "users": "settings", "step_up": "settings",
    "templates": "settings", "template_versions": "settings", "audit": "settings",
    "practice_data": "settings", "practice_deleting": "settings", "practice_requests": "settings",
    "practice_taking": "settings", "keys": "settings", "own_numbers": "settings", "rules": "settings", "check": "settings", "emergency": "settings",
    "chart_notes": "insights", "submitted_claims": "settings",
}  # fmt: skip


class Page(NamedTuple):
    """A link of the top bar. ``current`` is the value of aria-current: this page, or true for what lies under it."""

    label: str
    address: str
    current: str


class Told(NamedTuple):
    """A line about the person's account, and when it happened."""

    id: int
    words: str
    at: datetime


def say(text: str, undo: str = "") -> None:
    """Show a line on the next page; with ``undo`` (the id of a change's event) an Undo button beside it.

    The line travels in a cookie: no patient's name, no claim number.
    """
    flash({"text": text, "undo": undo}, "status")  # type: ignore[arg-type]  # anything JSON can hold


def refuse(text: str) -> None:
    """Show a line on the next page that says what was not done and why, in the tone of a warning; see say()."""
    flash({"text": text, "undo": "", "tone": "warn"}, "status")  # type: ignore[arg-type]  # anything JSON can hold


def give(address: str) -> None:
    """Start the download of an address of ours on the next page, once, with or without JavaScript."""
    flash(address, "download")


def _downloads() -> list[str]:
    return get_flashed_messages(category_filter=["download"])  # type: ignore[return-value]  # give() puts addresses in


def pages() -> list[Page]:
    """Return the links of the top bar: the pages that the person's role opens, at least the settings."""
    return [Page(label, url_for(name), _current(name.split(".")[0])) for label, name in _PAGES if _shows(name)]


def _shows(name: str) -> bool:
    """Whether a page opens; who works the queue finds what is to sign in their own menu, the audit log in the settings."""
    return can_open(name) and not (name in {_TO_SIGN, _AUDIT} and can_open("queue.show"))


def _current(subject: str) -> str:
    here = request.blueprint or ""
    if here == subject:
        return "page"
    has_own_link = here == "audit" and _shows(_AUDIT)
    return "true" if _UNDER.get(here) == subject and not has_own_link else ""


def _status_lines() -> list[dict[str, str]]:
    return get_flashed_messages(category_filter=["status"])  # type: ignore[return-value]  # say() puts dicts in


def _asset(app: Flask, name: str) -> str:
    """Return the address of a static file; it changes when the file does, so browsers may keep it."""
    changed = int((Path(app.static_folder or "") / name).stat().st_mtime)
    return url_for("static", filename=name, v=changed)


def _backup_notice() -> tuple[str, str]:
    """What those who look after the installation are told of its backups; nothing where the database does not answer."""
    if not g.get("user") or "session" not in g or not any(may(role, Action.SETTINGS) for role in g.roles.values()):
        return "", ""
    try:
        return backup_notice(g.session, g.now)
    except SQLAlchemyError:
        return "", ""


def _notices() -> list[Told]:
    """What the person has not read yet about their account; nothing where the database does not answer."""
    if not g.get("user") or "session" not in g or is_api():
        return []
    try:
        found = unread(g.session, g.user.id, g.sign_in.id)
    except SQLAlchemyError:
        return []
    return [Told(one.id, SAYS[About(one.about)][1].format(browser=one.words), one.at) for one in found]


def _waiting_requests() -> list[tuple[Practice, OwnerRequest]]:
    """What other owners ask the person to confirm, by practice."""
    if not g.get("user") or "session" not in g or settings().profile != "company":
        return []
    owned = {one.id: one for one in g.practices if may(g.roles[one.id], Action.OWN_PRACTICE)}
    found = open_requests(g.session, list(owned), g.now) if owned else ()
    return [(owned[one.practice_id], one) for one in found if one.asked_by_id != g.user.id]


def _is_new() -> bool:
    """Whether nobody has drafted a letter yet in the practices looked at, the demo apart: then the first steps are shown.

    The last of the four steps opens after the third and tells of them all; the page itself stays under Help.
    """
    own = [one.id for one in g.get("practices", ()) if not one.is_demo]
    if "session" not in g:
        return False
    return not own or g.session.scalar(select(Letter.id).where(Letter.practice_id.in_(own)).limit(1)) is None


def init_app(app: Flask) -> None:
    """Give the templates what the frame of every page needs."""

    def known() -> dict[str, Any]:
        return {
            "pages": pages,
            "can_open": can_open,
            "backup_notice": _backup_notice,
            "notices": _notices,
            "waiting_requests": _waiting_requests,
            "status_lines": _status_lines,
            "downloads": _downloads,
            "is_new": _is_new,
            "seconds_left": seconds_left,
            "asset": lambda name: _asset(app, name),
            "is_demo": any(practice.is_demo for practice in g.get("practices", ())),
        }

    app.context_processor(known)
