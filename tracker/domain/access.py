"""Who may do what: seven roles in a practice, one table of role and action (security.md C-14). Everything else is refused."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a person is in a practice; one person may be something else in another practice."""

    OWNER = "owner"
    ADMIN = "admin"
    LEAD = "lead"
    BILLER = "biller"
    READER = "reader"
    AUDITOR = "auditor"
    THERAPIST = "therapist"


class Action(StrEnum):
    """What a page or a command does, as its refusal says it: "Only ... can <action>"."""

    OWN_ACCOUNT = "change an account of their own"
    WORK_QUEUE = "work the queue"
    ASSIGN = "assign denials to others"
    SHARE_VIEWS = "share views with others"
    PAYER_RULES = "change payer limits and rules"
    TEMPLATES = "change letter templates"
    APPROVE_WRITE_OFF = "approve write-offs"
    READ_LETTERS = "read letters and packets"
    SIGN = "sign letters"
    ANSWER_REQUESTS = "see what is asked about a note"
    SEE_INSIGHTS = "see insights and reports"
    MAKE_REPORTS = "make monthly reports"
    SETTINGS = "change the settings of a practice"
    MANAGE_USERS = "change users and roles"
    MANAGE_OWNERS = "make or change an owner"
    READ_AUDIT = "read the audit log"
    PROTECTED_NOTES = "read psychotherapy and Part 2 notes"
    OWN_PRACTICE = "delete a practice or hold its keys"


ROLE_WORDS: Mapping[Role, str] = MappingProxyType(
    {
        Role.OWNER: "an owner",
        Role.ADMIN: "an admin",
        Role.LEAD: "a lead",
        Role.BILLER: "a biller",
        Role.READER: "a reader",
        Role.AUDITOR: "an auditor",
        Role.THERAPIST: "a therapist",
    }
)

BY_LEAVE = frozenset({Action.PROTECTED_NOTES})
"""What a role alone does not allow: an owner or admin gives each person leave besides (security.md C-14)."""

READS_IN_EMERGENCY = frozenset({Action.WORK_QUEUE, Action.READ_LETTERS, Action.SEE_INSIGHTS, Action.READ_AUDIT})
"""What pages open to whom a sealed code let in, in place of what their role allows (security.md C-45): only to read."""

_BILLER = frozenset(
    {
        Action.OWN_ACCOUNT,
        Action.WORK_QUEUE,
        Action.READ_LETTERS,
        Action.SIGN,
        Action.ANSWER_REQUESTS,
        Action.SEE_INSIGHTS,
        Action.PROTECTED_NOTES,
    }
)
_LEAD = _BILLER | {
    Action.ASSIGN,
    Action.SHARE_VIEWS,
    Action.PAYER_RULES,
    Action.TEMPLATES,
    Action.APPROVE_WRITE_OFF,
    Action.MAKE_REPORTS,
}

_MAY: Mapping[Role, frozenset[Action]] = MappingProxyType(
    {
        Role.OWNER: frozenset(Action),
        Role.ADMIN: frozenset({Action.OWN_ACCOUNT, Action.SETTINGS, Action.MANAGE_USERS}),
        Role.LEAD: _LEAD,
        Role.BILLER: _BILLER,
        Role.READER: frozenset({Action.OWN_ACCOUNT, Action.SEE_INSIGHTS}),
        Role.AUDITOR: frozenset({Action.OWN_ACCOUNT, Action.READ_AUDIT}),
        Role.THERAPIST: frozenset(
            {Action.OWN_ACCOUNT, Action.READ_LETTERS, Action.SIGN, Action.ANSWER_REQUESTS, Action.PROTECTED_NOTES}
        ),
    }
)


def may(role: Role, action: Action) -> bool:
    """Whether a person with the role may do the action in the practice the role is of."""
    return action in _MAY[role]


def may_assign(role: Role, user_id: int, owner_id: int | None, to_id: int | None) -> bool:
    """Whether a person may move a denial from an owner to another (None: nobody): all of them, or to and from oneself."""
    return may(role, Action.ASSIGN) or {owner_id, to_id} <= {None, user_id}


def may_manage(actor: Role, role: Role) -> bool:
    """Whether a person may give a role to others, or take it away: only an owner makes and unmakes owners."""
    return may(actor, Action.MANAGE_USERS) and (role is not Role.OWNER or may(actor, Action.MANAGE_OWNERS))


def may_manage_account(actor: Mapping[int, Role], person: Mapping[int, Role]) -> bool:
    """Whether a person may disable an account or hand out a link to it, by the roles of both by practice.

    Everything the account sees must be the actor's to manage: who runs one clinic opens no door to another.
    """
    return bool(person) and all(place in actor and may_manage(actor[place], role) for place, role in person.items())


def who_may(action: Action) -> tuple[Role, ...]:
    """Return the roles that may do an action, in the order of the table."""
    return tuple(role for role in Role if may(role, action))
