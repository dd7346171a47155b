from datetime import date
from pathlib import Path

import pytest

from tracker.domain.claim import Provider
from tracker.importers.x835 import read_835
from tracker.importers.x837p import read_837p

SAMPLES = Path(__file__).parents[1] / "samples"


def read(name):
    return tuple(read_837p((SAMPLES / f"{name}.837").read_bytes()))


def test_a_claim_is_read_as_billed():
    [batch] = read("partial_denial")
    [claim] = batch.claims
    assert (claim.control_number, claim.charge_cents) == ("EP10234", 43900)
    assert (claim.place_of_service, claim.frequency_code, claim.filing_code) == ("11", "1", "12")
    assert claim.diagnoses == ("M25.561", "M62.81")
    assert claim.prior_authorization == "UA55102"
    assert (claim.payer_name, claim.payer_id) == ("UNION MUTUAL HEALTH", "60771")
    assert claim.billing == Provider("EASTSIDE PHYSICAL THERAPY", "1993000011", "261QP2000X")
    assert claim.billing_tin == "311550001"
    assert claim.rendering == Provider("MARSH, DANA", "1993100019", "225100000X")
    assert claim.referring.name == "ABARA, NIA"
    assert (claim.patient.birth_date, claim.patient.sex, claim.patient.member_id) == (
        date(1971, 4, 9),
        "F",
        "UM4410023",
    )
    assert claim.submitted_on == batch.submitted_on == date(2026, 9, 4)
    assert batch.problems == ()


def test_lines_have_code_modifiers_units_charge_pointers_day_and_number():
    line = read("partial_denial")[0].claims[0].lines[1]
    assert (line.line, line.code, line.modifiers, line.units) == (2, "97530", ("GP", "59"), 3.0)
    assert (line.charge_cents, line.diagnosis_pointers) == (23700, (1, 2))
    assert (line.service_from, line.service_to, line.control_number) == (date(2026, 9, 3), None, "EP10234-2")


def test_a_dependent_is_known_by_the_subscribers_member_id():
    [claim] = read("dependent_and_replacement")[0].claims
    assert (claim.patient.first_name, claim.patient.member_id) == ("MILA", "UM8800417")
    assert claim.subscriber.first_name == "NOEL"
    assert claim.patient.birth_date == date(2019, 6, 21)


def test_a_replacement_names_the_claim_it_replaces_and_its_referral():
    [claim] = read("dependent_and_replacement")[0].claims
    assert (claim.frequency_code, claim.original_reference, claim.referral_number) == ("7", "UM26260044", "RF1002")


@pytest.mark.parametrize(
    "path", sorted(p for p in SAMPLES.glob("*.837") if p.with_suffix(".835").exists()), ids=lambda path: path.stem
)
def test_the_835_beside_an_837_answers_its_claims_line_by_line(path):
    billed = {claim.control_number: claim for batch in read(path.stem) for claim in batch.claims}
    for remittance in read_835(path.with_suffix(".835").read_bytes()):
        for paid in remittance.claims:
            lines = {line.control_number: line for line in billed[paid.control_number].lines}
            assert paid.patient.member_id == billed[paid.control_number].patient.member_id
            for service in paid.services:
                assert abs(service.charge_cents) == lines[service.control_number].charge_cents


def test_another_payers_loop_inside_a_claim_changes_nothing():
    data = (SAMPLES / "partial_denial.837").read_bytes()
    other = (
        b"SBR*S*18*******MB~\nCAS*CO*45*1~\nOI***Y***Y~\nNM1*IL*1*OTHER*PERSON****MI*XX1~\nNM1*PR*2*OTHER PAYER*****PI*99~\n"
        b"REF*F8*OTHERICN~\nNM1*82*1*STRANGER****XX*1111111112~\nLX*1~"
    )
    [batch] = read_837p(data.replace(b"LX*1~", other, 1))
    assert batch.claims[0].patient.last_name == "RUIZ"
    assert batch.claims[0].payer_name == "UNION MUTUAL HEALTH"
    assert batch.claims[0].original_reference == ""
    assert batch.claims[0].rendering.name == "MARSH, DANA"


def test_a_line_of_its_own_rendering_provider_does_not_replace_the_claims():
    data = (SAMPLES / "partial_denial.837").read_bytes()
    [batch] = read_837p(data.replace(b"REF*6R*EP10234-1~", b"REF*6R*EP10234-1~\nNM1*82*1*SUB****XX*1111111112~"))
    assert batch.claims[0].rendering.name == "MARSH, DANA"


def test_a_range_of_days_gives_first_and_last_day():
    data = (SAMPLES / "partial_denial.837").read_bytes()
    [batch] = read_837p(data.replace(b"DTP*472*D8*20260903", b"DTP*472*RD8*20260901-20260903", 1))
    line = batch.claims[0].lines[0]
    assert (line.service_from, line.service_to) == (date(2026, 9, 1), date(2026, 9, 3))


def test_lines_that_do_not_add_up_and_strange_lines_are_said():
    data = (SAMPLES / "partial_denial.837").read_bytes()
    data = data.replace(b"SV1*HC:97140:GP*66", b"SV2*0420*HC:97140:GP*66")
    [batch] = read_837p(data)
    said = " ".join(problem.why for problem in batch.problems)
    assert "This is an institutional service line." in said
    assert "The lines add up to $373.00, the claim says $439.00." in said


def test_a_line_outside_of_any_claim_is_counted_and_said():
    data = (SAMPLES / "partial_denial.837").read_bytes()
    start, end = data.index(b"CLM*"), data.index(b"LX*1~")
    [batch] = read_837p(data[:start] + data[end:])
    assert (batch.claims, batch.stray_lines) == ((), 3)


def test_icd_9_and_older_qualifiers_are_read():
    data = (SAMPLES / "partial_denial.837").read_bytes().replace(b"ABK:", b"BK:").replace(b"ABF:", b"BF:")
    assert next(read_837p(data)).claims[0].diagnoses == ("M25561", "M6281")


def test_the_claims_hash_changes_with_its_content_only():
    data = (SAMPLES / "partial_denial.837").read_bytes()
    [same] = read_837p(data.replace(b"\n", b"\r\n"))
    [other] = read_837p(data.replace(b"UN*2*", b"UN*1*"))
    [claim] = read("partial_denial")[0].claims
    assert same.claims[0].content_hash == claim.content_hash != other.claims[0].content_hash
