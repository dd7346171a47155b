"""Roles and what they may do: one table, everything else refused."""

import pytest

from tracker.domain.access import Action, Role, may, may_assign, who_may

OFFICE = {
    Action.WORK_QUEUE,
    Action.READ_LETTERS,
    Action.SIGN,
    Action.ANSWER_REQUESTS,
    Action.SEE_INSIGHTS,
    Action.PROTECTED_NOTES,
}
LEADING = {
    Action.ASSIGN,
    Action.SHARE_VIEWS,
    Action.PAYER_RULES,
    Action.TEMPLATES,
    Action.APPROVE_WRITE_OFF,
    Action.MAKE_REPORTS,
}


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        (Role.OWNER, set(Action)),
        (Role.ADMIN, {Action.SETTINGS, Action.MANAGE_USERS}),
        (Role.LEAD, OFFICE | LEADING),
        (Role.BILLER, OFFICE),
        (Role.READER, {Action.SEE_INSIGHTS}),
        (Role.AUDITOR, {Action.READ_AUDIT}),
        (Role.THERAPIST, {Action.ANSWER_REQUESTS, Action.READ_LETTERS, Action.SIGN, Action.PROTECTED_NOTES}),
    ],
)
def test_a_role_may_do_what_the_table_says_and_nothing_else(role, actions):
    assert {action for action in Action if may(role, action)} == actions | {Action.OWN_ACCOUNT}


def test_only_an_owner_deletes_a_practice():
    assert who_may(Action.OWN_PRACTICE) == (Role.OWNER,)


ME, OTHER = 1, 2


@pytest.mark.parametrize(("owner", "to"), [(None, ME), (ME, None), (ME, ME), (None, None)])
def test_a_biller_takes_what_is_free_and_gives_back_what_is_theirs(owner, to):
    assert may_assign(Role.BILLER, ME, owner, to)


@pytest.mark.parametrize(("owner", "to"), [(None, OTHER), (ME, OTHER), (OTHER, ME), (OTHER, None)])
def test_only_a_lead_or_an_owner_assigns_to_and_from_others(owner, to):
    assert [role for role in Role if may_assign(role, ME, owner, to)] == [Role.OWNER, Role.LEAD]
