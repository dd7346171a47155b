"""Patients, their episodes of care and their visits, as they happened, before anything is billed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from tracker.demo.cast import FIRST_NAMES, LAST_NAMES, PAYERS, REFERRING, Clinician, DemoPayer, DemoPractice
from tracker.demo.services import CONDITIONS, EVALUATIONS, MODIFIERS, SERVICES, Condition
from tracker.domain.business_days import business_day_on_or_after
from tracker.domain.claim import BilledClaim, BilledLine, Provider
from tracker.domain.remittance import Adjustment, Person
from tracker.knowledge import load

_PAYER_BY_KEY = {payer.key: payer for payer in PAYERS}


@dataclass(slots=True)
class Line:
    """One service of a visit: code, modifiers, units billed, minutes given."""

    code: str
    modifiers: list[str]
    units: int
    minutes: int


@dataclass(slots=True)
class Refusal:
    """What the payer denies: ``lines`` by place (empty: all), why, and how many units of the line (0: all)."""

    reason: str
    remarks: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    units: int = 0
    for_whole_claim: bool = False
    claim_remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Episode:
    """A patient's course of care with one clinician, paid by one payer."""

    patient: Person
    payer: DemoPayer
    clinician: Clinician
    condition: Condition
    referring: Provider
    first_day: date
    visits: int
    authorization: str


@dataclass(slots=True)
class Visit:
    """One visit with everything that will be said of it: billed, denied, noted, answered again."""

    control: str
    practice: DemoPractice
    episode: Episode
    number: int
    day: date
    lines: list[Line]
    authorization: str = ""
    held_days: int = 0
    refusal: Refusal | None = None
    trouble: str = ""
    course: str = ""
    note: str = ""
    on_file: dict[str, dict[str, object]] = field(default_factory=dict)
    proof_on: date | None = None
    visits_past_threshold: int = 0

    def billed(self, sent_on: date, frequency: str = "1", original: str = "") -> BilledClaim:
        """Return the claim as sent on a day."""
        lines = tuple(
            BilledLine(
                number, line.code, tuple(line.modifiers), float(line.units), SERVICES[line.code].charge_cents * line.units,
                tuple(range(1, len(self.episode.condition.diagnoses) + 1)), self.day, None, f"{self.control}-{number}",
            )
            for number, line in enumerate(self.lines, start=1)
        )  # fmt: skip
        party, payer = self.practice.party, self.episode.payer
        return BilledClaim(
            self.control, sum(line.charge_cents for line in lines), "11", frequency, original, self.authorization, "",
            payer.filing_code, self.episode.condition.diagnoses, self.episode.patient, self.episode.patient,
            payer.party.name, payer.party.id, Provider(party.name, party.id, party.taxonomy), party.tin,
            self.episode.clinician.provider, self.episode.referring, sent_on, lines, 0, "",
        )  # fmt: skip

    def adjustments(self, line: BilledLine) -> tuple[list[Adjustment], int]:
        """Return what is taken from a line that is paid, and the amount allowed in cents."""
        payer, service = self.episode.payer, SERVICES[line.code]
        allowed = min(service.allowed_cents * int(line.units) * payer.allowed_percent // 100, line.charge_cents)
        group, carc = payer.contract.split("-")
        found = [Adjustment(group, carc, line.charge_cents - allowed)]
        if payer.key == "medicare":
            reduced = allowed if line.line == 1 else allowed - allowed * 11 // 100
            if reduced < allowed:
                found.append(Adjustment("CO", "59", allowed - reduced))
            share = reduced * 20 // 100
            found += [Adjustment("PR", "2", share), Adjustment("CO", "253", (reduced - share) * 2 // 100)]
        elif payer.copay_cents and line.line == 1:
            found.append(Adjustment("PR", "3", min(payer.copay_cents, allowed)))
        elif payer.key == "union":
            found.append(Adjustment("PR", "2", allowed * 10 // 100))
        return [each for each in found if each.amount_cents], allowed


def episodes(practice: DemoPractice, chance: random.Random, first: date, last: date) -> Iterator[Episode]:
    """Yield the practice's episodes of care, spread over the year."""
    keys = [key for key, share in practice.payers for _ in range(share)]
    names = chance.sample(
        [(last_name, first_name) for last_name in LAST_NAMES for first_name in FIRST_NAMES], practice.patients
    )
    each = -(-practice.visits // practice.patients)
    for place, (last_name, first_name) in enumerate(names):
        payer = _PAYER_BY_KEY[keys[place % len(keys)]]
        clinician = practice.clinicians[place % len(practice.clinicians)]
        visits = each + chance.randint(-3, 3)
        room = (last - first).days - visits * 4
        day = first + timedelta(days=chance.randrange(max(room, 1)))
        if place in practice.long_courses:  # long enough to pass the yearly therapy threshold
            visits, day = 40, max(first, date(last.year, 1, 2), last - timedelta(days=200))
        yield Episode(
            patient=_patient(chance, practice, payer, last_name, first_name, day),
            payer=payer,
            clinician=clinician,
            condition=chance.choice(CONDITIONS[clinician.discipline]),
            referring=chance.choice(REFERRING),
            first_day=day,
            visits=visits,
            authorization=f"{payer.key[0].upper()}A{chance.randrange(10**6):06d}" if payer.key in _AUTHORIZES else "",
        )


_AUTHORIZES = frozenset({"advantage", "prairie", "medicaid", "comp"})


def _patient(
    chance: random.Random, practice: DemoPractice, payer: DemoPayer, last_name: str, first_name: str, day: date
) -> Person:
    senior = payer.key in {"medicare", "advantage"}
    youngest, oldest = (66, 88) if senior else (practice.youngest, min(practice.oldest, 64))
    born = date(day.year - chance.randint(youngest, oldest), chance.randint(1, 12), chance.randint(1, 28))
    member = f"{chance.randint(1, 9)}{payer.party.id[:2]}{chance.randrange(10**8):08d}"
    return Person(
        last_name.upper(),
        first_name.upper(),
        chance.choice(("", "A", "J", "M", "R")),
        member,
        born,
        chance.choice("FM"),
    )


def visits_of(
    practice: DemoPractice, episode: Episode, chance: random.Random, number: int, last: date
) -> Iterator[Visit]:
    """Yield the visits of an episode: an evaluation, then twice a week; ``number`` is the first claim's."""
    discipline = episode.clinician.discipline
    modifier = MODIFIERS[discipline]
    day = business_day_on_or_after(episode.first_day)
    allowed: dict[int, int] = {}
    past = 0
    for place in range(episode.visits):
        if day > last:
            return
        codes = (EVALUATIONS[discipline],) if place == 0 else chance.choice(episode.condition.visits)
        visit = Visit(
            control=f"{practice.prefix}{number + place}",
            practice=practice,
            episode=episode,
            number=place + 1,
            day=day,
            lines=[_line(chance, code, modifier) for code in codes],
            authorization=episode.authorization,
        )
        if episode.payer.key == "medicare" and allowed.get(day.year, 0) > _kx_threshold(day.year, discipline):
            past += 1
            visit.visits_past_threshold = past
            for line in visit.lines:
                line.modifiers.append("KX")
        allowed[day.year] = allowed.get(day.year, 0) + sum(
            SERVICES[line.code].allowed_cents * line.units for line in visit.lines
        )
        yield visit
        day = business_day_on_or_after(day + timedelta(days=3 if place % 2 else 4))


def _kx_threshold(year: int, discipline: str) -> int:
    """Return the allowed cents of a year above which Medicare wants KX; past every amount when it is not known."""
    figure = load().kx_threshold(year, "ot" if discipline == "OT" else "pt_slp")
    return figure.cents if figure else 10**9


def _line(chance: random.Random, code: str, modifier: str) -> Line:
    """Timed services get the units their minutes carry under either way of counting (15, 30 or 38 to 40 minutes)."""
    if not SERVICES[code].timed:
        return Line(code, [modifier], 1, 40)
    units = chance.choice((1, 1, 2))
    return Line(code, [modifier], units, {1: chance.randint(15, 18), 2: chance.randint(30, 33)}[units])
