"""Error pages: what happened, what to do, and for our own faults a reference number."""

import logging
import secrets
import traceback
from types import TracebackType

from flask import Flask, Response, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

log = logging.getLogger(__name__)

_PAGES = {
    400: ("This page could not read what was sent", "Go back, reload the page and try again. Nothing was changed."),
    403: ("You cannot do this", "Ask the owner of the practice for access. Nothing was changed."),
    404: ("Page not found", "It may have been removed, or it belongs to a practice you cannot see."),
    405: ("This page cannot be opened this way", "Go back and use the button on the page. Nothing was changed."),
    409: ("Someone else changed this", "Reload the page to see the newer version, then make your change again."),
    413: ("The file is too big", "Choose a smaller file, or split it. Nothing was saved."),
    429: ("Too many tries", "Wait a minute, then try again."),
}
_FORM_TOO_OLD = ("This form is too old", "You signed in again since it was opened. Go back, reload and send it again.")


def _page(status: int, title: str, advice: str, reference: str = "") -> Response:
    page = render_template("errors/error.html", title=title, advice=advice, reference=reference)
    response = make_response(page, status)
    if status == 429:
        response.headers["Retry-After"] = "60"
    return response


def _expected(error: HTTPException) -> Response | HTTPException:
    if isinstance(error, CSRFError):
        return _page(400, *_FORM_TOO_OLD)
    status = error.code or 500
    if status not in _PAGES:
        return error
    title, advice = _PAGES[status]
    page = _page(status, title, advice)
    if status == 405 and error.get_headers():
        page.headers["Allow"] = dict(error.get_headers()).get("Allow", "")
    return page


def _stale(_error: StaleDataError) -> Response:
    return _page(409, *_PAGES[409])


def _our_fault(_error: Exception) -> Response:
    advice = "Your last change may not be saved. Try again."
    return _page(500, "Something went wrong on our side", advice, g.get("reference", ""))


class Tracker(Flask):
    """The app; its log of faults names places in the code and the fault's kind, never values (security.md C-40)."""

    def log_exception(
        self,
        exc_info: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> None:
        """Log a fault under the reference number that the page shows."""
        kind, _, places = exc_info
        g.reference = f"E-{secrets.token_hex(3).upper()}"
        trail = "".join(traceback.format_tb(places))
        name = kind.__name__ if kind else "fault"
        log.error("%s: %s %s: %s\n%s", g.reference, request.method, request.path, name, trail)


def init_app(app: Flask) -> None:
    """Answer every error with a page in plain words."""
    app.register_error_handler(HTTPException, _expected)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(500, _our_fault)
