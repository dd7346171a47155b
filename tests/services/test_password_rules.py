"""What a new password must be like: length and a blocklist, no composition (NIST SP 800-63B-4)."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.services.password_rules import MAX_PASSWORD, MIN_WITH_SECOND_FACTOR, WeakPassword, normal, refuse_weak

OWN = ("alice", "Alice Marsh", "Eastside Physical Therapy")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery", "seven blue chairs", "café au lait très", "ünïcödé wörds hère", "fifteen letters",
        "ALL CAPITALS DO", "nodigitsnomarks!", "8317 4029 5561 77", "therapy of the wandering albatross",
        "   three   blanks   ", "x" * 40 + secrets.token_hex(40),
    ],
)  # fmt: skip
def test_long_passwords_of_any_composition_will_do(password):
    refuse_weak(password, OWN)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("fourteen chars", "at least 15 characters"),
        ("x" * 129, "at most 128 characters"),
        ("password1234567", "many people use"),
        ("PassWord!!!2026!!!", "many people use"),
        ("P@ssw0rd-2026-2026", "many people use"),
        ("!!!monkey2026!!!!!", "many people use"),
        ("aaaaaaaaaaaaaaaaaa", "follows a pattern"),
        ("               ", "follows a pattern"),
        ("iloveyouiloveyou", "follows a pattern"),
        ("abc-abc-abc-abc-abc", "follows a pattern"),
        ("123456789012345", "follows a pattern"),
        ("987654321098765", "follows a pattern"),
        ("abcdefghijklmnop", "follows a pattern"),
        ("qwertyuiopasdfgh", "follows a pattern"),
        ("alice-marsh-2026", "more than your name"),
        ("EastsidePhysicalTherapy1", "more than your name"),
        ("rehab denials 2026", "more than your name"),
    ],
)
def test_short_common_patterned_and_expected_ones_will_not(password, why):
    with pytest.raises(WeakPassword, match=why):
        refuse_weak(password, OWN)


def test_with_a_second_factor_eight_characters_are_enough():
    refuse_weak("blue otter", OWN, MIN_WITH_SECOND_FACTOR)
    for password in ("sunshine", "12345678", "otter12"):
        with pytest.raises(WeakPassword):
            refuse_weak(password, OWN, MIN_WITH_SECOND_FACTOR)


def test_characters_are_counted_not_bytes_and_an_accent_typed_in_two_parts_is_one():
    with pytest.raises(WeakPassword, match="at least 15"):
        refuse_weak("e\u0301" * 7 + "u\u0308" * 7, OWN)
    assert normal("cafe\u0301") == normal("caf\u00e9")


def test_passwords_that_a_password_manager_makes_are_taken():
    for _ in range(500):
        refuse_weak(secrets.token_urlsafe(12), OWN)


@given(st.text(max_size=200))
def test_any_text_is_taken_or_refused(text):
    try:
        refuse_weak(text, OWN)
    except WeakPassword:
        return
    assert 15 <= len(normal(text)) <= MAX_PASSWORD
