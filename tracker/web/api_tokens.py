"""API tokens: a person's own, made and revoked; those of a practice, for who manages its people; and how to use them."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.domain.token_verbs import VERB_WORDS, Verb, verbs_of
from tracker.models import Practice
from tracker.services import api_tokens
from tracker.web.access import needs
from tracker.web.forms.api_tokens import TokenForm
from tracker.web.navigation import say
from tracker.web.once import once

blueprint = Blueprint("api_tokens", __name__)


@blueprint.get("/account/tokens")
@needs(Action.OWN_ACCOUNT)
def index() -> str:
    """Show the person's own tokens, and the form for a new one."""
    return _page(TokenForm(formdata=None).offer(g.practices))


def _page(form: TokenForm) -> str:
    return render_template(
        "api_tokens/index.html",
        form=form,
        tokens=api_tokens.tokens_of(g.session, g.user.id),
        verbs_of=verbs_of,
        words=VERB_WORDS,
    )


@blueprint.post("/account/tokens")
@needs(Action.OWN_ACCOUNT, fresh=True)
@once
def make() -> str | tuple[str, int]:
    """Make a token and show it, once."""
    form = TokenForm().offer(g.practices)
    if not form.validate():
        return _page(form), 422
    practice = _place(form.practice.data)
    verbs = [Verb(verb) for verb in form.verbs.data]
    days = form.days.data or 0
    with transaction(g.session) as database:
        token, secret = api_tokens.make_token(database, g.user.id, practice.id, form.name.data, verbs, days, g.now)
    return render_template(
        "api_tokens/made.html", token=token, secret=secret, practice=practice, verbs=verbs, words=VERB_WORDS
    )


def _place(public_id: str) -> Practice:
    """Return a practice that the form offered."""
    found: Practice = next(place for place in g.practices if place.public_id == public_id)
    return found


@blueprint.post("/account/tokens/<public_id>/revoke")
@needs(Action.OWN_ACCOUNT)
def revoke_own(public_id: str) -> BaseResponse:
    """End a token of the person's own."""
    return _revoke(public_id, ".index", ())


@blueprint.get("/settings/tokens")
@needs(Action.MANAGE_USERS)
def of_practices() -> str:
    """List the tokens of everybody in the practices in view."""
    return render_template(
        "api_tokens/practices.html",
        tokens=api_tokens.tokens_in(g.session, g.scope),
        places=[place for place in g.practices if place.id in g.scope],
        verbs_of=verbs_of,
    )


@blueprint.post("/settings/tokens/<public_id>/revoke")
@needs(Action.MANAGE_USERS)
def revoke(public_id: str) -> BaseResponse:
    """End a token of somebody in the practices in view."""
    return _revoke(public_id, ".of_practices", g.scope)


def _revoke(public_id: str, back: str, manages: frozenset[int] | tuple[int, ...]) -> BaseResponse:
    with transaction(g.session) as database:
        if not api_tokens.revoke(database, public_id, g.now, user_id=g.user.id, manages=manages):
            abort(404)
    say("Token revoked. Programs that use it are refused from now on.")
    return redirect(url_for(back), 303)


@blueprint.get("/help/api")
@needs(Action.OWN_ACCOUNT)
def guide() -> str:
    """Explain the API, with commands to try."""
    return render_template("api_tokens/guide.html", root=request.host_url.rstrip("/"))
