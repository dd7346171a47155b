"""A year of a demo practice: what is sent, what the payers answer, what is noted and done, in the order it happened.

Everything follows from the practice and the day before today: the same day gives the same bytes.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from tracker.demo.answers import answer_to, icn_of, put_right, refused_still
from tracker.demo.cast import DemoPayer, DemoPractice
from tracker.demo.plot import Act, Calendar, DemoFile, Story
from tracker.demo.services import SERVICES
from tracker.demo.troubles import TROUBLES, Trouble
from tracker.demo.visits import Refusal, Visit, episodes, visits_of
from tracker.demo.x12_facts import Payment, Sending, reversal
from tracker.demo.x12_writer import write_835
from tracker.demo.x12_writer_837p import write_837p
from tracker.domain.claim import BilledClaim
from tracker.domain.remittance import ClaimPayment, ProviderAdjustment

_TROUBLED_EVERY = 8  # about one claim in eight meets some trouble: 8 to 10 percent of the lines
_KX_FORGOTTEN = frozenset({8, 12})  # visits past the threshold; by then the answers on file show it too
_FIRST_NUMBER = 20_001
_LIMITS = {"medicare": 120, "advantage": 60, "medicaid": 60, "union": 180, "prairie": 180, "comp": 90}  # days to appeal
_FIXES = frozenset({"corrected", "repeat"})
_APPEALED = frozenset(
    {"appeal_won", "records_paid", "taken_back", "paid_in_part", "upheld", "dismissed", "second_level"}
)
_REFUSED = {
    "upheld": "upheld",
    "dismissed": "dismissed",
    "second_level": "upheld",
}  # what the payer's letter says first
# One payer asks one practice for the records of many visits, and what came of it, in turn.
_REVIEWED, _REVIEWED_EVERY = ("EP", "union"), 5
_REVIEW_COURSES = (
    "records_paid", "paid_in_part", "records_paid", "upheld", "taken_back", "second_level", "dismissed",
    "records_paid", "paid_in_part", "records_paid",
)  # fmt: skip


def tell(practice: DemoPractice, today: date) -> Story:
    """Return the year of a practice that ends the day before ``today``."""
    return _Teller(practice, today).tell()


class _Answered(NamedTuple):
    payer: DemoPayer
    claim: ClaimPayment


class _Teller:
    """Goes through the visits of a practice and lays out what follows from each."""

    def __init__(self, practice: DemoPractice, today: date) -> None:
        self._practice, self._today = practice, today
        self._chance = random.Random(f"{practice.prefix} of the demo")  # noqa: S311  # invented claims, no secrets
        self._calendar = Calendar(today, practice.files_every_days)
        self._sent: dict[date, dict[str, list[tuple[DemoPayer, BilledClaim]]]] = defaultdict(lambda: defaultdict(list))
        self._paid: dict[date, dict[str, list[_Answered]]] = defaultdict(lambda: defaultdict(list))
        self._taken: dict[tuple[date, str], list[ProviderAdjustment]] = defaultdict(list)
        self._courses: dict[str, int] = defaultdict(int)
        self._first_billed: dict[date, list[Visit]] = defaultdict(list)
        self._story = Story(self._calendar.last)

    def tell(self) -> Story:
        visits = sorted(self._all_visits(), key=lambda visit: (visit.day, visit.control))
        self._spoil(visits)
        for visit in visits:
            self._live(visit)
        self._story.files = [*self._sent_files(), *self._paid_files()]
        return self._story

    def _all_visits(self) -> Iterator[Visit]:
        number = _FIRST_NUMBER
        for episode in episodes(self._practice, self._chance, self._calendar.first, self._calendar.last):
            yield from visits_of(self._practice, episode, self._chance, number, self._calendar.last)
            number += episode.visits

    # ---- troubles ----

    def _spoil(self, visits: list[Visit]) -> None:
        """Give about one visit in six a trouble that fits it, all troubles in turn; some others just get a note."""
        waiting = [trouble for trouble in TROUBLES if trouble.name != "no_kx"]
        for place, visit in enumerate(visits):
            if visit.visits_past_threshold in _KX_FORGOTTEN:
                self._give(visit, next(trouble for trouble in TROUBLES if trouble.name == "no_kx"))
                continue
            if place % _TROUBLED_EVERY != 3 or visit.number == 1:
                visit.note = "good" if place % 14 == 1 else ""
                continue
            found = next((trouble for trouble in waiting if _fits(trouble, visit)), None)
            if found is None:
                continue
            waiting.remove(found)
            waiting.append(found)
            self._give(visit, found)
        self._review([visit for visit in visits if not visit.trouble and visit.number > 1])

    def _review(self, visits: Iterable[Visit]) -> None:
        """Give every few visits of the practice and payer under review a request for records."""
        wanted = next(trouble for trouble in TROUBLES if trouble.name == "records_wanted")
        asked = [visit for visit in visits if (self._practice.prefix, visit.episode.payer.key) == _REVIEWED]
        for turn, visit in enumerate(asked[::_REVIEWED_EVERY]):
            wanted.spoil(visit)
            longest = max(range(len(visit.lines)), key=lambda place: visit.lines[place].units)
            visit.refusal = Refusal("CO-252", ("M127",), (longest,))
            visit.trouble, visit.course = wanted.name, _REVIEW_COURSES[turn % len(_REVIEW_COURSES)]

    def _give(self, visit: Visit, trouble: Trouble) -> None:
        turn = self._courses[trouble.name]
        self._courses[trouble.name] += 1
        trouble.spoil(visit)
        visit.trouble, visit.course = trouble.name, trouble.courses[turn % len(trouble.courses)]

    # ---- what follows from a visit ----

    def _live(self, visit: Visit) -> None:
        sent_on = self._calendar.sending_after(visit.day + timedelta(days=1 + visit.held_days))
        if sent_on is None:
            return
        billed = visit.billed(sent_on)
        self._send(sent_on, visit, billed)
        self._first_billed[sent_on].append(visit)
        paid_on = self._calendar.remit_after(sent_on + timedelta(days=15))
        if paid_on is None:
            return
        first = answer_to(visit, billed, visit.refusal, icn_of(visit, 1))
        self._pay(paid_on, visit, first)
        if visit.trouble == "duplicate":
            self._send_again(visit, paid_on)
        elif visit.refusal is not None:
            self._follow(visit, first, paid_on)
        elif visit.number == 7 and visit.episode.payer.key in {"union", "prairie"}:
            self._recoup(visit, first, paid_on)

    def _send_again(self, visit: Visit, after: date) -> None:
        """The paid claim goes out once more under another number and is denied as a duplicate."""
        sent_on = self._calendar.sending_after(after + timedelta(days=4))
        if sent_on is None:
            return
        again = replace(visit, control=f"{visit.control}R")
        self._send(sent_on, again, again.billed(sent_on))
        paid_on = self._calendar.remit_after(sent_on + timedelta(days=15))
        if paid_on is None:
            return
        denied = answer_to(again, again.billed(sent_on), Refusal("OA-18"), icn_of(again, 1))
        self._pay(paid_on, again, denied)
        if visit.course == "duplicate" and (self._today - paid_on).days > 20:
            self._story.acts.append(Act(again.control, paid_on + timedelta(days=6), "duplicate"))

    def _follow(self, visit: Visit, first: ClaimPayment, denied_on: date) -> None:
        """What becomes of a denial: corrected, appealed, denied again, closed, or still open."""
        age = (self._today - denied_on).days
        left = _LIMITS[visit.episode.payer.key] - age
        if 0 < left < 31 and int(visit.control[2:]) % 3:  # the deadline is near and nobody has acted yet
            visit.course = "open"
        elif left <= 0 and visit.course == "open" and int(visit.control[2:]) % 3:
            visit.course = "written_off"
        if visit.course in {"written_off", "patient_share"} and age > 40:
            self._story.acts.append(Act(visit.control, denied_on + timedelta(days=24), visit.course))
        elif visit.course == "other_payer" and age > 30:
            self._story.acts.append(Act(visit.control, denied_on + timedelta(days=12), "waiting_on_payer"))
        elif visit.course in _FIXES:
            self._send_corrected(visit, first, denied_on)
        elif visit.course in _APPEALED:
            self._appeal(visit, first, denied_on)
        elif age > 25:
            self._story.acts.append(Act(visit.control, denied_on + timedelta(days=9), "in_review"))

    def _send_corrected(self, visit: Visit, first: ClaimPayment, denied_on: date) -> None:
        """The claim goes out again, put right or as it was, and is answered anew."""
        sent_on = self._calendar.sending_after(denied_on + timedelta(days=9))
        if sent_on is None:
            return
        again = put_right(visit) if visit.course == "corrected" else visit
        claim = again.billed(sent_on, "7", first.payer_claim_number)
        self._send(sent_on, again, claim)
        self._story.acts.append(Act(visit.control, sent_on, "corrected_claim_sent"))
        paid_on = self._calendar.remit_after(sent_on + timedelta(days=16))
        if paid_on is not None:
            self._answer_again(again, claim, first, visit.refusal if visit.course == "repeat" else None, paid_on)

    def _appeal(self, visit: Visit, first: ClaimPayment, denied_on: date) -> None:
        """The denial is appealed and the payer gives in, in part or not, or only one level up."""
        acted_on = self._calendar.sending_after(denied_on + timedelta(days=20))
        if acted_on is None:
            return
        self._story.acts.append(Act(visit.control, acted_on, "appeal"))
        decided_on = self._calendar.remit_after(acted_on + timedelta(days=38))
        if visit.course in _REFUSED and decided_on is not None:
            self._story.acts.append(Act(visit.control, decided_on, _REFUSED[visit.course]))
            decided_on = self._after_refusal(visit, decided_on)
        if decided_on is None:
            return
        still = refused_still(visit)
        if still is not None:
            self._story.acts.append(Act(visit.control, decided_on, "partly"))
            self._write_off(visit, decided_on)
        paid = self._answer_again(visit, visit.billed(acted_on), first, still, decided_on)
        if visit.course == "taken_back":
            self._take_back(visit, paid, decided_on)

    def _after_refusal(self, visit: Visit, refused_on: date) -> date | None:
        """The refused appeal is written off or taken a level up; return when that one is paid."""
        if visit.course != "second_level":
            self._write_off(visit, refused_on)
            return None
        again_on = refused_on + timedelta(days=11)
        self._story.acts.append(Act(visit.control, again_on, "next_level"))
        return self._calendar.remit_after(again_on + timedelta(days=38))

    def _write_off(self, visit: Visit, decided_on: date) -> None:
        self._story.acts.append(Act(visit.control, decided_on + timedelta(days=16), "written_off"))

    def _answer_again(  # one parameter per thing that answers
        self, visit: Visit, claim: BilledClaim, first: ClaimPayment, refusal: Refusal | None, paid_on: date
    ) -> ClaimPayment:
        """The payer takes its first answer back, if it paid anything, and gives another; return that one."""
        second = answer_to(visit, claim, refusal, icn_of(visit, 2), original=first.payer_claim_number)
        if first.paid_cents > 0:
            self._pay(paid_on, visit, reversal(first))
        self._pay(paid_on, visit, second)
        return second

    def _take_back(self, visit: Visit, paid: ClaimPayment, paid_on: date) -> None:
        """Months later the payer takes the money back: the denial opens again."""
        taken_on = self._calendar.remit_after(paid_on + timedelta(days=45))
        if taken_on is not None:
            self._pay(taken_on, visit, reversal(paid))

    def _recoup(self, visit: Visit, paid: ClaimPayment, paid_on: date) -> None:
        """The payer withholds what it says it overpaid (PLB WO); no claim is answered anew."""
        taken_on = self._calendar.remit_after(paid_on + timedelta(days=60))
        if taken_on is not None and paid.paid_cents > 0:
            pair = ProviderAdjustment(
                "WO", paid.payer_claim_number, paid.paid_cents, self._practice.party.id, date(taken_on.year, 12, 31)
            )
            self._taken[taken_on, visit.episode.payer.key].append(pair)

    # ---- what goes out and what comes in ----

    def _send(self, day: date, visit: Visit, claim: BilledClaim) -> None:
        self._sent[day][visit.episode.payer.key].append((visit.episode.payer, claim))

    def _pay(self, day: date, visit: Visit, claim: ClaimPayment) -> None:
        self._paid[day][visit.episode.payer.key].append(_Answered(visit.episode.payer, claim))

    # ---- files ----

    def _sent_files(self) -> Iterator[DemoFile]:
        party = self._practice.party
        for number, (day, by_payer) in enumerate(sorted(self._sent.items()), start=1):
            sendings = [
                Sending(
                    party,
                    claims[0][0].party,
                    day,
                    f"{self._practice.prefix}{day:%y%j}{key[:3].upper()}",
                    tuple(c for _, c in claims),
                )
                for key, claims in sorted(by_payer.items())
            ]
            data = write_837p(sendings, datetime.combine(day, time(17, 30)), control_number=number)
            yield DemoFile(day, self._name(day, "837"), data, tuple(self._first_billed[day]))

    def _paid_files(self) -> Iterator[DemoFile]:
        for number, (day, by_payer) in enumerate(sorted(self._paid.items()), start=1):
            payments = [self._payment(day, key, answered) for key, answered in sorted(by_payer.items())]
            data = write_835(payments, datetime.combine(day, time(6, 15)), control_number=number)
            yield DemoFile(day, self._name(day, "835"), data)

    def _name(self, day: date, kind: str) -> str:
        return f"{self._practice.prefix.lower()}_{day:%m%d%y}.{kind}"

    def _payment(self, day: date, key: str, answered: list[_Answered]) -> Payment:
        payer, claims = answered[0].payer, tuple(each.claim for each in answered)
        pairs = self._taken.pop((day, key), [])
        left = sum(claim.paid_cents for claim in claims) - sum(pair.amount_cents for pair in pairs)
        if left < 0:  # more is taken back than paid: the rest is carried forward
            year_end = date(day.year, 12, 31)
            pairs = [*pairs, ProviderAdjustment("FB", f"{day:%y%j}", left, self._practice.party.id, year_end)]
        trace = f"{key[:2].upper()}{self._practice.prefix}{day:%y%j}"
        method = "CHK" if key == "comp" else "ACH"
        return Payment(payer.party, self._practice.party, trace, day, claims, tuple(pairs), method)


def _fits(trouble: Trouble, visit: Visit) -> bool:
    if visit.episode.payer.key not in trouble.payers or visit.episode.clinician.discipline not in trouble.disciplines:
        return False
    if trouble.name in {"units_over_minutes", "pair_without_59"}:
        return any(SERVICES[line.code].timed for line in visit.lines)
    return True
