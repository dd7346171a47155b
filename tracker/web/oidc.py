"""Signing in at an OpenID Connect provider: discovery, code flow with PKCE, state and nonce, all by Authlib."""

from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, current_app, g, render_template, request, session, url_for
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response as BaseResponse

from tracker.config import Settings
from tracker.db import transaction
from tracker.domain.audit import Act, Outcome
from tracker.models import User
from tracker.services.sign_on import NotInvited, connect, known_person
from tracker.services.user_mail import About
from tracker.web.audited import also
from tracker.web.auth import enter
from tracker.web.proof import tell
from tracker.web.request import sessions, settings

blueprint = Blueprint("oidc", __name__, url_prefix="/login/sign-on")

_SECONDS = 10
_NEXT = "sign_on_next"


def init_app(app: Flask, own: Settings) -> None:
    """Make the provider of the settings known; nothing is asked of it before somebody signs in."""
    oauth = OAuth(app)
    oauth.register(
        "provider",
        client_id=own.oidc_client_id,
        client_secret=own.oidc_client_secret,
        server_metadata_url=f"{own.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "default_timeout": _SECONDS},
    )
    app.extensions["tracker_provider"] = oauth.provider
    app.register_blueprint(blueprint)


@blueprint.get("/back", defaults={"is_back": True})
@blueprint.get("", defaults={"is_back": False})
def sign_on(is_back: bool) -> BaseResponse | tuple[str, int]:
    """Send the browser to the provider, or take the answer that it comes back with."""
    return _take_answer() if is_back else _ask_provider()


def _ask_provider() -> BaseResponse | tuple[str, int]:
    """Lead to the provider; somebody who is signed in already has to prove there again who they are."""
    session[_NEXT] = request.args.get("next", "")
    more = {} if g.user is None else {"prompt": "login"}
    try:
        found: BaseResponse = _provider().authorize_redirect(url_for(".sign_on", is_back=True, _external=True), **more)
    except (RequestException, AuthlibBaseError, ValueError, KeyError):
        return _refused("The sign-on provider does not answer. Sign in with your password, or try again later.")
    return found


def _take_answer() -> BaseResponse | tuple[str, int]:
    """Take the provider's answer: who is known or was invited comes in, nobody else."""
    try:
        claims = _claims()
    except (RequestException, AuthlibBaseError, JoseError, ValueError, KeyError):
        return _refused("The answer of the sign-on provider could not be trusted. Start again from the sign-in page.")
    if claims is None:
        return _refused("The answer of the sign-on provider does not say who you are. Tell whoever runs it.")
    try:
        user = _person(claims)
    except NotInvited:
        also(Act.SIGN_IN_FAILED, Outcome.REFUSED)
        return _refused("You are known there, but have no account here. Ask an owner or an admin to invite you.")
    return enter(user, session.get(_NEXT), has_factor="mfa" in (claims.get("amr") or ()))  # RFC 8176 section 2


def _provider() -> Any:
    return current_app.extensions["tracker_provider"]


def _claims() -> dict[str, Any] | None:
    """Return the claims of the ID token; Authlib has checked its signature, audience, times, nonce and issuer."""
    claims = _provider().authorize_access_token().get("userinfo")
    if not claims or not claims.get("sub") or claims["iss"].rstrip("/") != settings().oidc_issuer.rstrip("/"):
        return None
    return dict(claims)


def _person(claims: dict[str, Any]) -> User:
    """Return the user of a person of the provider: known, or invited at an address that it has verified.

    Raises NotInvited.
    """
    subject = f"{claims['iss']}|{claims['sub']}"
    with transaction(sessions().system()) as database:
        user = known_person(database, subject)
        if user is None and not (claims.get("email") and claims.get("email_verified") is True):
            raise NotInvited
        if user is None:
            user = connect(database, subject, claims["email"], g.now)
            tell(database, user, About.SIGN_ON)
        return user


def _refused(why: str) -> tuple[str, int]:
    page = render_template("errors/error.html", title="You are not signed in", advice=why)
    return page, 403
