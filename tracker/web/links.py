"""Taking up an invitation or a password reset by its link."""

from flask import Blueprint, g, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.models import User
from tracker.services.password_rules import WeakPassword
from tracker.services.passwords import least_characters, new_hash
from tracker.services.user_links import Kind, LinkOver, find_link, set_password_by_link
from tracker.services.user_mail import About
from tracker.web.forms.auth import NewPasswordForm
from tracker.web.navigation import say
from tracker.web.proof import tell
from tracker.web.request import sessions, settings

blueprint = Blueprint("links", __name__)


@blueprint.route("/links/<key>", methods=["GET", "POST"])
def take_up(key: str) -> BaseResponse | str | tuple[str, int]:
    """Ask for a new password, once; a link that is over says so, whatever the reason."""
    form = NewPasswordForm()
    try:
        with sessions().reading(()) as database:
            link, user = find_link(database, key, g.now)
            if not form.is_submitted():
                return _page(form, user, link.kind)
            password_hash = _hash(database, user, form)
        if password_hash is None:
            return _page(form, user, link.kind), 422
        with transaction(sessions().system()) as database:
            tell(database, set_password_by_link(database, key, password_hash, g.now), About.PASSWORD)
    except LinkOver:
        advice = "It was used already, or it is too old. Ask an owner or an admin for a new one."
        return render_template("errors/error.html", title="This link does not work any more", advice=advice), 404
    say("Password saved. Sign in with it.")
    return redirect(url_for("auth.login"), 303)


def _hash(database: Session, user: User, form: NewPasswordForm) -> str | None:
    """Return the hash of the typed password; None when it will not do, with the reason in the form."""
    if not form.validate():
        return None
    try:
        return new_hash(database, user, form.new.data, fast_hash=settings().fast_hash)
    except WeakPassword as problem:
        form.new.errors = [str(problem)]
        return None


def _page(form: NewPasswordForm, user: User, kind: str) -> str:
    return render_template(
        "auth/link.html",
        form=form,
        person=user,
        is_invitation=kind == Kind.INVITATION,
        least=least_characters(user),
        sign_on=settings().oidc_issuer and settings().oidc_name,
    )
