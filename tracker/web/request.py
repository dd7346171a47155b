"""Every request: who asks, what they may see, the clock, one database session. Default deny."""

from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.config import Settings
from tracker.db import SessionMaker, transaction
from tracker.models import Membership, Practice, User, UserSession
from tracker.services import users
from tracker.web import cookies

# The only pages without a sign-in (security.md C-01).
EXEMPT = ("auth.login", "static", "health.show")

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SEEN_EVERY = timedelta(minutes=1)


class SignedIn(NamedTuple):
    """What one sign-in check found."""

    user: User
    session: UserSession
    practices: tuple[Practice, ...]
    roles: dict[int, str]


def init_app(app: Flask) -> None:
    """Ask for a sign-in before every page and close the database session after it."""
    app.before_request(_start)
    app.teardown_request(_close)


def sessions() -> SessionMaker:
    """Return the maker of database sessions of the running app."""
    maker: SessionMaker = current_app.extensions["tracker_sessions"]
    return maker


def settings() -> Settings:
    """Return the settings of the running app."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def is_htmx() -> bool:
    """Whether htmx asks, so that a fragment is enough."""
    return request.headers.get("HX-Request") == "true"


def _start() -> BaseResponse | None:
    g.now = current_app.extensions["tracker_clock"]()
    g.today = g.now.astimezone().date()
    g.user, g.practices, g.roles, g.scope, g.practice = None, (), {}, frozenset(), None
    _refuse_strange_host()
    if request.endpoint == "static":
        return None
    _refuse_cross_site()
    found = _who()
    if found is None:
        g.session = sessions().system() if request.endpoint in EXEMPT else None
        return None if request.endpoint in EXEMPT else _ask_to_sign_in()
    g.user, g.sign_in, g.practices, g.roles = found
    g.practice = next((p for p in g.practices if p.id == found.session.practice_id), None)
    g.scope = frozenset({g.practice.id}) if g.practice else frozenset(p.id for p in g.practices)
    reads = request.method in _SAFE
    g.session = sessions().reading(g.scope) if reads else sessions().writing(g.scope)
    return None


def _refuse_strange_host() -> None:
    """Answer only to our own names (security.md C-17): a name that somebody points here reads nothing (DNS rebinding).

    Not Flask's TRUSTED_HOSTS, which cannot hold an IPv6 address.
    """
    own = {"127.0.0.1", "localhost", "::1", settings().host.strip("[]")}
    if urlsplit(f"//{request.host}").hostname not in own:
        abort(Response("This address is not one of this server's.\n", 400, mimetype="text/plain"))


def _refuse_cross_site() -> None:
    """A second wall beside the CSRF token (security.md C-16); browsers that do not send the header pass."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if request.method not in _SAFE and site not in {"same-origin", "none"}:
        abort(403)


def _who() -> SignedIn | None:
    """Return who the token of the cookie stands for, and note that they were here."""
    token = cookies.read_token(current_app)
    if not token:
        return None
    with sessions().reading(()) as session:
        found = users.find_session(session, token, g.now, settings().session_idle_minutes, settings().session_hours)
        if found is None:
            return None
        row, user = found
        memberships = session.execute(
            select(Practice, Membership.role)
            .join(Membership, Membership.practice_id == Practice.id)
            .where(Membership.user_id == user.id)
            .order_by(Practice.name)
        ).all()
    if g.now - row.last_seen_at >= _SEEN_EVERY:
        with transaction(sessions().system()) as session:
            users.note_seen(session, row.id, g.now)
    practices = tuple(practice for practice, _ in memberships)
    return SignedIn(user, row, practices, {practice.id: role for practice, role in memberships})


def _ask_to_sign_in() -> BaseResponse:
    """Send to the sign-in page and back again afterwards; never into a page that changes something."""
    back = request.full_path.rstrip("?") if request.method == "GET" and not is_htmx() else None
    address = url_for("auth.login", next=back if back != "/" else None)
    if is_htmx():
        return Response("", 401, {"HX-Redirect": address})
    return redirect(address, 303)


def _close(_error: BaseException | None) -> None:
    session = g.pop("session", None)
    if session is not None:
        session.close()
