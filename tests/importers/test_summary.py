from pathlib import Path

from tracker.importers.summary import summarise

SAMPLES = Path(__file__).parents[1] / "samples"


def summary(name):
    return summarise(name, (SAMPLES / name).read_bytes())


def test_the_summary_of_a_remittance_counts_lines_triplets_and_sums():
    assert summary("partial_denial.835") == {
        "file": "partial_denial.835",
        "format": "835",
        "transactions": 1,
        "claims": 1,
        "lines": 3,
        "adjustments": 5,
        "charged_cents": 43900,
        "paid_cents": 11804,
        "adjusted_cents": 32096,
        "plb_cents": 0,
        "by_reason": {"CO-151": 3590, "CO-45": 20750, "CO-97": 6600, "PR-2": 1156},
        "problems": [],
    }


def test_reversals_count_as_negative_and_plb_keeps_its_sign():
    found = summary("reversal_and_correction.835")
    assert (found["transactions"], found["claims"], found["lines"], found["adjustments"]) == (2, 4, 7, 7)
    assert found["by_reason"] == {"CO-45": 7820 + 6780, "CO-50": 7400}
    assert summary("plb_recoupment.835")["plb_cents"] == 4689


def test_an_837p_has_lines_and_charges_and_nothing_paid():
    found = summary("medicare_kx.837")
    assert (found["format"], found["claims"], found["lines"], found["adjustments"]) == ("837P", 3, 5, 0)
    assert (found["charged_cents"], found["paid_cents"], found["by_reason"]) == (47800, 0, {})


def test_other_transactions_are_refused_by_name():
    found = summary("receipt.999")
    assert found["format"] is None
    assert found["problems"] == [
        {"where": "File", "why": "This file holds a receipt (999). `tracker import` puts it to its claims."}
    ]
