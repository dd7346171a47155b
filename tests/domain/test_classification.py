import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.classification import AdjustmentClass, ClassifiedLine, LineClass, LineToClassify, classify_line
from tracker.domain.remittance import Adjustment
from tracker.knowledge import load

TABLE = load().adjustment_table
C = LineClass


def adjustments(text: str) -> tuple[Adjustment, ...]:
    """Read ``CO-45 50.00, PR-1 20.00 x1``: group, reason, dollars, and a quantity if there is one."""
    found = []
    for part in filter(None, text.split(", ")):
        code, dollars, *quantity = part.split()
        group, carc = code.split("-")
        found.append(Adjustment(group, carc, round(float(dollars) * 100), float(quantity[0][1:]) if quantity else None))
    return tuple(found)


def classified(reasons, *, charge=100, paid=0, units=(1, 1), remarks="", modifiers="GP", kind="commercial", status="1"):
    line = LineToClassify(
        charge * 100,
        paid * 100,
        units[0],
        units[1],
        adjustments(reasons),
        tuple(remarks.split()),
        tuple(modifiers.split()),
        kind,
        status,
    )
    return classify_line(line, TABLE)


@pytest.mark.parametrize(
    ("situation", "reasons", "answer", "expected", "denied"),
    [
        ("D1 whole line denied", "CO-50 100", {}, C.DENIED, 100),
        ("D1 denied beside a discount", "CO-45 40, CO-197 60", {}, C.DENIED, 60),
        ("D1 denied beside a copay", "CO-97 80, PR-3 20", {}, C.DENIED, 80),
        ("D1 patient liable", "PR-96 100", {"remarks": "N130"}, C.DENIED, 100),
        ("D1 duplicate under OA", "OA-18 100", {}, C.DENIED, 100),
        ("D1 denied under the claim status 4", "CO-31 100", {"status": "4"}, C.DENIED, 100),
        ("D2 all deductible", "CO-45 40, PR-1 60", {}, C.PATIENT_SHARE, 0),
        ("D2 deductible with MPPR and sequestration", "CO-45 30, CO-59 10, CO-253 1, PR-1 59", {}, C.PATIENT_SHARE, 0),
        ("D2 copay above the allowed amount", "CO-45 60, PR-3 40", {}, C.PATIENT_SHARE, 0),
        ("D2 out-of-network balance", "PR-45 100", {}, C.PATIENT_SHARE, 0),
        ("D3 prior payer paid as much", "OA-23 100", {"status": "2"}, C.PRIOR_PAYER, 0),
        ("D3 with a discount", "OA-23 70, CO-45 30", {"status": "2"}, C.PRIOR_PAYER, 0),
        ("D4 part denied", "CO-45 10, CO-151 45", {"paid": 45, "units": (2, 1)}, C.PARTLY_DENIED, 45),
        ("D4 units cut without a denial code", "CO-45 60", {"paid": 40, "units": (2, 1)}, C.PARTLY_DENIED, 50),
        ("D4 units cut named by quantity", "CO-45 55 x1", {"paid": 45, "units": (2, 2)}, C.PARTLY_DENIED, 50),
        ("D4 no cut when quantity is all units", "CO-45 55 x2", {"paid": 45, "units": (2, 2)}, C.PAID, 0),
        ("D4 cut worth no more than its adjustment", "CO-45 20", {"paid": 80, "units": (2, 1)}, C.PARTLY_DENIED, 20),
        ("D5 45 takes the whole charge", "CO-45 100", {}, C.MISUSED_45, 100),
        ("D5 two discounts take it", "CO-45 60, CO-131 40", {}, C.MISUSED_45, 100),
        ("D6 ordinary", "CO-45 30, PR-2 14, CO-253 1", {"paid": 55}, C.PAID, 0),
        ("D6 no adjustment", "", {"paid": 100}, C.PAID, 0),
        ("D6 nothing charged", "", {"charge": 0}, C.PAID, 0),
        ("D7 unknown code", "CO-999 100", {}, C.UNCLASSIFIED, 100),
        ("D7 unknown code on a paid line", "CO-999 5", {"paid": 95}, C.UNCLASSIFIED, 5),
        ("D7 unknown code beside a denial", "CO-999 5, CO-50 95", {}, C.DENIED, 95),
        ("D7 nothing paid, nothing said", "", {}, C.UNCLASSIFIED, 0),
        ("D7 nothing paid, half explained", "CO-45 40", {}, C.UNCLASSIFIED, 0),
        ("penalty on a paid line", "CO-B22 10", {"paid": 90}, C.REDUCED, 0),
        ("penalty that leaves nothing", "CO-B22 100", {}, C.DENIED, 100),
        ("pended", "OA-133 100", {}, C.INFORMATION, 0),
        ("forwarded to the right payer", "OA-B11 100", {}, C.INFORMATION, 0),
        ("claim forwarded, status 23", "CO-109 100", {"status": "23"}, C.INFORMATION, 0),
        ("predetermination, status 25", "CO-50 100", {"status": "25"}, C.INFORMATION, 0),
        ("MPPR", "CO-59 20, CO-45 30", {"paid": 50}, C.PAID, 0),
        ("59 for most of the charge", "CO-59 60", {"paid": 40}, C.PARTLY_DENIED, 60),
        ("59 for the whole charge", "CO-59 100", {}, C.DENIED, 100),
        ("59 small but nothing paid nor owed", "CO-59 20, CO-45 80", {}, C.DENIED, 20),
        ("97 for an assistant's part", "CO-97 15", {"paid": 85, "remarks": "N851"}, C.PAID, 0),
        ("236 for a second procedure", "CO-236 15", {"paid": 85, "remarks": "N936"}, C.PAID, 0),
        ("97 with N936 but nothing paid", "CO-97 100", {"remarks": "N936"}, C.DENIED, 100),
        ("97 alone", "CO-97 15", {"paid": 85}, C.PARTLY_DENIED, 15),
        ("crossover duplicate", "OA-18 100", {"remarks": "N522", "kind": "commercial"}, C.INFORMATION, 0),
        (
            "crossover remark from Medicare itself",
            "OA-18 100",
            {"remarks": "N522", "kind": "medicare_b"},
            C.DENIED,
            100,
        ),
        ("22 from the first payer", "CO-22 100", {}, C.DENIED, 100),
        ("22 from the second payer", "CO-22 100", {"status": "2"}, C.PRIOR_PAYER, 0),
        (
            "22 from the second payer that misses the first's answer",
            "CO-22 100",
            {"status": "2", "remarks": "MA04"},
            C.DENIED,
            100,
        ),
        ("fully denied although processed as primary", "CO-50 100", {"status": "1"}, C.DENIED, 100),
        ("old group CR", "CR-50 100", {}, C.DENIED, 100),
        ("payer-initiated", "PI-50 100", {}, C.DENIED, 100),
        ("code past its stop date", "CO-15 100", {}, C.DENIED, 100),
        ("paid over charge", "CO-94 -20", {"paid": 120}, C.PAID, 0),
        ("denial given back in part", "CO-50 60, CO-50 -20", {"paid": 60}, C.PARTLY_DENIED, 40),
    ],
)
def test_a_line_has_the_class_its_adjustments_give(situation, reasons, answer, expected, denied):
    found = classified(reasons, **answer)
    assert (found.line_class, found.denied_cents) == (expected, denied * 100), situation


@pytest.mark.parametrize(
    ("reasons", "answer"),
    [
        ("CO-50 -100", {"charge": -100}),
        ("CO-45 -30, PR-1 -20", {"charge": -100, "paid": -50}),
        ("CO-50 -100", {"charge": 100}),  # signs of the adjustments tell where the charge does not
        ("CO-45 30", {"paid": 70, "status": "22"}),
        ("CR-50 -100", {"charge": -100, "status": "22"}),
    ],
)
def test_a_reversal_is_no_denial(reasons, answer):
    found = classified(reasons, **answer)
    assert found == ClassifiedLine(C.REVERSAL, 0, None, found.adjustment_classes, None)


def test_the_amount_at_stake_is_the_denial_never_charge_minus_paid():
    found = classified("CO-45 30, PR-3 20, CO-151 10", paid=40)
    assert found.denied_cents == 1000


def test_the_primary_adjustment_is_the_largest_denial_not_the_largest_adjustment():
    found = classified("CO-45 50, CO-16 20, CO-50 30")
    assert found.primary == Adjustment("CO", "50", 3000)


def test_equal_denials_leave_the_first_as_primary():
    assert classified("CO-16 50, CO-50 50").primary == Adjustment("CO", "16", 5000)


def test_each_adjustment_keeps_its_class_in_order():
    found = classified("CO-45 30, PR-2 10, CO-50 40, OA-23 10, CO-999 5, OA-133 5")
    assert [each.value for each in found.adjustment_classes] == [
        "contractual",
        "patient_share",
        "denial",
        "prior_payer",
        "unclassified",
        "information",
    ]


def test_a_misused_45_is_seen_as_a_denial_of_the_discount():
    found = classified("CO-45 100")
    assert found.primary == Adjustment("CO", "45", 10000)
    assert found.adjustment_classes == (AdjustmentClass.DENIAL,)
    assert found.line_class.opens_denial


@pytest.mark.parametrize("code", ["50", "119", "204", "242", "96"])
def test_some_amounts_on_the_patient_are_denials_that_may_be_billed(code):
    found = classified(f"PR-{code} 100")
    assert (found.line_class, found.patient_billable) == (C.DENIED, True)


def test_an_amount_not_on_the_patient_may_not_be_billed():
    assert not classified("CO-50 100").patient_billable


@pytest.mark.parametrize(("modifiers", "billable"), [("GP", False), ("GP GA", True), ("GP KX", True)])
def test_a_medicare_limit_without_kx_stays_with_the_provider_even_under_pr(modifiers, billable):
    assert classified("PR-119 100", modifiers=modifiers, kind="medicare_b").patient_billable is billable


@pytest.mark.parametrize("remark", ["MA130", "N211", "MA44", "N83", "N704"])
def test_some_remarks_rule_an_appeal_out(remark):
    assert classified("CO-16 100", remarks=f"MA01 {remark}").appeal_barred_by == remark


def test_n111_leaves_the_appeal_of_a_duplicate():
    assert classified("OA-18 100", remarks="N111").appeal_barred_by is None
    assert classified("CO-50 100", remarks="N111").appeal_barred_by == "N111"


def test_alerts_are_never_a_cause():
    assert TABLE.causes(("MA01", "N115", "N1")) == ("N115",)


codes = st.sampled_from([*TABLE.classes, "999", "ZZ"])
any_adjustments = st.lists(
    st.builds(
        Adjustment,
        st.sampled_from(["CO", "PR", "OA", "PI", "CR", "XX"]),
        codes,
        st.integers(-50_000, 50_000),
        st.sampled_from([None, 0, 1, 2]),
    ),
    max_size=7,
).map(tuple)
any_lines = st.builds(
    LineToClassify,
    st.integers(-50_000, 50_000),
    st.integers(-50_000, 50_000),
    st.integers(0, 8),
    st.integers(0, 8),
    any_adjustments,
    st.lists(st.sampled_from(["MA01", "MA130", "N522", "N851", "N936", "N111", "MA04"]), max_size=3).map(tuple),
    st.lists(st.sampled_from(["GP", "KX", "GA"]), max_size=2).map(tuple),
    st.sampled_from(["medicare_b", "commercial"]),
    st.sampled_from(["1", "2", "4", "19", "22", "23", "25"]),
)


@given(any_lines)
def test_every_line_has_a_class_and_never_more_at_stake_than_was_taken(line):
    found = classify_line(line, TABLE)
    assert isinstance(found.line_class, LineClass)
    assert len(found.adjustment_classes) == len(line.adjustments)
    assert 0 <= found.denied_cents <= sum(max(each.amount_cents, 0) for each in line.adjustments)


@given(any_lines)
def test_money_at_stake_always_has_a_reason_and_a_reason_always_money(line):
    found = classify_line(line, TABLE)
    assert (found.denied_cents > 0) == (found.primary is not None)
    assert found.primary is None or found.primary in line.adjustments
    assert found.denied_cents == 0 or found.line_class.opens_denial


@given(any_lines)
def test_a_denial_with_money_on_an_unpaid_line_is_never_hidden(line):
    found = classify_line(line, TABLE)
    denial = sum(
        each.amount_cents
        for each, kind in zip(line.adjustments, found.adjustment_classes, strict=True)
        if kind is AdjustmentClass.DENIAL
    )
    hidden_on_purpose = {C.REVERSAL, C.INFORMATION}
    if line.charge_cents > 0 and denial > 0 and found.line_class not in hidden_on_purpose:
        assert found.line_class.opens_denial
