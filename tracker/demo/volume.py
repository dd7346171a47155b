"""Any number of invented claims with their answers, for benchmarks and volume tests. The same seed gives the same bytes."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from tracker.demo.x12_facts import Party, Payment, Sending, adjustment, answer, reversal, service
from tracker.demo.x12_writer import write_835
from tracker.demo.x12_writer_837p import write_837p
from tracker.domain.claim import BilledClaim, BilledLine, Provider
from tracker.domain.npi import make_npi
from tracker.domain.remittance import ClaimPayment, Person, ProviderAdjustment, ServicePayment

_CLAIMS_A_PAYMENT = 150
_FIRST_DAY = date(2026, 1, 5)
_MADE_AT = datetime(2026, 3, 16, 7, 30)  # noqa: DTZ001  # an ISA has no time zone


class _Payer(NamedTuple):
    party: Party
    filing_code: str
    contract: str = "CO-45"
    crosses_over: bool = False
    pays_interest: bool = False
    denies_whole_claims: bool = False


_PRACTICE = Party("RIVERBEND THERAPY", make_npi(123450001), "311234567", taxonomy="261QP2000X")
_PAYERS = (
    _Payer(Party("EXAMPLE MEDICARE B", "15202", "990000011"), "MB", crosses_over=True),
    _Payer(Party("PRAIRIE MUTUAL", "60771", "990000022"), "12"),
    _Payer(Party("LAKESHORE HMO", "87332", "990000033"), "HM", pays_interest=True),
    _Payer(Party("STATE MEDICAL PLAN", "SKOH0", "990000044"), "MC", denies_whole_claims=True),
    _Payer(Party("KEYSTONE WORKERS FUND", "WC211", "990000055"), "WC", contract="PI-P12"),
)
_CLINICIANS = {
    "GP": Provider("MARSH, DANA", make_npi(140000001), "225100000X"),
    "GO": Provider("OKAFOR, LEE", make_npi(140000002), "225X00000X"),
    "GN": Provider("SVENSON, KAI", make_npi(140000003), "235Z00000X"),
}
_REFERRING = Provider("ABARA, NIA", make_npi(150000001))
# Charge and allowed amount of one unit in cents; invented.
_FEES = {
    "GP": {"97110": (6800, 2890), "97112": (7400, 3310), "97140": (6600, 2710), "97530": (7900, 3590), "97116": (6200, 2880), "97161": (16500, 9720)},
    "GO": {"97530": (7900, 3590), "97535": (7600, 3250), "97110": (6800, 2890), "97760": (8800, 4570), "97165": (17200, 9850)},
    "GN": {"92507": (13800, 7430), "92526": (14600, 8190), "92523": (29500, 21800)},
}  # fmt: skip
_UNTIMED = frozenset({"97161", "97165", "92507", "92526", "92523"})
_LINE_DENIALS = (
    ("CO-97", ("M15",)), ("CO-50", ("N115",)), ("CO-119", ("N362",)), ("CO-151", ("N362",)), ("CO-4", ("N519",)),
    ("CO-16", ("M64", "N822")), ("PR-96", ("N130",)), ("CO-252", ("M127",)), ("CO-236", ()),
)  # fmt: skip
_CLAIM_DENIALS = (
    ("CO-197", ("N54",)), ("CO-29", ("N211",)), ("OA-18", ()), ("CO-22", ("MA04",)), ("PR-27", ("N30",)),
    ("CO-109", ("N418",)), ("CO-16", ("MA130",)),
)  # fmt: skip
_DIAGNOSES = ("M54.50", "M25.511", "M25.561", "M54.2", "R47.01", "R13.12", "I69.351", "S52.501D", "M62.81")
_LAST = (
    "ARDEN",
    "BLYTHE",
    "CORWIN",
    "DELACRUZ",
    "EVERHART",
    "FROST",
    "GALLOWAY",
    "HIDALGO",
    "IRWIN",
    "JANSEN",
    "KWAN",
    "LARKIN",
)
_FIRST = (
    "AVERY",
    "BLAKE",
    "CARMEN",
    "DEVON",
    "EMERY",
    "FINLEY",
    "GRAY",
    "HARPER",
    "INDIGO",
    "JORDAN",
    "KIRAN",
    "LOGAN",
)


def make_835(claims: int, seed: int) -> bytes:
    """Return an 835 of exactly ``claims`` CLP loops."""
    return write_835(payments(claims, seed), _MADE_AT)


def make_837p(claims: int, seed: int) -> bytes:
    """Return the 837P of the claims that ``make_835`` answers."""
    return write_837p(sendings(claims, seed), _MADE_AT)


def payments(claims: int, seed: int) -> tuple[Payment, ...]:
    """Return the facts ``make_835`` writes."""
    return _made(claims, seed)[0]


def sendings(claims: int, seed: int) -> tuple[Sending, ...]:
    """Return the facts ``make_837p`` writes."""
    return _made(claims, seed)[1]


@lru_cache(maxsize=2)  # a file and its 837P come from the same facts
def _made(claims: int, seed: int) -> tuple[tuple[Payment, ...], tuple[Sending, ...]]:
    chance = random.Random(seed)  # noqa: S311  # invented claims, no secrets
    paid: list[Payment] = []
    sent: list[Sending] = []
    number = 0
    while number < claims:
        payer = _PAYERS[len(paid) % len(_PAYERS)]
        wanted = min(claims - number, chance.randint(_CLAIMS_A_PAYMENT // 2, _CLAIMS_A_PAYMENT))
        answers: list[ClaimPayment] = []
        billed: list[BilledClaim] = []
        while len(answers) < wanted:
            claim = _claim(chance, payer, number + len(answers) + 1)
            billed.append(claim)
            answers += _answers(chance, payer, claim, room=wanted - len(answers))
        number += len(answers)
        day = _FIRST_DAY + timedelta(days=70)
        paid.append(_payment(chance, payer, len(paid) + 1, answers, day))
        sent.append(Sending(_PRACTICE, payer.party, day - timedelta(days=14), f"B{len(sent) + 1:06d}", tuple(billed)))
    return tuple(paid), tuple(sent)


def _claim(chance: random.Random, payer: _Payer, number: int) -> BilledClaim:
    discipline = chance.choices(("GP", "GO", "GN"), (6, 3, 1))[0]
    day = _FIRST_DAY + timedelta(days=chance.randrange(55))
    diagnoses = tuple(chance.sample(_DIAGNOSES, chance.randint(1, 3)))
    control = f"RB{number:07d}"
    lines = tuple(_lines(chance, discipline, day, len(diagnoses), control))
    patient = Person(
        chance.choice(_LAST), chance.choice(_FIRST), chance.choice("ABCDEFG"), f"{chance.randrange(10**9):09d}",
        date(1940 + chance.randrange(70), chance.randint(1, 12), chance.randint(1, 28)), chance.choice("FM"),
    )  # fmt: skip
    return BilledClaim(
        control, sum(line.charge_cents for line in lines), "11", "1", "",
        f"AU{number:06d}" if chance.random() < 0.3 else "", "", payer.filing_code, diagnoses, patient, patient,
        payer.party.name, payer.party.id, Provider(_PRACTICE.name, _PRACTICE.id, _PRACTICE.taxonomy), _PRACTICE.tin,
        _CLINICIANS[discipline], _REFERRING, day + timedelta(days=2), lines, 0, "",
    )  # fmt: skip


def _lines(chance: random.Random, discipline: str, day: date, diagnoses: int, control: str) -> Iterator[BilledLine]:
    fees = _FEES[discipline]
    codes = chance.sample(list(fees), chance.randint(1, min(4, len(fees))))
    for number, code in enumerate(codes, start=1):
        units = 1 if code in _UNTIMED else chance.choice((1, 1, 2, 2, 3))
        modifiers = [discipline]
        if code in {"97140", "97530"} and len(codes) > 1 and chance.random() < 0.5:
            modifiers.append("59")
        if chance.random() < 0.1:
            modifiers.append("KX")
        yield BilledLine(
            number, code, tuple(modifiers), float(units), fees[code][0] * units, tuple(range(1, diagnoses + 1)), day,
            None, f"{control}L{number}",
        )  # fmt: skip


def _answers(chance: random.Random, payer: _Payer, claim: BilledClaim, room: int) -> list[ClaimPayment]:
    """Return the payer's answer, or an answer taken back and corrected when there is room for both."""
    kinds = ("paid", "partial", "denied", "secondary", "corrected")
    kind = chance.choices(kinds, (60, 17, 15, 5, 3))[0]
    icn = f"{payer.party.id[:2]}26{claim.control_number[2:]}"
    received = (claim.submitted_on or _FIRST_DAY) + timedelta(days=1)
    if kind == "denied":
        return [_denied(chance, payer, claim, icn)]
    if kind == "secondary":
        lines = [_secondary(line) for line in claim.lines]
        return [answer(claim, lines, icn, status="2", received_on=received)]
    bad = chance.randrange(len(claim.lines)) if kind in {"partial", "corrected"} else -1
    lines = [_line_answer(chance, payer, line, denied=place == bad) for place, line in enumerate(claim.lines)]
    if kind != "corrected" or room < 2:
        onward = payer.crosses_over and kind == "paid" and chance.random() < 0.2
        status, remarks, other = ("19", ("MA01", "MA18"), "EXAMPLE MEDIGAP") if onward else ("1", (), "")
        return [answer(claim, lines, icn, status=status, remarks=remarks, crossover_payer=other, received_on=received)]
    first = answer(claim, [_line_answer(chance, payer, line, denied=False) for line in claim.lines], icn)
    corrected = answer(claim, lines, f"{icn}C", original_reference=icn, received_on=received)
    return [reversal(first), corrected]


def _denied(chance: random.Random, payer: _Payer, claim: BilledClaim, icn: str) -> ClaimPayment:
    reason, remarks = chance.choice(_CLAIM_DENIALS)
    if payer.denies_whole_claims:  # said once for the claim, without lines; status 4 is how some Medicaid plans deny
        whole = [adjustment(reason, claim.charge_cents)]
        return answer(claim, [], icn, status="4", adjustments=whole, remarks=remarks)
    lines = [service(line, [adjustment(reason, line.charge_cents)]) for line in claim.lines]
    return answer(claim, lines, icn, remarks=remarks)


def _secondary(line: BilledLine) -> ServicePayment:
    paid = line.charge_cents // 5
    return service(line, [adjustment("OA-23", line.charge_cents - paid)])


def _line_answer(chance: random.Random, payer: _Payer, line: BilledLine, *, denied: bool) -> ServicePayment:
    if denied:
        reason, remarks = chance.choice(_LINE_DENIALS)
        units = line.units if reason in {"CO-119", "CO-151"} else None
        return service(line, [adjustment(reason, line.charge_cents, units)], remarks)
    allowed = _allowed(line)
    found = [adjustment(payer.contract, line.charge_cents - allowed)]
    left = allowed
    for reason, cents in _reductions(chance, payer, line, allowed):
        if 0 < cents <= left:
            found.append(adjustment(reason, cents))
            left -= cents
    return service(line, found, allowed_cents=allowed)


def _reductions(chance: random.Random, payer: _Payer, line: BilledLine, allowed: int) -> Iterator[tuple[str, int]]:
    """Yield what is taken from the allowed amount, by the habits of each kind of payer."""
    reduced = allowed
    if payer.filing_code == "MB" and line.line > 1:
        reduced -= allowed * 11 // 100  # multiple-procedure reduction
        yield "CO-59", allowed - reduced
    if payer.filing_code in {"MB", "12"}:
        share = reduced * 20 // 100
        yield ("PR-1", reduced) if chance.random() < 0.1 else ("PR-2", share)
        if payer.filing_code == "MB":
            yield "CO-253", (reduced - share) * 2 // 100  # sequestration
    elif payer.filing_code == "HM" and line.line == 1:
        yield "PR-3", 2500


def _allowed(line: BilledLine) -> int:
    fees = next(fees for fees in _FEES.values() if line.code in fees)
    return fees[line.code][1] * int(line.units)


def _payment(chance: random.Random, payer: _Payer, number: int, answers: list[ClaimPayment], day: date) -> Payment:
    paid = sum(claim.paid_cents for claim in answers)
    trace, first = f"{payer.party.id[:3]}{number:08d}", answers[0].payer_claim_number
    pairs: list[ProviderAdjustment] = []

    def pair(reason: str, reference: str, cents: int) -> None:
        pairs.append(ProviderAdjustment(reason, reference, cents, _PRACTICE.id, date(day.year, 12, 31)))

    if chance.random() < 0.3 and paid > 0:
        pair("WO", first, min(paid, chance.randrange(2500, 12000)))
    if payer.pays_interest:
        pair("L6", first, -chance.randrange(15, 700))
    if chance.random() < 0.05:  # everything withheld for an earlier overpayment: nothing is paid
        pair("FB", f"FWD{number}", paid - sum(each.amount_cents for each in pairs))
    left = paid - sum(each.amount_cents for each in pairs)
    if left < 0:  # more was taken back than paid: carried forward to a later payment
        pair("FB", f"FWD{number}", left)
    return Payment(payer.party, _PRACTICE, trace, day, tuple(answers), tuple(pairs), chance.choice(("ACH", "CHK")))
