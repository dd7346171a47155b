"""A practice's letterhead and what it asks of those who sign: its logo, who signs, which write-offs wait for approval."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.letters.assets import for_browser
from tracker.letters.catalog import sample, templates
from tracker.letters.draft import draft
from tracker.letters.pictures import LOGO
from tracker.models import Practice
from tracker.services.letterhead import practice_facts, set_signing_rules
from tracker.services.pictures import drop_logo, set_logo
from tracker.web.access import needs
from tracker.web.forms.signing import LogoForm, SigningRulesForm
from tracker.web.headers import LETTER_POLICY
from tracker.web.navigation import say
from tracker.web.other_version import other_version
from tracker.web.settings import own_practice
from tracker.web.uploads import picture_from

blueprint = Blueprint("letterhead", __name__, url_prefix="/settings/practices/<public_id>/letters")

_SHOWN = "L01"  # the letter whose sample the preview shows


def _page(practice: Practice, sent: dict[str, FlaskForm]) -> str:
    return render_template(
        "settings/letterhead.html",
        practice=practice,
        logo=sent.get("logo") or _logo_form(practice),
        rules=sent.get("rules") or _rules_form(practice),
        refused=next(iter(sent.values()), None),
    )


def _logo_form(practice: Practice) -> LogoForm:
    words = practice.logo_words or f"Logo of {practice.name}"
    return LogoForm(formdata=None, words=words, version=str(practice.version))


def _rules_form(practice: Practice) -> SigningRulesForm:
    return SigningRulesForm(formdata=None, obj=practice, write_off_limit=practice.write_off_limit_cents)


@blueprint.get("")
@needs(Action.SETTINGS)
def show(public_id: str) -> str:
    """Show the letterhead and the rules of signing."""
    return _page(own_practice(public_id), {})


def _done(public_id: str, words: str) -> BaseResponse:
    say(words)
    return redirect(url_for(".show", public_id=public_id), 303)


@blueprint.post("/logo")
@needs(Action.SETTINGS)
def logo(public_id: str) -> Any:
    """Keep the logo, or take it away. The picture is drawn anew before the database is asked for anything."""
    form = LogoForm()
    if request.form.get("do") == "drop":
        with transaction(g.session) as session:
            drop_logo(session, own_practice(public_id), g.now, g.user.id)
        return _done(public_id, "Logo taken away. Signed letters keep it.")
    chosen = bool(getattr(form.file.data, "filename", ""))
    content = picture_from(form, LOGO) if form.validate() and chosen else None
    practice = own_practice(public_id)
    if form.version.data and form.version.data != str(practice.version):
        return other_version(form, _logo_form(practice), practice, url_for(".show", public_id=public_id))
    if content is None and not form.errors and not practice.logo_hash:
        form.file.errors = ["Choose a picture"]
    if form.errors:
        return _page(practice, {"logo": form}), 422
    with transaction(g.session) as session:
        set_logo(session, practice, content, form.words.data, g.now, g.user.id)
    return _done(public_id, "Letterhead saved. Signed letters stay as they are.")


@blueprint.post("/rules")
@needs(Action.SETTINGS)
def rules(public_id: str) -> Any:
    """Keep who signs, and which write-offs wait for approval."""
    practice, form = own_practice(public_id), SigningRulesForm()
    if not form.validate():
        return _page(practice, {"rules": form}), 422
    if form.version.data and form.version.data != str(practice.version):
        return other_version(form, _rules_form(practice), practice, url_for(".show", public_id=public_id))
    with transaction(g.session) as session:
        set_signing_rules(
            session, practice, g.now, g.user.id, own_names_only=form.own_names_only.data,
            clinicians_only=form.clinicians_only.data, write_off_limit_cents=form.write_off_limit.data,
        )  # fmt: skip
    return _done(public_id, "Rules for letters and write-offs saved.")


@blueprint.get("/preview")
@needs(Action.SETTINGS)
def preview(public_id: str) -> Response:
    """Return a letter to an invented payer about an invented patient under the practice's letterhead, for a frame."""
    template = templates()[_SHOWN]
    shown = sample(template.slug)
    facts = replace(shown.facts, practice=practice_facts(own_practice(public_id)))
    prefix = url_for("letters.asset", name="x").removesuffix("x")
    html = for_browser(draft(template, facts, shown.fields).html, prefix)
    return Response(html, headers={"Content-Security-Policy": LETTER_POLICY})
