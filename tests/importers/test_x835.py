from datetime import date
from pathlib import Path

import pytest

from tracker.domain.remittance import Adjustment, Person, Remittance
from tracker.importers.x835 import read_835

SAMPLES = Path(__file__).parents[1] / "samples"
SAME_REMITTANCE = (
    "pipe_delimiters", "newline_terminated", "apostrophe_crlf", "wrapped_at_80", "short_isa_with_bom", "text_before_isa",
)  # fmt: skip


def read(name: str) -> tuple[Remittance, ...]:
    return tuple(read_835((SAMPLES / f"{name}.835").read_bytes()))


def whys(remittance: Remittance) -> str:
    return "\n".join(f"{where}: {why}" for where, why in remittance.problems)


def test_the_payment_itself_is_read():
    [paid] = read("partial_denial")
    assert (paid.payer_name, paid.payer_id, paid.payer_tin) == ("UNION MUTUAL HEALTH", "60771", "990000102")
    assert (paid.payee_name, paid.payee_npi, paid.payee_tin) == ("EASTSIDE PHYSICAL THERAPY", "1993000011", "311550001")
    assert (paid.trace_number, paid.method, paid.handling) == ("UM00418822", "ACH", "I")
    assert (paid.payment_date, paid.production_date) == (date(2026, 9, 18), date(2026, 9, 18))
    assert paid.amount_cents == 11804
    assert (paid.version, paid.first_segment, paid.test, paid.problems) == ("005010X221A1", 3, False, ())


def test_a_claim_is_read_with_its_people_dates_and_numbers():
    [[claim]] = [paid.claims for paid in read("partial_denial")]
    assert (claim.control_number, claim.status, claim.payer_claim_number) == ("EP10234", "1", "UM26247001")
    assert (claim.charge_cents, claim.paid_cents, claim.patient_share_cents) == (43900, 11804, 1156)
    assert (claim.filing_code, claim.facility_code, claim.frequency_code) == ("12", "11", "1")
    assert claim.patient == Person("RUIZ", "ELENA", "M", "UM4410023")
    assert (claim.rendering_npi, claim.rendering_name) == ("1993100019", "MARSH, DANA")
    assert (claim.statement_from, claim.received_on) == (date(2026, 9, 3), date(2026, 9, 5))
    assert claim.segment == 15


def test_a_line_cut_by_one_unit_keeps_units_quantity_and_remark():
    line = read("partial_denial")[0].claims[0].services[1]
    assert (line.code, line.modifiers, line.control_number) == ("97530", ("GP", "59"), "EP10234-2")
    assert (line.units_paid, line.units_billed) == (2.0, 3.0)
    assert line.adjustments == (Adjustment("CO", "45", 12930), Adjustment("CO", "151", 3590, 1.0))
    assert (line.remarks, line.allowed_cents, line.service_from) == (("N362",), 10770, date(2026, 9, 3))


def test_an_empty_svc05_means_one_unit_and_svc07_tells_the_units_billed():
    data = (SAMPLES / "zero_pay.835").read_bytes().replace(b"SVC*HC:97110:GP*136*0**2~", b"SVC*HC:97110:GP*136*0****2~")
    lines = [line for paid in read_835(data) for claim in paid.claims for line in claim.services]
    assert [(line.units_paid, line.units_billed) for line in lines] == [(1.0, 2.0), (1.0, 1.0), (1.0, 2.0)]


@pytest.mark.parametrize("name", SAME_REMITTANCE)
def test_separators_and_line_breaks_change_nothing(name):
    assert read(name) == read("partial_denial")


def test_a_file_that_starts_with_st_reads_the_same_but_for_what_the_envelope_says():
    [bare], [whole] = read("no_envelope"), read("partial_denial")
    assert bare.content_hash == whole.content_hash
    assert [claim.content_hash for claim in bare.claims] == [claim.content_hash for claim in whole.claims]
    assert (bare.version, bare.first_segment) == ("", 1)


def test_a_missing_lx_and_a_payer_id_of_letters_are_no_trouble():
    [paid] = read("no_lx_alpha_payer_id")
    assert (paid.payer_id, len(paid.claims), paid.problems) == ("UMHP-A", 1, ())


def test_each_interchange_has_its_own_separators():
    assert [p.trace_number for p in read("two_interchanges_other_delimiters")] == ["UM00417001", "UM00417950"]
    together, apart = read("two_interchanges_other_delimiters"), read("reversal_and_correction")
    assert [c.content_hash for p in together for c in p.claims] == [c.content_hash for p in apart for c in p.claims]


def test_a_reversal_negates_the_answer_it_takes_back_and_the_correction_names_it():
    first, second = read("reversal_and_correction")
    [paid], [taken_back, corrected, _] = first.claims, second.claims
    assert taken_back.is_reversal
    assert (taken_back.charge_cents, taken_back.paid_cents) == (-paid.charge_cents, -paid.paid_cents)
    assert taken_back.payer_claim_number == paid.payer_claim_number == corrected.original_reference
    assert {each.group for line in taken_back.services for each in line.adjustments} == {"CO"}
    assert corrected.services[1].remarks == ("N115", "M127")


def test_group_cr_and_a_positive_charge_in_a_4010_reversal_are_kept_and_said():
    reversal = read("old_4010_reversal")[1].claims[0]
    assert {each.group for line in reversal.services for each in line.adjustments} == {"CR"}
    assert reversal.charge_cents == 21000
    assert reversal.paid_cents < 0
    assert "A reversal with a positive charge" in whys(read("old_4010_reversal")[1])
    assert "group CR" in whys(read("old_4010_reversal")[1])


def test_plb_pairs_keep_their_sign_and_reference():
    [paid] = read("plb_recoupment")
    pairs = [(pair.reason, pair.reference, pair.amount_cents) for pair in paid.provider_adjustments]
    assert pairs == [
        ("WO", "PH26101177", 4570), ("L6", "PH26253300", -31), ("72", "PH26088020", -2000), ("WO", "PH26088020", 2000),
        ("CS", "ADJ0925", 150),
    ]  # fmt: skip
    assert paid.provider_adjustments[0].fiscal_date == date(2026, 12, 31)
    assert paid.amount_cents == 9250 - 4689


def test_a_claim_denied_as_a_whole_has_adjustments_and_remarks_but_no_lines():
    [claim] = read("claim_level_denial")[0].claims
    assert (claim.status, claim.services) == ("4", ())
    assert claim.adjustments == (Adjustment("CO", "197", 28400),)
    assert claim.remarks == ("N54",)


def test_a_forwarded_claim_names_the_next_payer_and_its_moa_remarks():
    _, forwarded, unprocessable = read("medicare_kx")[0].claims
    assert (forwarded.status, forwarded.crossover_payer, forwarded.remarks) == (
        "19",
        "EXAMPLE MEDIGAP",
        ("MA01", "MA18"),
    )
    assert unprocessable.remarks == ("MA130",)


def test_a_split_claim_stays_two_answers_with_one_control_number():
    [paid] = read("split_claim")
    assert [claim.control_number for claim in paid.claims] == ["LH20041", "LH20041"]
    assert len({claim.payer_claim_number for claim in paid.claims}) == 2


def test_nothing_paid_is_a_full_remittance():
    [paid] = read("zero_pay")
    assert (paid.method, paid.handling, paid.amount_cents, paid.trace_number) == ("NON", "H", 0, "EO0000000000")
    assert len(paid.claims) == 2


def test_a_changed_code_is_kept_beside_the_code_as_billed():
    line = read("bundled_code")[0].claims[0].services[1]
    assert (line.code, line.submitted_code, line.submitted_modifiers) == ("97530", "97140", ("GO",))


def test_wrong_counts_control_numbers_and_sums_are_said_and_nothing_is_lost():
    [paid] = read("unbalanced_and_wrong_counts")
    said = whys(paid)
    assert len(paid.claims) == 1
    assert "Segment 38 (SE): It counts 936 segments, the file has 36." in said
    assert "Segment 40 (IEA): It counts 2 groups, the file has 1." in said
    assert "Segment 40 (IEA): Its control number is 000000077, not 000000001." in said
    assert (
        "Segment 33 (SVC): The line does not balance: $66.00 charged less $60.00 adjusted is not the $0.00 paid."
        in said
    )
    assert "Segment 15 (CLP): The claim does not balance" in said


def test_a_payment_that_is_not_the_sum_of_its_claims_names_the_gap():
    data = (SAMPLES / "partial_denial.835").read_bytes().replace(b"BPR*I*118.04", b"BPR*I*195.04")
    [paid] = read_835(data)
    assert "The claims add up to $118.04" in whys(paid)
    assert "The gap is $77.00." in whys(paid)


def test_the_test_indicator_is_seen():
    assert read("test_indicator")[0].test


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        (b"DTM*472*20260903", b"DTM*472*19260903", "Segment 22 (DTM)"),
        (b"DTM*232*20260903", b"DTM*232*20260932", "Segment 18 (DTM)"),
        (b"DTM*472*20260903", b"DTM*472*202609" + b"9" * 30, "Segment 22 (DTM)"),
        (b"1000200300*20260918", b"1000200300*21260918", "Segment 4 (BPR16)"),
    ],
)
def test_a_date_that_cannot_be_is_a_problem_and_not_a_date(old, new, where):
    data = (SAMPLES / "partial_denial.835").read_bytes()
    assert old in data
    [paid] = read_835(data.replace(old, new))
    assert where in {problem.where for problem in paid.problems}


def test_payers_leave_out_the_zero_before_the_point():
    data = (SAMPLES / "partial_denial.835").read_bytes().replace(b"CAS*PR*2*11.56~", b"CAS*PR*2*11**3*.56~")
    [paid] = read_835(data)
    found = [each for line in paid.claims[0].services for each in line.adjustments if each.group == "PR"]
    assert Adjustment("PR", "3", 56) in found


def test_six_adjustments_in_one_segment_and_two_segments_of_one_group_are_all_read():
    six = b"CAS*CO*45*10*1*59*10**253*10**97*10**131*10**94*-44.8~CAS*CO*144*60~CAS*PR*2*11.56~"
    data = (SAMPLES / "partial_denial.835").read_bytes()
    [paid] = read_835(data.replace(b"CAS*CO*45*78.2~\nCAS*PR*2*11.56~", six.replace(b"~CAS", b"~\nCAS")))
    found = paid.claims[0].services[0].adjustments
    assert [(each.group, each.carc) for each in found] == [
        ("CO", "45"), ("CO", "59"), ("CO", "253"), ("CO", "97"), ("CO", "131"), ("CO", "94"), ("CO", "144"), ("PR", "2"),
    ]  # fmt: skip
    assert (found[0].quantity, found[5].amount_cents) == (1.0, -4480)


def test_unknown_segments_are_named_and_left_out():
    data = (SAMPLES / "partial_denial.835").read_bytes().replace(b"DTM*232", b"XYZ*1*2~\nDTM*232")
    [paid] = read_835(data)
    assert "Segment 18 (XYZ): XYZ is no segment of an 835 and was left out." in whys(paid)


def test_inpatient_remarks_stand_in_other_places_than_outpatient_ones():
    mia = b"MIA*0****MA07***************M50*N1*N2*N3~\nDTM*232"
    data = (SAMPLES / "partial_denial.835").read_bytes().replace(b"DTM*232", mia)
    [paid] = read_835(data)
    assert paid.claims[0].remarks == ("MA07", "M50", "N1", "N2", "N3")


def test_other_references_and_dates_of_claims_and_lines_are_read():
    data = (SAMPLES / "partial_denial.835").read_bytes()
    data = data.replace(
        b"DTM*232",
        b"NM1*IL*1*RUIZ*MARCO****MI*UM4410020~\nNM1*74*1*RUIZ*HELENA~\nREF*1L*GRP77~\nAMT*AU*165.5~\nDTM*232",
    )
    data = data.replace(b"DTM*472*20260903", b"DTM*150*20260901~\nDTM*151*20260903~\nREF*0K*L33631", 1)
    [claim] = next(read_835(data)).claims
    assert (claim.subscriber.first_name, claim.corrected_patient.first_name) == ("MARCO", "HELENA")
    assert (claim.group_number, claim.allowed_cents) == ("GRP77", 16550)
    line = claim.services[0]
    assert (line.service_from, line.service_to, line.policy) == (date(2026, 9, 1), date(2026, 9, 3), "L33631")


def test_white_space_and_separators_do_not_change_the_hash_but_an_amount_does():
    data = (SAMPLES / "partial_denial.835").read_bytes()
    [same] = read_835(data.replace(b"~\n", b"~\r\n   "))
    [other] = read_835(data.replace(b"CAS*CO*97*66~", b"CAS*CO*50*66~"))
    [paid] = read("partial_denial")
    assert same.content_hash == paid.content_hash != other.content_hash
    assert same.claims[0].content_hash == paid.claims[0].content_hash != other.claims[0].content_hash


def test_an_adjustment_repeated_for_claim_and_line_is_recognised():
    data = (SAMPLES / "partial_denial.835").read_bytes()
    data = data.replace(b"NM1*QC*1*RUIZ", b"CAS*CO*97*66~\nNM1*QC*1*RUIZ")
    [paid] = read_835(data)
    assert "The adjustments of its lines are repeated for the claim." in whys(paid)


def test_names_outside_of_ascii_are_read_as_latin_1():
    data = (SAMPLES / "partial_denial.835").read_bytes().replace(b"RUIZ*ELENA", b"NU\xd1EZ*ELENA")
    [paid] = read_835(data)
    assert paid.claims[0].patient.last_name == "NUÑEZ"


def test_a_wrong_count_of_transactions_is_said():
    data = (SAMPLES / "partial_denial.835").read_bytes()
    assert data.count(b"\nGE*1*") == 1
    [paid] = read_835(data.replace(b"\nGE*1*", b"\nGE*7*"))
    assert "(GE): It counts 7 transactions, the file has 1." in whys(paid)


def test_what_the_patient_owes_interest_and_other_amounts_are_in_no_balance():
    data = (SAMPLES / "partial_denial.835").read_bytes()
    other = data.replace(b"*439*118.04*11.56*", b"*439*118.04*99*").replace(b"DTM*232", b"AMT*I*3.12~\nDTM*232")
    assert other.count(b"*99*") == 1
    assert [problem for problem in next(read_835(other)).problems if "balance" in problem.why] == []


def test_a_claim_that_does_not_balance_does_not_lose_the_others():
    data = (SAMPLES / "zero_pay.835").read_bytes()
    good = next(read_835(data))
    [paid] = read_835(data.replace(b"SVC*HC:97110:GP*136*0**2~", b"SVC*HC:97110:GP*137*0**2~", 1))
    assert [claim.control_number for claim in paid.claims] == [claim.control_number for claim in good.claims]
    assert "does not balance" in whys(paid)
