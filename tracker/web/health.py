"""Whether the app and its database answer."""

from flask import Blueprint, Response, g
from sqlalchemy import text

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def show() -> Response:
    """Answer ok when the database answers."""
    g.session.execute(text("SELECT 1"))
    return Response("ok\n", mimetype="text/plain")
