"""What we write is valid X12 by others' judgement, and reads back as it was written."""

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.importers.oracles import oxedi_complaints, oxedi_totals, pyx12_accepts
from tracker.demo.volume import make_835, make_837p, payments, sendings
from tracker.demo.x12_facts import Party, Payment, Sending, Style, adjustment, answer, reversal, service
from tracker.demo.x12_writer import write_835
from tracker.demo.x12_writer_837p import write_837p
from tracker.domain.claim import BilledClaim, BilledLine, Provider
from tracker.domain.npi import is_npi
from tracker.domain.remittance import ClaimPayment, Person, ProviderAdjustment
from tracker.importers.summary import summarise
from tracker.importers.x835 import read_835
from tracker.importers.x837p import read_837p

SAMPLES = Path(__file__).parents[1] / "samples"
# oxedi wants an ISA first, one set of separators a file, and no line breaks inside of segments.
OXEDI_READS = sorted(
    path.name
    for path in SAMPLES.glob("*.835")
    if path.stem not in {"no_envelope", "text_before_isa", "wrapped_at_80", "two_interchanges_other_delimiters"}
)
MADE_AT = datetime(2026, 9, 18, 6, 15)  # noqa: DTZ001  # an ISA has no time zone
PRACTICE = Party("HARBOR REHAB", "1993000011", "311550001", taxonomy="261QP2000X")
PAYER = Party("UNION MUTUAL", "60771", "990000102")

# ---- others' judgement ----


def test_pyx12_accepts_what_we_write():
    assert pyx12_accepts(make_835(120, 11))
    assert pyx12_accepts(make_837p(120, 11))


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*.837")))
def test_pyx12_accepts_the_837_samples(name):
    assert pyx12_accepts((SAMPLES / name).read_bytes())


@pytest.mark.parametrize(
    "name", ["partial_denial", "reversal_and_correction", "plb_recoupment", "medicare_kx", "zero_pay"]
)
def test_pyx12_accepts_the_835_samples(name):
    assert pyx12_accepts((SAMPLES / f"{name}.835").read_bytes())


def test_pyx12_does_complain_about_a_broken_file():
    assert not pyx12_accepts(make_835(5, 1).replace(b"NM1*QC*1*", b"NM1*QC*9*"))


@pytest.mark.parametrize("name", OXEDI_READS)
def test_oxedi_finds_the_same_in_the_samples(name):
    data = (SAMPLES / name).read_bytes()
    found = summarise(name, data)
    ours = (found["claims"], found["lines"], found["adjustments"], found["charged_cents"], found["paid_cents"])
    assert oxedi_totals(data) == (*ours, found["plb_cents"])


def test_oxedi_finds_the_same_in_a_big_file_and_nothing_to_complain_about():
    data = make_835(1500, 5)
    found = summarise("big.835", data)
    ours = (found["claims"], found["lines"], found["adjustments"], found["charged_cents"], found["paid_cents"])
    assert oxedi_totals(data) == (*ours, found["plb_cents"])
    assert oxedi_complaints(data) == []


# ---- the volume generator ----


def plain(claim: ClaimPayment) -> ClaimPayment:
    """A claim as a file can say it: no birth date, adjustments group by group; and without its place."""
    patient = claim.patient._replace(birth_date=None, sex="")
    services = tuple(line._replace(adjustments=tuple(sorted(line.adjustments, key=str))) for line in claim.services)
    return claim._replace(patient=patient, services=services, segment=0, content_hash="")


def test_a_volume_file_reads_back_as_its_facts():
    made = payments(1200, 8)
    found = list(read_835(make_835(1200, 8)))
    assert [r.trace_number for r in found] == [p.trace_number for p in made]
    assert [r.amount_cents for r in found] == [p.amount_cents for p in made]
    assert [r.provider_adjustments for r in found] == [p.provider_adjustments for p in made]
    assert [plain(c) for r in found for c in r.claims] == [plain(c) for p in made for c in p.claims]
    assert sum(len(p.claims) for p in made) == 1200
    assert not [problem for r in found for problem in r.problems]


def test_the_volume_837p_reads_back_as_its_facts():
    found = [c for batch in read_837p(make_837p(600, 8)) for c in batch.claims]
    made = [c for sending in sendings(600, 8) for c in sending.claims]
    assert len(found) == len(made)
    for read, written in zip(found, made, strict=True):
        assert read.lines == written.lines
        assert (read.control_number, read.diagnoses, read.patient) == (
            written.control_number, written.diagnoses, written.patient,
        )  # fmt: skip
        assert (read.rendering, read.referring, read.billing) == (written.rendering, written.referring, written.billing)
        assert read.prior_authorization == written.prior_authorization


def test_a_volume_file_has_the_shapes_a_real_year_has():
    claims = [c for p in payments(3000, 2) for c in p.claims]
    assert {"1", "2", "4", "19", "22"} <= {c.status for c in claims}
    assert any(not c.services and c.adjustments for c in claims)
    assert any(c.original_reference for c in claims)
    assert {"WO", "L6", "FB"} <= {a.reason for p in payments(3000, 2) for a in p.provider_adjustments}
    assert any(p.amount_cents == 0 for p in payments(6000, 2))


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    assert make_835(40, 1) == make_835(40, 1) != make_835(40, 2)


def test_invented_providers_have_npis_with_the_right_check_digit():
    assert is_npi("1234567893")  # the example of the NPI standard
    assert not is_npi("1234567890")
    assert all(is_npi(claim.rendering.npi) for sending in sendings(50, 1) for claim in sending.claims)


# ---- anything that balances ----

names = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ-", min_size=1, max_size=12).filter(lambda text: text.strip() == text)
numbers = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=1, max_size=14)
cents = st.integers(0, 9_999_999)
days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
styles = st.sampled_from(
    [
        Style(),
        Style("|", ">", "'", "\r\n"),
        Style("*", "^", "~", "", "!"),
        Style("^", ":", "\n", "", "!"),
        Style("+", "<", "?", "\r"),
    ]
)
remarks = st.lists(st.sampled_from(["N362", "M15", "N115", "M127", "MA130"]), max_size=3, unique=True)
reasons = st.sampled_from(["CO-45", "CO-97", "PR-1", "PR-2", "OA-23", "CO-253", "CO-59", "PI-P12", "CO-16", "CO-119"])


@st.composite
def billed_lines(draw, number: int) -> BilledLine:
    code = draw(st.sampled_from(["97110", "97140", "97530", "97161", "92507", "97165", "G0283"]))
    modifiers = draw(st.lists(st.sampled_from(["GP", "GO", "GN", "59", "KX", "CQ", "XU"]), max_size=4, unique=True))
    units = draw(st.integers(1, 24) | st.sampled_from([1.5, 2.25]))
    first = draw(days)
    return BilledLine(number, code, tuple(modifiers), float(units), draw(cents), (1,), first, None, f"L{number}")


@st.composite
def services(draw, line: BilledLine):
    found, left = [], line.charge_cents
    for reason in draw(st.lists(reasons, max_size=8, unique=True)):
        amount = draw(st.integers(0, left))
        left -= amount
        found.append(adjustment(reason, amount, draw(st.none() | st.integers(1, 9).map(float))))
    return service(line, found, draw(remarks), allowed_cents=draw(st.none() | cents))


@st.composite
def claims(draw) -> ClaimPayment:
    lines = [draw(billed_lines(number)) for number in range(1, draw(st.integers(1, 4)) + 1)]
    billed = BilledClaim(
        draw(numbers), sum(line.charge_cents for line in lines), "11", "1", "", "", "", "12", ("M5450",),
        Person(draw(names), draw(names), "", draw(numbers)), None, PAYER.name, PAYER.id,
        Provider(PRACTICE.name, PRACTICE.id), PRACTICE.tin, Provider("MARSH, DANA", "1993100019"), None, None,
        tuple(lines), 0, "",
    )  # fmt: skip
    paid = answer(
        billed, [draw(services(line)) for line in lines], draw(numbers), status=draw(st.sampled_from("123")),
        remarks=draw(remarks), received_on=draw(st.none() | days),
    )  # fmt: skip
    return reversal(paid) if draw(st.booleans()) and paid.charge_cents else paid


@st.composite
def remittances(draw) -> Payment:
    found = tuple(draw(st.lists(claims(), max_size=4)))
    paid = sum(claim.paid_cents for claim in found)
    taken = draw(st.lists(st.integers(-50_000, 50_000), max_size=7))
    pairs = [
        ProviderAdjustment("WO", f"ICN{n}", amount, PRACTICE.id, date(2026, 12, 31)) for n, amount in enumerate(taken)
    ]
    left = paid - sum(taken)
    if left < 0:
        pairs.append(ProviderAdjustment("FB", "FWD", left, PRACTICE.id, date(2026, 12, 31)))
    return Payment(PAYER, PRACTICE, draw(numbers), date(2026, 9, 18), found, tuple(pairs))


@settings(max_examples=120, deadline=None)
@given(st.lists(remittances(), min_size=1, max_size=3), styles)
def test_whatever_balances_is_read_back_as_it_was_written(made, style):
    found = list(read_835(write_835(made, MADE_AT, style=style)))
    assert [(r.trace_number, r.amount_cents, r.provider_adjustments) for r in found] == [
        (p.trace_number, p.amount_cents, p.provider_adjustments) for p in made
    ]
    assert [plain(c) for r in found for c in r.claims] == [plain(c) for p in made for c in p.claims]
    assert not [problem for r in found for problem in r.problems]


@settings(max_examples=60, deadline=None)
@given(remittances(), styles)
def test_the_summary_adds_up_to_what_was_written(made, style):
    found = summarise("x.835", write_835([made], MADE_AT, style=style))
    every = [
        each for c in made.claims for part in (c.adjustments, *(s.adjustments for s in c.services)) for each in part
    ]
    assert found["charged_cents"] == sum(c.charge_cents for c in made.claims)
    assert found["paid_cents"] == sum(c.paid_cents for c in made.claims)
    assert found["adjustments"] == len(every)
    assert found["adjusted_cents"] == sum(each.amount_cents for each in every) == sum(found["by_reason"].values())


def test_the_writer_refuses_facts_that_do_not_balance():
    [claim] = [c for p in payments(1, 1) for c in p.claims]
    wrong = claim._replace(paid_cents=claim.paid_cents + 1)
    with pytest.raises(ValueError, match="does not balance"):
        write_835([Payment(PAYER, PRACTICE, "T1", date(2026, 9, 18), (wrong,))], MADE_AT)


def test_an_837p_of_a_dependent_reads_back():
    line = BilledLine(1, "92507", ("GN",), 1.0, 13800, (1,), date(2026, 9, 1), date(2026, 9, 2), "X1")
    patient, parent = Person("WREN", "MILA", birth_date=date(2019, 6, 21), sex="F"), Person("WREN", "NOEL", "", "UM1")
    billed = BilledClaim(
        "C1", 13800, "11", "7", "OLD1", "AUTH1", "REF1", "12", ("F802",), patient, parent, PAYER.name, PAYER.id,
        Provider(PRACTICE.name, PRACTICE.id, PRACTICE.taxonomy), PRACTICE.tin, Provider("SVENSON, KAI", "1993100035"), None,
        None, (line,), 0, "",
    )  # fmt: skip
    data = write_837p([Sending(PRACTICE, PAYER, date(2026, 9, 3), "B1", (billed,))], MADE_AT)
    [[found]] = [batch.claims for batch in read_837p(data)]
    assert found.lines == (line,)
    assert (found.original_reference, found.prior_authorization, found.referral_number) == ("OLD1", "AUTH1", "REF1")
    assert (found.patient.first_name, found.patient.member_id, found.subscriber.first_name) == ("MILA", "UM1", "NOEL")
