"""The one place that decides who may open a page: each view declares its action, a view without one is refused.

A person may be a lead in one practice and a reader in another, so the action narrows the practices of the request to
those where the role allows it; when none is left, the request is refused.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, g, request
from werkzeug.exceptions import Forbidden

from tracker.domain.access import BY_LEAVE, READS_IN_EMERGENCY, ROLE_WORDS, Action, Role, may, may_assign, who_may
from tracker.domain.token_verbs import Verb, verbs_of
from tracker.models import Denial, Practice

_View = TypeVar("_View", bound=Callable[..., Any])


# What somebody may send in a session that only reads: who they are, and where to look.
SENT_WHILE_READING = frozenset({"auth.login", "auth.code", "auth.logout", "auth.stay", "queue.search"})


class Refused(Forbidden):
    """Raised when no role of the person allows the action; the page says who can do it."""

    def __init__(self, action: Action, practices: tuple[Practice, ...]) -> None:
        super().__init__(who_can(action, practices))


class OwnsTooLittle(Refused):
    """Raised where only an owner of every practice here may act: the installation's own keys are at stake."""

    def __init__(self) -> None:
        Forbidden.__init__(
            self,
            "Only an owner of every practice here can do this: the master key opens them all. Nothing was changed.",
        )


class VerbMissing(Forbidden):
    """Raised when a token was not made for this; the message says for what."""


def needs(
    action: Action, *, fresh: bool = False, verb: Verb | None = None, deleted: bool = False
) -> Callable[[_View], _View]:
    """Declare what a view does, below its route.

    ``fresh``: it is dangerous, so the person gives password or code again when the last time is some minutes ago
    (security.md C-09): users and roles, templates, export of everything, keys, restoring, deleting a practice.
    ``verb``: what a token must be made for, on the views of the API.
    ``deleted``: it is about practices that are deleted and not destroyed yet, which no other view sees.
    """

    def declare(view: _View) -> _View:
        view.action = action  # type: ignore[attr-defined]  # functions hold what is declared about them
        view.fresh = fresh  # type: ignore[attr-defined]
        view.verb = verb  # type: ignore[attr-defined]
        view.deleted = deleted  # type: ignore[attr-defined]
        return view

    return declare


def declared(endpoint: str) -> Action | None:
    """Return the action of a view, None when it declares none."""
    return getattr(current_app.view_functions[endpoint], "action", None)


def verb_of(endpoint: str) -> Verb | None:
    """Return what a token must be made for to use a view of the API, None when the view does not say."""
    return getattr(current_app.view_functions[endpoint], "verb", None)


def takes_files(endpoint: str | None) -> bool:
    """Whether a view of the API takes files, which may be big."""
    return endpoint is not None and verb_of(endpoint) is Verb.IMPORT


def require_verb(endpoint: str | None, verbs: str) -> None:
    """Refuse a token that was not made for what a view does, and any token on a view that does not say. Raises VerbMissing."""
    if endpoint is None or declared(endpoint) is Action.OWN_ACCOUNT:
        return
    verb = verb_of(endpoint)
    if verb is None or verb not in verbs_of(verbs):
        raise VerbMissing(f"This token was not made to {verb or 'open this'}. Make one that is, under Your account.")


def is_dangerous(endpoint: str | None) -> bool:
    """Whether a view declares that it asks for the password or a code again."""
    return endpoint is not None and getattr(current_app.view_functions[endpoint], "fresh", False)


def narrow() -> None:
    """Narrow the practices in view to those where the person may do what the page does.

    Raises Refused when there is none, or when the view declares no action.
    """
    action = declared(request.endpoint) if request.endpoint else Action.OWN_ACCOUNT
    if action is Action.OWN_ACCOUNT:
        return
    seen = tuple(practice for practice in g.practices if practice.id in g.scope)
    if action is None:
        raise Forbidden("This page is not open to anybody yet.")
    if getattr(current_app.view_functions[request.endpoint or ""], "deleted", False):
        _narrow_to_deleted(action, seen)
        return
    g.left_out = tuple(practice for practice in seen if not allows(action, practice.id))
    g.scope -= {practice.id for practice in g.left_out}
    if not g.scope:
        raise Refused(action, seen)


def _narrow_to_deleted(action: Action, seen: tuple[Practice, ...]) -> None:
    g.scope = frozenset(practice.id for practice in g.deleted)
    if not g.scope and not any(may(role, action) for role in g.roles.values()):
        raise Refused(action, seen)


def require(action: Action, practice: Practice) -> None:
    """Refuse what only some people of the page may do. Raises Refused."""
    if not allows(action, practice.id):
        raise Refused(action, (practice,))


def allows(action: Action, practice_id: int) -> bool:
    """Whether the person may do an action in a practice of theirs: by the role, and by leave where it takes that too.

    In a session that a sealed code opened, only what reads.
    """
    if g.emergency is not None and action not in READS_IN_EMERGENCY:
        return False
    by_role = practice_id in g.roles and may(g.roles[practice_id], action)
    return by_role and (action not in BY_LEAVE or practice_id in g.protected)


def assigns(denial: Denial, to_id: int | None) -> bool:
    """Whether the person may give a denial to somebody, or to nobody."""
    return may_assign(g.roles[denial.practice_id], g.user.id, denial.owner_id, to_id)


def can_assign() -> bool:
    """Whether the person may assign to others in one of the practices in view."""
    return any(allows(Action.ASSIGN, practice_id) for practice_id in g.scope)


def can_open(endpoint: str, practice_id: int | None = None) -> bool:
    """Whether a page is open to the person: in a practice, or else in any of those that the switcher shows.

    Screens ask this before they show a link or a form, so that page and screen cannot differ.
    """
    action = declared(endpoint)
    if g.emergency is not None and endpoint not in SENT_WHILE_READING and _only_changes(endpoint):
        return False
    shown = {one.id for one in g.practices} if g.practice is None else {g.practice.id}
    places = shown if practice_id is None else shown & {practice_id}
    return action is Action.OWN_ACCOUNT or (action is not None and any(allows(action, place) for place in places))


def _only_changes(endpoint: str) -> bool:
    return not any("GET" in (rule.methods or ()) for rule in current_app.url_map.iter_rules(endpoint))


def who_can(action: Action, practices: tuple[Practice, ...]) -> str:
    """Say who may do an action, and whom to ask."""
    roles = [ROLE_WORDS[role] for role in who_may(action)]
    listed = f"{', '.join(roles[:-1])} or {roles[-1]}" if len(roles) > 1 else roles[0]
    where = " or ".join(practice.name for practice in practices) or "your practice"
    if action in BY_LEAVE:
        listed = f"people whom {ROLE_WORDS[Role.OWNER]} or {ROLE_WORDS[Role.ADMIN]} gave leave"
    return f"Only {listed} can {action}. Ask {ROLE_WORDS[Role.ADMIN]} of {where} for access. Nothing was changed."
