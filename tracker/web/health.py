"""Whether the process lives, and whether it can serve: for supervisors and load balancers, without a sign-in."""

from collections.abc import Callable

from flask import Blueprint, Response, g, jsonify, make_response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tracker import disk
from tracker.db_upgrade import current, head
from tracker.web.request import sessions, settings

blueprint = Blueprint("health", __name__)


@blueprint.get("/readyz", defaults={"in_full": True})
@blueprint.get("/healthz", defaults={"in_full": False})
def show(in_full: bool) -> Response:
    """Answer ok when the database answers; ``in_full`` whether all is there that requests need."""
    return _ready() if in_full else _alive()


def _alive() -> Response:
    g.session.execute(text("SELECT 1"))
    return Response("ok\n", mimetype="text/plain")


def _ready() -> Response:
    """Answer 200 when requests can be served in full, else 503; says which part is not ready, nothing more."""
    checks = {
        "database": _answer(_newest_revision),
        "disk": "full" if disk.is_full(settings()) else "ok",
        "mode": "read only" if settings().read_only else "ok",
    }
    fine = all(answer == "ok" for answer in checks.values())
    answer = jsonify(status="ready" if fine else "not ready", checks=checks)
    return make_response(answer, 200 if fine else 503)


def _newest_revision() -> str:
    return "ok" if current(sessions().engine) == head() else "needs tracker db upgrade"


def _answer(check: Callable[[], str]) -> str:
    try:
        return check()
    except SQLAlchemyError:
        return "does not answer"
