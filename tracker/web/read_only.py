"""Read-only mode: set by the operator, or by itself when the disk is nearly full. Pages open; nothing is changed."""

from typing import Any

from flask import Flask, Response, g, make_response, render_template, request

from tracker import disk
from tracker.web.problems import problem
from tracker.web.request import is_api, is_changing, settings

_ALLOWED = frozenset(
    {"auth.login", "auth.code", "auth.logout", "step_up.confirm"}
)  # a session is a few bytes, and reading needs one
_SET = "The tracker is in read-only mode: you can look and print, but nothing can be changed."
_FULL = "The disk is nearly full, so the tracker only reads for now. Free some space; changes work again by themselves."
_LARGE = "The files you chose are large for the disk: less than three times their size is left. Make room before you log them."
_LOW = "Less than 1 GB of disk space is left. Below 200 MB the tracker only reads."


def init_app(app: Flask) -> None:
    """Refuse changes while read-only, and say so on every page; runs after the sign-in check."""
    app.before_request(_refuse_change)
    app.context_processor(_known)


def _reason() -> str:
    if settings().read_only:
        return _SET
    return _FULL if disk.is_full(settings()) else ""


def _known() -> dict[str, Any]:
    return {"disk_notice": lambda: _reason() or _little_room()}


def _little_room() -> str:
    """Less than 1 GB, or than three times the files of this page (``g.incoming_bytes``), is said before it hurts."""
    if disk.is_low(settings()):
        return _LOW
    return _LARGE if disk.is_low(settings(), g.get("incoming_bytes", 0)) else ""


def _refuse_change() -> Response | None:
    if not is_changing() or request.endpoint in _ALLOWED or not (reason := _reason()):
        return None
    if is_api():
        return problem(503, f"{reason} Nothing was changed.", {"Retry-After": "600"})
    page = render_template(
        "errors/error.html", title="Nothing was changed", advice=f"{reason} Keep what you typed and try again later."
    )
    response = make_response(page, 503)
    response.headers["Retry-After"] = "600"
    return response
