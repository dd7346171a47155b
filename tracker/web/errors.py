"""Error pages: what happened, what to do, and for our own faults a reference number."""

import logging
import secrets
import traceback
from types import TracebackType
from typing import cast

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from tracker.letters.problems import LetterProblem, TemplateProblem
from tracker.web.access import Refused, VerbMissing
from tracker.web.budget import OverBudget
from tracker.web.problems import problem, problem_of
from tracker.web.request import is_api

log = logging.getLogger(__name__)

_PAGES = {
    400: ("This page could not read what was sent", "Go back, reload the page and try again. Nothing was changed."),
    403: ("You cannot do this", "Ask an admin of the practice for access. Nothing was changed."),
    404: ("Page not found", "It may have been removed, or it belongs to a practice you cannot see."),
    405: ("This page cannot be opened this way", "Go back and use the button on the page. Nothing was changed."),
    409: ("Someone else changed this", "Reload the page to see the newer version, then make your change again."),
    413: ("The file is too big", "Choose a smaller file, or split it. Nothing was saved."),
    429: ("Too many tries", "Wait a minute, then try again."),
}
_FORM_TOO_OLD = ("This form is too old", "You signed in again since it was opened. Go back, reload and send it again.")


def _page(status: int, title: str, advice: str, reference: str = "") -> Response:
    if is_api():
        return problem(status, advice, reference=reference)
    page = render_template("errors/error.html", title=title, advice=advice, reference=reference)
    response = make_response(page, status)
    if status == 429:
        response.headers["Retry-After"] = "60"
    return response


def _expected(error: HTTPException) -> Response | HTTPException:
    if is_api():
        if error.response is not None:
            return error
        return problem_of(error, (error.description or "") if isinstance(error, (Refused, VerbMissing)) else "")
    if isinstance(error, CSRFError):
        return _page(400, *_FORM_TOO_OLD)
    status = error.code or 500
    if status not in _PAGES:
        return error
    title, advice = _PAGES[status]
    if isinstance(error, Refused):
        title, advice = "Your role does not include this", error.description or advice
    elif isinstance(error, OverBudget):
        title, advice = "That is more than one person reads", error.description or advice
    elif status == 404 and g.get("left_out"):
        advice += f" Your role in {' or '.join(one.name for one in g.left_out)} does not include this page."
    page = _page(status, title, advice)
    if isinstance(error, OverBudget):
        page.headers["Retry-After"] = str(error.retry_after)
    if status == 405 and error.get_headers():
        page.headers["Allow"] = dict(error.get_headers()).get("Allow", "")
    return page


def _stale(_error: StaleDataError) -> ResponseReturnValue:
    """Two writers at the same moment: the view is asked again, and sees what the other saved; then it answers with that."""
    if is_api() or g.get("asked_again"):
        return problem(409) if is_api() else _page(409, *_PAGES[409])
    g.asked_again = True
    for file in request.files.values():
        file.stream.seek(0)
    view = current_app.ensure_sync(current_app.view_functions[request.endpoint or ""])
    try:
        return cast(ResponseReturnValue, view(**(request.view_args or {})))
    except StaleDataError:
        return _page(409, *_PAGES[409])
    except HTTPException as error:
        return _expected(error)


def _letter_problem(error: LetterProblem) -> Response:
    """A letter cannot be written: its own template does not fit its facts, or too many are written at once."""
    advice = f"{error}."
    if isinstance(error, TemplateProblem):
        advice += (
            " Whoever may change letter templates can mend this one, or take the shipped text back, under Templates."
        )
    return _page(503, "The letter cannot be shown", advice)


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
    app.register_error_handler(LetterProblem, _letter_problem)
    app.register_error_handler(500, _our_fault)
