"""Two people with the same form open: the second to save is told, and loses no word. One test per form, and all forms."""

from tests.proofs.found import Found, Proof
from tests.proofs.suite import run_tests

PROOF = Proof("R-5", "0 lost updates: the second writer is always told and their text kept", 0, 1, 1)


def prove(_size: int) -> Found:
    """Run the tests of every editable form, and the one that no form is left out of."""
    return run_tests(
        "every form that changes a record, saved by two people",
        "tests/web/test_other_version.py", "tests/web/test_every_form.py", "tests/web/test_comparing.py",
        "-m", "not postgres",
    )  # fmt: skip
