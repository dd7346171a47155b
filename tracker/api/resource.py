"""What every part of the API shares: how bodies are read, how a change runs, how the same request is done once."""

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, NoReturn, ParamSpec

import marshmallow as ma
from flask import Request, Response, g, request, url_for
from flask_smorest import Blueprint
from marshmallow import fields
from marshmallow.validate import Range
from webargs import core
from webargs.flaskparser import FlaskParser, abort, is_json_request

from tracker.api.fields import Answer, Body
from tracker.db import transaction
from tracker.importers.errors import ImportProblem
from tracker.services import api_answers
from tracker.services.api_answers import Asked, OtherRequest, StillRunning
from tracker.services.appealing import AppealRefused
from tracker.services.letter_drafts import LetterConflict
from tracker.services.logging_denials import LoggingProblem
from tracker.services.notes import NoteError
from tracker.services.working import ChangeError
from tracker.web.audited import shown
from tracker.web.problems import problem
from tracker.web.request import sessions
from tracker.web.uploads import UploadProblem

_P = ParamSpec("_P")

MOST_ROWS = 200
KEY_HEADER = "Idempotency-Key"
_KEY = {
    "in": "header",
    "name": KEY_HEADER,
    "required": True,
    "description": "Made by you, another one for every new request. Sent again with the same request, the first answer "
    "is given again and nothing is done twice. Kept for 30 days.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
}


class OtherVersion(Exception):  # noqa: N818  # says what happened
    """Raised when a change was made for a version that is no longer the newest; ``current`` is how it stands now."""

    def __init__(self, current: dict[str, Any]) -> None:
        super().__init__()
        self.current = current


class _Parser(FlaskParser):
    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": ma.RAISE}  # noqa: RUF012

    def _raw_load_json(self, req: Request) -> Any:
        if not is_json_request(req):
            abort(415)
        try:
            return core.parse_json(req.get_data(cache=True))
        except (ValueError, RecursionError) as error:  # not JSON, a number of 5,000 digits, a thousand brackets
            return self._refuse(error)

    @staticmethod
    def _refuse(error: Exception) -> NoReturn:
        abort(400, exc=error, messages={"json": ["This is not JSON that can be read."]})


class Resource(Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """One subject of the API; refusals of the services become problem details."""

    ARGUMENTS_PARSER = _Parser()

    def __init__(self, name: str, description: str) -> None:
        super().__init__(f"api_{name}", __name__, url_prefix="/api/v1", description=description)
        for kind in (ChangeError, AppealRefused, NoteError, LoggingProblem, UploadProblem, ImportProblem):
            self.register_error_handler(kind, _refused)
        self.register_error_handler(LetterConflict, lambda _: problem(409))
        self.register_error_handler(OtherVersion, lambda error: problem(409, current=error.current))
        self.register_error_handler(StillRunning, _running)
        self.register_error_handler(OtherRequest, _other_request)


def _refused(error: Exception) -> Response:
    words = f"{error}".rstrip(".")
    field = getattr(error, "field", "")
    errors = [{"where": f"json.{field}", "why": words}] if field else []
    return problem(422, f"{words}. Nothing was changed.", errors=errors)


def _running(error: StillRunning) -> Response:
    words = "The first request with this Idempotency-Key is still at work. Ask again after Retry-After."
    return problem(409, words, {"Retry-After": str(error.seconds)})


def _other_request(_error: OtherRequest) -> Response:
    words = "This Idempotency-Key was used for another request. Make a new key for every new request."
    return problem(422, f"{words} Nothing was changed.")


# ---- lists ----


class PageAsked(Body):
    """Which part of a list."""

    page = fields.Integer(load_default=1, validate=Range(min=1, max=1_000_000))
    page_size = fields.Integer(load_default=50, validate=Range(min=1, max=MOST_ROWS))


class PageTold(Answer):
    """Which part of a list this is, and how long the list is."""

    page = fields.Integer()
    page_size = fields.Integer()
    total = fields.Integer()


def skipped(asked: dict[str, Any]) -> int:
    """Return how many rows come before the page that is asked for."""
    return int((asked["page"] - 1) * asked["page_size"])


def page_told(asked: dict[str, Any], total: int, items: Sequence[Any]) -> dict[str, Any]:
    """Return a page of a list of ``total`` rows, and tell the audit log how many it shows."""
    shown(len(items))
    return {"page": asked["page"], "page_size": asked["page_size"], "total": total, "items": items}


# ---- changes ----


def changes(view: Callable[_P, Response]) -> Callable[_P, Response]:
    """Run a view in one transaction: all of it or nothing."""

    @wraps(view)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> Response:
        with transaction(g.session):
            return view(*args, **kwargs)

    return run


def once(view: Callable[_P, Response]) -> Callable[_P, Response]:
    """Run a view in one transaction with its answer, once for every ``Idempotency-Key``; sent again, answer the same."""

    @wraps(view)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> Response:
        begun = api_answers.begin(sessions(), _asked(), g.now)
        if isinstance(begun, api_answers.Answer):
            return _response(begun)
        try:
            with transaction(g.session) as session:
                answer = view(*args, **kwargs)
                kept = api_answers.Answer(answer.status_code, answer.headers.get("Location", ""), answer.get_data())
                api_answers.finish(session, begun, kept)
        except BaseException:
            api_answers.give_up(sessions(), begun)
            raise
        return answer

    documented: Callable[_P, Response] = Blueprint.doc(parameters=[_KEY])(run)
    return documented


def _response(kept: api_answers.Answer) -> Response:
    answer = Response(kept.body, kept.status, mimetype="application/json", headers={"Idempotency-Replayed": "true"})
    if kept.location:
        answer.headers["Location"] = kept.location
    return answer


def _asked() -> Asked:
    key = request.headers.get(KEY_HEADER, "")
    if not 0 < len(key) <= 255 or not all("!" <= char <= "~" for char in key):
        abort(400, messages={"headers": {KEY_HEADER: ["Send a key of 1 to 255 visible characters."]}})
    what = json.dumps(
        [request.method, request.path, sorted(request.args.items(multi=True)), _content()], sort_keys=True
    )
    return Asked(g.practice.id, g.token.id, key, hashlib.sha256(what.encode()).hexdigest())


def _content() -> Any:
    """Return what the body says, however it was put into bytes: the boundaries of two uploads of a file differ."""
    if request.mimetype != "multipart/form-data":
        data = request.get_data(cache=True)
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            return hashlib.sha256(data).hexdigest()
    files = []
    for name, file in request.files.items(multi=True):
        files.append([name, file.filename, hashlib.file_digest(file.stream, "sha256").hexdigest()])  # type: ignore[arg-type]
        file.stream.seek(0)
    return [sorted(request.form.items(multi=True), key=repr), sorted(files, key=repr)]


def located(told: dict[str, Any], endpoint: str, **values: Any) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Return the answer of something made, with its address."""
    return told, 201, {"Location": url_for(endpoint, **values)}
