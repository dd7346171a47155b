"""The description of the API, OpenAPI 3.1, and how its parts are put into the app."""

from typing import Any

import marshmallow as ma
from flask import Blueprint, Flask, Response, current_app, jsonify
from flask_smorest import Api
from flask_smorest.utils import prepare_response

from tracker.api import appeals, claims, denials, imports, insights, letters, notes, outcomes
from tracker.api.fields import ID_PATTERN, IdConverter, init_map
from tracker.domain.access import Action
from tracker.web.access import needs
from tracker.web.problems import MIMETYPE

_PARTS = (denials, claims, notes, appeals, letters, outcomes, imports, insights)
_SCHEME = "token"
_ABOUT = """\
What the screens of the tracker show and do, for programs, with the same roles and in one practice at a time.

Amounts are cents (`_cents`), days are ISO dates, times are UTC. Ids are random and stay. Something that creates needs an
`Idempotency-Key`; something that changes needs the `version` that was read, and gets 409 with `current` when somebody
else was first. Errors are problem details (RFC 9457): `detail` says what happened and what to do.
"""


class Where(ma.Schema):
    """One value that cannot be taken."""

    where = ma.fields.String(required=True)
    why = ma.fields.String(required=True)


class Problem(ma.Schema):
    """Problem details (RFC 9457)."""

    type = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String(required=True)
    errors = ma.fields.List(ma.fields.Nested(Where))
    current = ma.fields.Dict(metadata={"description": "How it stands now, when the version was an old one."})
    reference = ma.fields.String(metadata={"description": "Tell it to whoever runs the tracker."})


class _TrackerApi(Api):  # type: ignore[misc]  # flask-smorest has no types
    """The document; errors are the app's own."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Leave errors to tracker.web.errors, which answers everything under /api with problem details."""

    def _register_responses(self) -> None:
        told = {"description": "What went wrong and what to do", "schema": self.ERROR_SCHEMA}
        prepare_response(told, self.spec, MIMETYPE)
        self.spec.components.response("DEFAULT_ERROR", told, lazy=True)
        for name in ("BAD_REQUEST", "UNPROCESSABLE_ENTITY", "UNPROCESSABLE_CONTENT"):
            self.spec.components.response(name, dict(told), lazy=True)


blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.get("/openapi.json")
@needs(Action.OWN_ACCOUNT)
def description() -> Response:
    """Return the description of the API."""
    document: dict[str, Any] = current_app.extensions["tracker_api"].spec.to_dict()
    return jsonify(document)


def init_app(app: Flask) -> None:
    """Put the API into the app: its routes are free of cookies, and so of the tokens of forms."""
    init_map(app.url_map)
    app.config.update(API_TITLE="Denial and appeals tracker", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    api = _TrackerApi(app, spec_kwargs={"info": {"description": _ABOUT}, "security": [{_SCHEME: []}]})
    api.register_converter(IdConverter, lambda _: {"type": "string", "pattern": ID_PATTERN})
    api.spec.components.security_scheme(_SCHEME, {"type": "http", "scheme": "bearer"})
    for part in _PARTS:
        api.register_blueprint(part.blueprint)
        app.extensions["csrf"].exempt(part.blueprint)
    app.register_blueprint(blueprint)
    app.extensions["tracker_api"] = api
