"""Answers of the API when something is wrong: problem details (RFC 9457), what happened and what to do, no health data."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from flask import Response
from werkzeug.exceptions import HTTPException

MIMETYPE = "application/problem+json"
_NONE: Mapping[str, str] = MappingProxyType({})

_DETAILS = {
    400: "The request cannot be read. Compare it with /api/openapi.json. Nothing was changed.",
    401: "Send a token that works in the header: Authorization: Bearer <token>. Tokens are made under Your account.",
    403: "The token does not include this. Nothing was changed.",
    404: "There is nothing here that this token may see. Check the id.",
    405: "This address does not take this method. The header Allow says which it takes. Nothing was changed.",
    406: "Only JSON is offered here, and PDF where /api/openapi.json says so.",
    409: "Somebody else changed this meanwhile. Read it again, then send the change with the new version.",
    413: "The body is too big. Nothing was changed.",
    415: "Send the body as /api/openapi.json says: application/json, or multipart/form-data for files.",
    422: "Some values cannot be taken; errors says which and why. Nothing was changed.",
    429: "Too many requests. Wait as long as the header Retry-After says. Nothing was changed.",
    500: "Something went wrong on our side. Read again what you sent before sending it again.",
    503: "This cannot be done right now. Try again later. Nothing was changed.",
}


def problem(status: int, detail: str = "", headers: Mapping[str, str] = _NONE, **more: Any) -> Response:
    """Return problem details; ``more`` are extension members, such as ``errors`` or ``current``, left out when empty."""
    phrase = HTTPStatus(status).phrase
    told = {"type": "about:blank", "title": phrase, "status": status, "detail": detail or _DETAILS.get(status, phrase)}
    found = Response(json.dumps(told | {name: one for name, one in more.items() if one}), status, mimetype=MIMETYPE)
    found.headers.extend(headers)
    if status == 401:
        found.headers["WWW-Authenticate"] = 'Bearer realm="tracker"'
    return found


def problem_of(error: HTTPException, detail: str = "") -> Response:
    """Return the problem details of an error that Flask or a check of the arguments raised."""
    status = error.code or 500
    told = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    messages = getattr(error, "data", {}).get("messages")
    return problem(status, detail, told, errors=_flat(messages or {}))


def _flat(messages: Any, where: str = "") -> list[dict[str, str]]:
    """Return nested messages of a check as a list of places and words."""
    if isinstance(messages, dict):
        return [
            one for name, inner in messages.items() for one in _flat(inner, f"{where}.{name}" if where else str(name))
        ]
    if isinstance(messages, list):
        return [one for inner in messages for one in _flat(inner, where)]
    return [{"where": where, "why": str(messages)}]
