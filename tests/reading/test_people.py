"""Credentials and helpers."""

import pytest

from tracker.reading.people import author_of, helpers_named


@pytest.mark.parametrize(
    ("name", "discipline", "assistant"),
    [
        ("Dana Whitlock, PT, DPT", "PT", False),
        ("Rory Estes, PTA", "PT", True),
        ("Marisol Vance, OTR/L, CHT", "OT", False),
        ("L. Ito, COTA/L", "OT", True),
        ("Ingrid Solheim, MS, CCC-SLP", "SLP", False),
        ("J. Roe, PTA, seen with K. Smith, PT", "PT", False),
    ],
)
def test_credentials_tell_discipline_and_rank(name: str, discipline: str, assistant: bool):
    assert author_of(name) == (discipline, assistant)


def test_a_name_without_credentials_tells_nothing():
    assert author_of("tm") is None
    assert author_of("Pat Otis") is None


def test_aides_and_students_are_seen_but_not_parts_of_words():
    assert helpers_named("with r. boone, rehab tech, in the gym") is not None
    assert helpers_named("session led by grad clinician p. novak") is not None
    assert helpers_named("graded technique; he is a studious man with hearing aided") is None
