"""One line a request in the server's log: which view, how it ended, how long it took, whose account.

The view's name, not the address: addresses hold ids of denials and letters (security.md C-40).
"""

import logging
import time

from flask import Flask, Response, g, request

from tracker import logs, metrics

log = logging.getLogger(logs.REQUESTS)


def init_app(app: Flask) -> None:
    """Measure and log every request."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    view = request.endpoint or "none"
    fields = {
        "view": view,
        "method": request.method,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "user": user.public_id if (user := g.get("user")) else None,
        "reference": g.get("reference"),
    }
    log.info("request", extra={"fields": fields})
    metrics.request_ended(view, request.method, response.status_code, seconds)
    return response
