"""Who may sign which letter, and until when a signature is asked for."""

from datetime import date

import pytest

from tracker.domain.signing import SignerKind, may_sign, signature_due


@pytest.mark.parametrize("kind", list(SignerKind))
def test_everybody_signs_what_is_not_clinical_and_what_the_practice_leaves_open(kind):
    assert may_sign(kind, clinical=False, clinicians_only=True)
    assert may_sign(kind, clinical=True, clinicians_only=False)


def test_clinical_letters_can_be_kept_for_therapists_and_physicians():
    found = [kind for kind in SignerKind if may_sign(kind, clinical=True, clinicians_only=True)]
    assert found == [SignerKind.THERAPIST, SignerKind.PHYSICIAN]


@pytest.mark.parametrize(
    ("today", "file_by", "due"),
    [
        (date(2026, 11, 23), None, date(2026, 11, 27)),  # Thanksgiving lies between
        (date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 24)),
        (date(2026, 11, 23), date(2027, 1, 7), date(2026, 11, 27)),
        (date(2026, 11, 23), date(2026, 11, 1), date(2026, 11, 23)),
    ],
)
def test_a_signature_is_due_in_three_business_days_and_never_after_the_day_to_file(today, file_by, due):
    assert signature_due(today, file_by) == due
