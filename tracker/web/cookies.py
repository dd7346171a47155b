"""Cookies: names of this installation alone, HttpOnly, SameSite, Secure on https."""

import hashlib

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response


def _name(app: Flask, purpose: str) -> str:
    """Two installations on one host must not read each other's cookies; browsers ignore ports (C-08)."""
    mark = hashlib.sha256(str(app.config["SECRET_KEY"]).encode()).hexdigest()[:8]
    prefix = "__Host-" if request.is_secure else ""
    return f"{prefix}tracker-{purpose}-{mark}"


class _FormCookie(SecureCookieSessionInterface):
    """Flask's signed cookie: it holds the CSRF secret and the next status line, nothing else."""

    def get_cookie_name(self, app: Flask) -> str:
        return _name(app, "form")

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002  # the base class gives the app
        return request.is_secure

    def get_cookie_httponly(self, app: Flask) -> bool:  # noqa: ARG002
        return True

    def get_cookie_samesite(self, app: Flask) -> str:  # noqa: ARG002
        return "Lax"


def init_app(app: Flask) -> None:
    """Use our cookie names, and a CSRF token on every unsafe request."""
    app.session_interface = _FormCookie()
    CSRFProtect(app)


def read_token(app: Flask) -> str:
    """Return the sign-in token the browser sent, or nothing."""
    return request.cookies.get(_name(app, "session"), "")


def set_token(app: Flask, response: Response, token: str) -> None:
    """Give the browser its sign-in token; it ends with the browser."""
    response.set_cookie(_name(app, "session"), token, httponly=True, samesite="Lax", secure=request.is_secure)


def drop_token(app: Flask, response: Response) -> None:
    """Take the sign-in token away."""
    response.delete_cookie(_name(app, "session"), httponly=True, samesite="Lax", secure=request.is_secure)
