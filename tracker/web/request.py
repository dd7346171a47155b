"""Every request: who asks, what they may see, the clock, one database session. Default deny."""

from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from tracker.config import Settings
from tracker.db import SessionMaker, transaction
from tracker.domain.access import Action, Role, may
from tracker.domain.zones import day_at, zone_of
from tracker.models import EmergencyCode, Membership, Practice, User, UserSession
from tracker.services.acting import Acting
from tracker.services.sessions import EMERGENCY_FOR, Limits, find_session, note_seen
from tracker.web import access, cookies
from tracker.web.bearer import NoToken, take_bearer
from tracker.web.budget import TooMany, spend_request
from tracker.web.problems import problem

# The only views without a sign-in, five at most (security.md C-01); each has an address or two that do the same work.
EXEMPT = ("auth.login", "links.take_up", "oidc.sign_on", "static", "health.show")
# The page of somebody who gave the right password and owes the second factor.
_CODE = "auth.code"
# What is open to somebody who has to set up a second factor first.
_WITHOUT_FACTOR = frozenset({"account.second_factor_page", "account.turn_on", "step_up.confirm", "auth.logout"})

# The one address of the API that a signed-in browser may open too: its description.
DESCRIPTION = "api.description"
_API = "/api/"
_NUL = "\0"
_MOST_BODY = 4_000_000

_TAKES_IMPORTS = frozenset({"imports.take", "practice_taking.take"})
_FORM_BYTES = 5_000_000  # what a form may hold beside its file

# What an open page asks by itself: no sign that anybody is there, so it keeps nobody signed in.
UNATTENDED = frozenset({"queue.news"})

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SEEN_EVERY = timedelta(minutes=1)


class SignedIn(NamedTuple):
    """What one sign-in check found; ``protected``: where the person may read protected notes.

    ``deleted`` are practices that they own and that wait for being destroyed. ``emergency``: the sealed code that let them
    in, None for everybody else.
    """

    user: User
    session: UserSession
    practices: tuple[Practice, ...]
    roles: dict[int, Role]
    protected: frozenset[int]
    deleted: tuple[Practice, ...]
    emergency: EmergencyCode | None


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


def acting() -> Acting:
    """Return who sends this request, and when."""
    return Acting(g.now, g.today, g.user.id)


def limits() -> Limits:
    """Return how long a session lives here."""
    own = settings()
    return Limits(timedelta(minutes=own.session_idle_minutes), timedelta(hours=own.session_hours))


def seconds_left() -> int:
    """Return how long the person stays signed in if nothing more is sent."""
    row, last = g.sign_in, limits()
    longest = last.longest if g.emergency is None else min(last.longest, EMERGENCY_FOR)
    return int((min(g.seen_at + last.idle, row.created_at + longest) - g.now).total_seconds())


def owes_second_factor() -> bool:
    """Whether the person has to set up a second factor before anything else: everybody does beyond one laptop."""
    return settings().profile != "solo" and g.user.totp_since is None and not g.sign_in.has_second_factor


def is_htmx() -> bool:
    """Whether htmx asks, so that a fragment is enough."""
    return request.headers.get("HX-Request") == "true"


def is_changing() -> bool:
    """Whether the request may change something."""
    return request.method not in _SAFE


def is_api() -> bool:
    """Whether a program asks: with a token, never with a cookie, and to be answered with JSON."""
    return request.path.startswith(_API)


def _limit_body() -> None:
    """Bound what may be sent before anything of it is read: much for files to import, little for all else."""
    if request.endpoint not in _TAKES_IMPORTS and not is_api():
        most = settings().max_upload_mb * 1_000_000 + _FORM_BYTES
        request.max_content_length = min(request.max_content_length or most, most)


def _start() -> BaseResponse | None:
    _limit_body()
    g.now = current_app.extensions["tracker_clock"]()
    _set_day()
    g.user, g.practices, g.roles, g.scope, g.practice = None, (), {}, frozenset(), None
    g.left_out, g.waiting, g.protected, g.deleted, g.emergency = (), None, frozenset(), (), None
    _refuse_strange_host()
    _refuse_unwritable_address()
    if request.endpoint == "static":
        return None
    _refuse_cross_site()
    if is_api() and not (request.endpoint == DESCRIPTION and "Authorization" not in request.headers):
        return _start_program()
    found = _who()
    if found is not None and found.session.awaits_code:
        g.waiting, found = found, None
        if request.endpoint == _CODE:
            g.session = sessions().system()
            return None
    if found is None:
        g.session = sessions().system() if request.endpoint in EXEMPT else None
        return None if request.endpoint in EXEMPT else _ask_to_sign_in()
    g.user, g.sign_in, g.practices, g.roles, g.protected, g.deleted, g.emergency = found
    if g.emergency is not None:
        g.doing.detail["emergency"] = True  # in every entry of the audit log
    g.practice = next((p for p in g.practices if p.id == found.session.practice_id), None)
    g.scope = frozenset({g.practice.id}) if g.practice else frozenset(p.id for p in g.practices)
    g.session = sessions().reading(())  # for the page of a refusal
    if request.endpoint not in EXEMPT:
        if owes_second_factor() and request.endpoint not in _WITHOUT_FACTOR:
            return _send(url_for("account.second_factor_page"))
        access.narrow()
        if request.endpoint not in UNATTENDED:
            spend_request(settings())
    _set_day()
    g.session = open_own(writing=is_changing())
    return None


def _set_day() -> None:
    """Say which day it is: at the practices in view where they share a time zone, else at the installation."""
    shown = [place.time_zone for place in g.get("practices", ()) if place.id in g.scope]
    g.zone = zone_of(shown)
    g.today = day_at(g.now, g.zone)


def open_own(*, writing: bool) -> Session:
    """Return a new session that sees what the person of the request may see."""
    make = sessions().writing if writing else sessions().reading
    return make(g.scope, g.protected & g.scope)


def _start_program() -> BaseResponse | None:
    """Work for the person of the request's token, in the token's practice, as far as their role and its verbs go."""
    try:
        bearer = take_bearer(sessions(), request.headers.get("Authorization", ""), request.remote_addr or "", g.now)
        current_app.extensions["tracker_budget"].spend(bearer.token.id, settings().api_per_minute, g.now)
    except NoToken:
        return problem(401)
    except TooMany as wait:
        return problem(429, headers={"Retry-After": str(wait.seconds)})
    g.token, g.user, g.practice = bearer.token, bearer.user, bearer.practice
    g.practices, g.roles = (bearer.practice,), {bearer.practice.id: bearer.role}
    g.scope = frozenset(g.roles)
    g.session = None
    access.narrow()
    access.require_verb(request.endpoint, bearer.token.verbs)
    _set_day()
    if not access.takes_files(request.endpoint):
        request.max_content_length = _MOST_BODY
    if (request.content_length or 0) > (request.max_content_length or 0):
        return problem(413)
    g.session = open_own(writing=is_changing())
    return None


def _refuse_strange_host() -> None:
    """Answer only to our own names (security.md C-17): a name that somebody points here reads nothing (DNS rebinding).

    Not Flask's TRUSTED_HOSTS, which cannot hold an IPv6 address.
    """
    if urlsplit(f"//{request.host}").hostname not in settings().host_names:
        words = "This address is not one of this server's."
        abort(problem(400, words) if is_api() else Response(f"{words}\n", 400, mimetype="text/plain"))


def _refuse_unwritable_address() -> None:
    """PostgreSQL knows no NUL in a text (its manual, 8.3): an address with one names nothing, a question cannot be asked."""
    if _NUL in request.path:
        abort(404)
    if not is_api() and any(_NUL in value for values in request.args.listvalues() for value in values):
        abort(400)


def refuse_unwritable_form() -> None:
    """Refuse a form with a NUL in it, which no keyboard types; once the CSRF check has read the form."""
    if (
        is_changing()
        and not is_api()
        and any(_NUL in value for values in request.form.listvalues() for value in values)
    ):
        abort(400)


def _refuse_cross_site() -> None:
    """A second wall beside the CSRF token (security.md C-16); browsers that do not send the header pass."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if is_changing() and site not in {"same-origin", "none"}:
        abort(403)


def _who() -> SignedIn | None:
    """Return who the token of the cookie stands for, and note that they were here."""
    token = cookies.read_token(current_app)
    if not token:
        return None
    with sessions().reading(()) as session:
        found = find_session(session, token, g.now, limits())
        if found is None:
            return None
        row, user = found
        emergency = session.get(EmergencyCode, row.emergency_id) if row.emergency_id else None
        everywhere = session.execute(
            select(Practice, Membership.role, Membership.protected_notes)
            .join(Membership, Membership.practice_id == Practice.id)
            .where(Membership.user_id == user.id)
            .order_by(Practice.name)
        ).all()
    g.seen_at = row.last_seen_at
    if request.endpoint not in UNATTENDED and g.now - row.last_seen_at >= min(_SEEN_EVERY, limits().idle / 10):
        g.seen_at = g.now
        with transaction(sessions().system()) as session:
            note_seen(session, row.id, g.now)
    memberships = [(place, role, is_open) for place, role, is_open in everywhere if place.deleted_at is None]
    if emergency is not None:
        memberships = [(place, Role.OWNER, False) for place, _, _ in memberships if place.id == emergency.practice_id]
    practices = tuple(practice for practice, _, _ in memberships)
    roles = {practice.id: Role(role) for practice, role, _ in memberships}
    opened = (practice.id for practice, _, is_open in memberships if is_open)
    protected = frozenset(place for place in opened if may(roles[place], Action.PROTECTED_NOTES))
    deleted = tuple(
        practice
        for practice, role, _ in everywhere
        if practice.deleted_at and may(Role(role), Action.OWN_PRACTICE) and emergency is None
    )
    return SignedIn(user, row, practices, roles, protected, deleted, emergency)


def _ask_to_sign_in() -> BaseResponse:
    """Send to the sign-in page and back again afterwards; never into a page that changes something."""
    if is_api():
        return problem(401)
    back = request.full_path.rstrip("?") if request.method == "GET" and not is_htmx() else None
    return _send(url_for("auth.login", next=back if back != "/" else None))


def _send(address: str) -> BaseResponse:
    if is_api():
        return problem(403, "Set up your second factor first, in the browser.")
    return Response("", 401, {"HX-Redirect": address}) if is_htmx() else redirect(address, 303)


def _close(_error: BaseException | None) -> None:
    session = g.pop("session", None)
    if session is not None:
        session.close()
