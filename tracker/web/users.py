"""The people of practices: inviting, roles, links, leaving. For owners and admins."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import ROLE_WORDS, Action, Role, may, may_manage, may_manage_account
from tracker.models import Practice, User
from tracker.reports.users_list import Listed, people, takers
from tracker.services import second_factor, users
from tracker.services.sessions import end_sessions
from tracker.services.user_links import Kind, link_address, make_link, open_link
from tracker.services.user_mail import About
from tracker.services.users import UserProblem
from tracker.web.access import Refused, needs
from tracker.web.audited import shown
from tracker.web.filters import plural
from tracker.web.forms.users import HandOnForm, InviteForm
from tracker.web.navigation import say
from tracker.web.once import once
from tracker.web.proof import tell
from tracker.web.request import settings

blueprint = Blueprint("users", __name__, url_prefix="/users")


def _places() -> list[Practice]:
    """Return the practices in view whose people the person may manage."""
    return [practice for practice in g.practices if practice.id in g.scope]


@blueprint.get("")
@needs(Action.MANAGE_USERS)
def index() -> str:
    """List the people of the practices in view."""
    found = people(g.session, g.scope)
    shown(len(found))
    return render_template("users/index.html", people=found, places=_places())


# ---- inviting ----


@blueprint.get("/new")
@needs(Action.MANAGE_USERS)
def new() -> str:
    """Show the empty form of an invitation."""
    return _invite_page(InviteForm(formdata=None))


@blueprint.post("/new")
@needs(Action.MANAGE_USERS, fresh=True)
@once
def invite() -> BaseResponse | tuple[str, int]:
    """Make an account without a password, and a link to hand over."""
    form, roles = InviteForm(), {place: role for place, role in _typed_roles({}).items() if role is not None}
    if not form.validate() or not roles:
        return _invite_page(form, no_role=not roles), 422
    try:
        with transaction(g.session) as database:
            user = users.invite(database, form.login.data, form.name.data, form.email.data, roles)
            _link(database, user, Kind.INVITATION)
            public_id = user.public_id
    except UserProblem as problem:
        form.login.errors = [str(problem)]
        return _invite_page(form), 422
    say("Account made. Hand over the link below.")
    return redirect(url_for(".show", public_id=public_id), 303)


def _invite_page(form: InviteForm, *, no_role: bool = False) -> str:
    return render_template(
        "users/new.html", form=form, places=_places(), givable=_givable, chosen=request.form, no_role=no_role
    )


def _link(database: Session, user: User, kind: Kind) -> None:
    link = make_link(database, user, kind, g.now, settings().secret_key, g.user.id)
    tell(database, user, About(kind), link=link.public_id)


def _givable(practice: Practice) -> list[Role]:
    """Return the roles that the person may give in a practice."""
    return [role for role in Role if may_manage(g.roles[practice.id], role)]


def _typed_roles(before: dict[int, Role]) -> dict[int, Role | None]:
    """Return the roles of the form by practice id; a practice left out of the form stays as it is. Raises Refused."""
    wanted: dict[int, Role | None] = {}
    for practice in _places():
        typed = request.form.get(f"role-{practice.public_id}")
        if typed is None:
            continue
        if typed not in {"", *Role}:
            abort(400)
        role, was = Role(typed) if typed else None, before.get(practice.id)
        if role != was and not all(may_manage(g.roles[practice.id], one) for one in (role, was) if one is not None):
            raise Refused(Action.MANAGE_OWNERS, (practice,))
        wanted[practice.id] = role
    return wanted


def _seen_others(now: dict[int, Role]) -> bool:
    """Whether the form was made for other roles than the person has now."""
    seen = {place: request.form.get(f"seen-{place.public_id}") for place in _places()}
    return any(was is not None and was != now.get(place.id, "") for place, was in seen.items())


# ---- one person ----


@blueprint.get("/<public_id>")
@needs(Action.MANAGE_USERS)
def show(public_id: str) -> str:
    """Show a person: roles, state, what can be done."""
    return _page(_person(public_id))


def _person(public_id: str) -> Listed:
    """Return a person of the practices in view; others are not found, as foreign ones are."""
    found = next((one for one in people(g.session, g.scope) if one.user.public_id == public_id), None)
    return found or abort(404)


def _page(person: Listed, **problems: Any) -> str:
    everybody = people(g.session, g.scope)
    link = open_link(g.session, person.user.id, g.now) if person.user.is_active else None
    return render_template(
        "users/show.html",
        person=person,
        places=_places(),
        givable=_givable,
        manages=_manages(person),
        is_self=person.user.id == g.user.id,
        opened=users.readers_of_protected(g.session, person.user.id),
        can_hold=lambda role: may(role, Action.PROTECTED_NOTES),
        in_words=ROLE_WORDS,
        link=link if _manages(person) else None,
        address=link_address(settings(), link) if link else "",
        hand_on=HandOnForm(formdata=None).offer(_named(takers(everybody, person.user))),
        by_mail=bool(settings().smtp_url),
        **problems,
    )


def _named(found: list[User]) -> list[tuple[str, str]]:
    return [(user.public_id, user.name) for user in found]


def _manages(person: Listed) -> bool:
    """Whether the whole account is the person's to manage: everything it sees, in whatever practice."""
    return person.user.id != g.user.id and may_manage_account(g.roles, users.roles_of(g.session, person.user.id))


def _managed(public_id: str) -> User:
    """Return a person whose account may be changed. Raises Refused."""
    person = _person(public_id)
    if not _manages(person):
        raise Refused(Action.MANAGE_USERS, tuple(_places()))
    return person.user


def _done(user_id: str, words: str) -> BaseResponse:
    say(words)
    return redirect(url_for(".show", public_id=user_id), 303)


@blueprint.post("/<public_id>/roles")
@needs(Action.MANAGE_USERS, fresh=True)
def change_roles(public_id: str) -> BaseResponse | tuple[str, int]:
    """Give a person other roles; they are signed out."""
    person = _person(public_id)
    if person.user.id == g.user.id:
        return _page(person, roles_problem="Nobody changes their own role. Ask another owner or admin"), 422
    if _seen_others(dict(person.roles)):
        words = "Somebody else changed the roles after you opened the page. They are shown as they stand now"
        return _page(person, roles_problem=words), 409
    wanted = _typed_roles(dict(person.roles))
    try:
        with transaction(g.session) as database:
            changed = users.set_roles(database, person.user, wanted, g.now)
    except UserProblem as problem:
        return _page(_person(public_id), roles_problem=str(problem)), 422
    if changed and not set(users.roles_of(g.session, person.user.id)) & set(g.scope):
        say("Roles changed. The person is in none of your practices any more.")
        return redirect(url_for(".index"), 303)
    return _done(public_id, "Roles changed. The person has to sign in again." if changed else "Nothing was changed.")


@blueprint.post("/<public_id>/protected-notes")
@needs(Action.MANAGE_USERS, fresh=True)
def set_protected_notes(public_id: str) -> BaseResponse:
    """Say where a person may read psychotherapy and Part 2 notes: in the practices ticked, where their role reads notes."""
    person, ticked = _person(public_id), set(request.form.getlist("protected"))
    with transaction(g.session) as database:
        changed = [
            users.set_reading_protected(database, person.user.id, place.id, place.public_id in ticked, g.now, g.user.id)
            for place in _places()
            if place.id in person.roles and may(person.roles[place.id], Action.PROTECTED_NOTES)
        ]
    return _done(public_id, "Leave changed. It holds at once." if any(changed) else "Nothing was changed.")


@blueprint.post("/<public_id>/disable")
@needs(Action.MANAGE_USERS, fresh=True)
def disable(public_id: str) -> BaseResponse | tuple[str, int]:
    """Let a person sign in no more."""
    user = _managed(public_id)
    try:
        with transaction(g.session) as database:
            users.disable(database, user, g.now)
    except UserProblem as problem:
        return _page(_person(public_id), state_problem=str(problem)), 422
    return _done(public_id, "Account disabled. The person is signed out everywhere.")


@blueprint.post("/<public_id>/enable")
@needs(Action.MANAGE_USERS, fresh=True)
def enable(public_id: str) -> BaseResponse:
    """Let a disabled person sign in again."""
    user = _managed(public_id)
    with transaction(g.session):
        users.enable(user)
    return _done(public_id, "Account enabled.")


@blueprint.post("/<public_id>/link")
@needs(Action.MANAGE_USERS, fresh=True)
def give_link(public_id: str) -> BaseResponse:
    """Make a new link by which a person sets a password."""
    user = _managed(public_id)
    if not user.is_active:
        abort(404)
    with transaction(g.session) as database:
        _link(database, user, Kind.RESET if user.password_hash else Kind.INVITATION)
    return _done(public_id, "Link made. Hand it over; links made before do not work any more.")


@blueprint.post("/<public_id>/second-factor")
@needs(Action.MANAGE_USERS, fresh=True)
def reset_factor(public_id: str) -> BaseResponse:
    """Take away the second factor of somebody who lost it."""
    user = _managed(public_id)
    with transaction(g.session) as database:
        second_factor.turn_off(database, user)
        end_sessions(database, user.id, g.now)
        tell(database, user, About.FACTOR_OFF)
    return _done(public_id, "Second factor taken away. The person is signed out everywhere.")


@blueprint.post("/<public_id>/hand-on")
@needs(Action.MANAGE_USERS, fresh=True)
@once
def hand_on(public_id: str) -> BaseResponse | tuple[str, int]:
    """Give the open denials of a disabled person to somebody else, where that person works the queue."""
    leaving = _managed(public_id)
    found = {user.public_id: user for user in takers(people(g.session, g.scope), leaving)}
    form = HandOnForm().offer(_named(list(found.values())))
    taker = found.get(form.to.data or "")
    if leaving.is_active or taker is None:
        return _page(_person(public_id), hand_on_problem="Choose who takes the denials"), 422
    roles = users.roles_of(g.session, taker.id)
    theirs = [place for place in g.scope if place in roles and may(roles[place], Action.WORK_QUEUE)]
    with transaction(g.session) as database:
        count = users.hand_on(database, theirs, leaving.id, taker.id, g.now, g.user.id)
    return _done(public_id, f"{plural(count, 'open denial')} handed on to {taker.name}.")
