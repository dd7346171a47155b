"""Signing as oneself: how letters print a person, the picture of their signature, and leave to sign in their name."""

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.letters.pictures import SIGNATURE
from tracker.models import Membership, Practice, SigningPermission, User
from tracker.services.pictures import drop_signature, set_signature, signature_of
from tracker.services.signers import people_who_sign
from tracker.services.signing_permissions import Days, PermissionProblem, give_leave, leave_of, take_leave_back
from tracker.web.access import needs
from tracker.web.forms.signing import LeaveForm, PrintedForm, SignaturePictureForm
from tracker.web.navigation import say
from tracker.web.once import once
from tracker.web.uploads import picture_from

blueprint = Blueprint("signing", __name__, url_prefix="/settings/signing")


@blueprint.get("")
@needs(Action.SIGN)
def show() -> str:
    """Show how this person signs."""
    return _page({})


def _page(sent: dict[str, FlaskForm]) -> str:
    """Return the page; ``sent`` holds the form that was refused, by its name and the practice it is for."""
    places = [practice for practice in g.practices if practice.id in g.scope]
    given, got = leave_of(g.session, g.user.id, g.today)
    return render_template(
        "settings/signing.html",
        places=[(place, sent.get(f"printed-{place.id}") or _printed_form(place),
                 sent.get(f"leave-{place.id}") or _leave_form(place, formdata=None, from_on=g.today)) for place in places],
        picture=sent.get("picture") or SignaturePictureForm(formdata=None),
        refused=next(iter(sent.values()), None),
        has_picture=signature_of(g.session, g.user.id) is not None,
        given=given, got=got,
    )  # fmt: skip


def _printed_form(place: Practice) -> PrintedForm:
    member = g.session.get_one(Membership, (g.user.id, place.id))
    return PrintedForm(formdata=None, obj=member, prefix=f"printed-{place.public_id}-")


def _leave_form(place: Practice, **known: Any) -> LeaveForm:
    colleagues = [user for user in people_who_sign(g.session, place, clinical=False) if user.id != g.user.id]
    return LeaveForm(prefix=f"leave-{place.public_id}-", **known).offer(colleagues)


def _place() -> Practice:
    asked = request.args.get("practice")
    found: Practice | None = next((one for one in g.practices if one.public_id == asked and one.id in g.scope), None)
    return found or abort(404)


def _done(words: str) -> BaseResponse:
    say(words)
    return redirect(url_for(".show"), 303)


@blueprint.post("/printed")
@needs(Action.SIGN)
def set_printed() -> BaseResponse | tuple[str, int]:
    """Keep how a practice's letters print this person."""
    place = _place()
    form = PrintedForm(prefix=f"printed-{place.public_id}-")
    if not form.validate():
        return _page({f"printed-{place.id}": form}), 422
    with transaction(g.session) as session:
        member = session.get_one(Membership, (g.user.id, place.id))
        member.signs_as, member.printed_name = form.signs_as.data, form.printed_name.data
        member.credentials, member.title = form.credentials.data, form.title.data
    return _done(f"How you sign for {place.name} is saved.")


@blueprint.get("/picture.png")
@needs(Action.SIGN)
def own_picture() -> Response:
    """Return the picture of this person's own signature, nobody else's."""
    found = signature_of(g.session, g.user.id)
    return Response(bytes(found.content), content_type="image/png") if found is not None else abort(404)


@blueprint.post("/picture")
@needs(Action.SIGN)
def set_picture() -> BaseResponse | tuple[str, int]:
    """Keep the picture of this person's signature, or take it away."""
    form = SignaturePictureForm()
    if request.form.get("do") == "drop":
        with transaction(g.session) as session:
            drop_signature(session, g.user.id)
        return _done("Picture of your signature taken away. Letters signed with it keep it.")
    content = picture_from(form, SIGNATURE) if form.validate() else None
    if content is None:
        return _page({"picture": form}), 422
    with transaction(g.session) as session:
        set_signature(session, g.user.id, content, g.now)
    return _done("Picture of your signature saved.")


@blueprint.post("/leave")
@needs(Action.SIGN)
@once
def give() -> BaseResponse | tuple[str, int]:
    """Let a colleague sign in this person's name for some days."""
    place = _place()
    form = _leave_form(place)
    if form.validate():
        days = Days(form.from_on.given, form.until_on.given)
        try:
            with transaction(g.session) as session:
                user = session.get_one(User, g.user.id)
                give_leave(session, place.id, user, form.helper.data, days, g.now, g.today)
            return _done(f"Leave to sign in your name given until {days.until_on:%m/%d/%Y}.")
        except PermissionProblem as problem:
            form[problem.field].errors = [str(problem)]
    return _page({f"leave-{place.id}": form}), 422


@blueprint.post("/leave/<public_id>/end")
@needs(Action.SIGN)
def end(public_id: str) -> BaseResponse:
    """Take leave back that this person gave."""
    query = select(SigningPermission).where(
        SigningPermission.public_id == public_id, SigningPermission.signer_id == g.user.id
    )
    with transaction(g.session) as session:
        row = session.scalar(query)
        if row is None:
            abort(404)
        take_leave_back(session, row, g.now)
    return _done("Leave to sign in your name taken back.")
