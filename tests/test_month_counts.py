"""Courses of denials and counts by month stay what the rows say, whatever is imported, undone, sent, decided or paid."""

import random
from collections import Counter, defaultdict

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from tests import build
from tests.test_day_counts import Life
from tracker import month_counts
from tracker.cli import main
from tracker.day_counts import Counts, differing_months, recount_months, uncounted_months
from tracker.db import make_engine, transaction
from tracker.db_upgrade import downgrade, upgrade
from tracker.domain.appeal_life import Result
from tracker.jobs.tasks import count_months
from tracker.knowledge import load
from tracker.models import (
    Appeal,
    AppealDenial,
    ClaimLine,
    Denial,
    DenialAnswer,
    DenialCourse,
    Event,
    MonthCount,
    Outcome,
    Practice,
)
from tracker.services import working
from tracker.services.outcomes import Decision, LineDecision, record_decision, undecided

ARRANGING = {"owner", "snooze", "deadline", "records_asked", "undone"}


class Work(Life):
    """Files as they come, and what people and payers do with the denials."""

    def go_on(self):
        more = (
            self.comment,
            self.assign,
            self.correct,
            self.appeal,
            self.appeal,
            self.decide,
            self.decide,
            self.undo_act,
        )
        if self.rnd.random() < 0.5:
            self.rnd.choice(more)()
            self.session.flush()
            self.session.expire_all()
        else:
            super().go_on()

    def one(self, *, is_open=True):
        found = [each for each in self.denials() if each.is_open is is_open]
        return self.rnd.choice(found) if found else None

    def comment(self):
        if one := self.one():
            working.comment(self.session, one, "Called the payer", self.now, self.user_id)

    def assign(self):
        if one := self.one():
            working.assign(self.session, [one], self.user_id, self.now, self.user_id)

    def correct(self):
        if one := self.one():
            working.set_status(self.session, [one], "corrected_claim_sent", self.now, self.user_id)

    def appeal(self):
        one = self.one()
        if one and not self.session.scalars(select(AppealDenial).where(AppealDenial.denial_id == one.id)).all():
            sent = build.appeal(self.session, one, opened_by_id=self.user_id)
            self.session.flush()
            if self.rnd.random() < 0.8:
                sent.status, sent.sent_on = "sent", build.TODAY
            if self.rnd.random() < 0.2:
                sent.status = "withdrawn"

    def decide(self):
        sent = self.session.scalars(select(Appeal).where(Appeal.status == "sent").order_by(Appeal.number)).all()
        lines = [(each, undecided(self.session, each)) for each in sent]
        for each, denials in lines[:1]:
            result = self.rnd.choice(list(Result))
            half = {Result.OVERTURNED: 1, Result.PARTLY: 2}.get(result)
            decisions = [LineDecision(one.id, result, one.amount_cents // half if half else 0) for one in denials]
            decision = Decision(build.TODAY, decisions, "R1", "Not shown")
            record_decision(self.session, each, decision, load(), self.now, build.TODAY, self.user_id)

    def undo_act(self):
        there = {denial.id for denial in self.denials()}
        events = [
            event
            for event in self.session.scalars(
                select(Event).where(Event.subject_kind == "denial", Event.undone.is_(False))
            )
            if event.kind in {"status", "owner", "closed"} and event.subject_id in there
        ]
        if events:
            try:
                working.undo(self.session, self.rnd.choice(events), self.now, self.user_id)
            except working.ChangeError:
                self.session.expire_all()


def course_by_hand(session, denial):
    """What happened to a denial, read row by row: day acted on, appealed, corrected, decided, won."""
    events = [
        event
        for event in session.scalars(select(Event).where(Event.subject_id == denial.id))
        if event.subject_kind == "denial" and event.user_id and not event.undone and event.kind not in ARRANGING
    ]
    corrected = min(
        (
            event.at.date()
            for event in events
            if event.kind == "status" and (event.details["changes"].get("status") or [0])[-1] == "corrected_claim_sent"
        ),
        default=None,
    )
    days, sent, awaited, decided, won = [event.at.date() for event in events], [], False, [], []
    for link in session.scalars(select(AppealDenial).where(AppealDenial.denial_id == denial.id)):
        appeal = session.get_one(Appeal, (link.practice_id, link.appeal_id))
        if appeal.opened_by_id:
            days.append(appeal.opened_at.date())
        if appeal.status in ("draft", "ready", "withdrawn"):
            continue
        sent.append(appeal.sent_on)
        outcomes = [
            outcome
            for outcome in session.scalars(select(Outcome).where(Outcome.appeal_id == appeal.id))
            if outcome.denial_id == denial.id and outcome.result != "more_information"
        ]
        decided += [outcome.decided_on for outcome in outcomes]
        won += [outcome.decided_on for outcome in outcomes if outcome.result in ("overturned", "partly")]
        awaited = awaited or not outcomes
    if corrected:
        answers = session.scalars(select(DenialAnswer).where(DenialAnswer.denial_id == denial.id)).all()
        later = [answer.answered_on for answer in answers if answer.kind != "first" and answer.answered_on >= corrected]
        decided += [min(later)] if later else []
        awaited = awaited or not later
    days += [*sent, *([corrected] if corrected else [])]
    first = [min(each) if each else None for each in (days, sent)]
    return (*first, corrected, max(decided) if decided and not awaited else None, min(won) if won else None)


def step_by_hand(course, denial):
    acted, appealed, corrected, decided, won = course
    if not appealed and not corrected:
        return "acted" if acted else "untouched"
    if won:
        return "overturned"
    if corrected and denial.recovered_cents > 0:
        return "corrected"
    return "refused" if decided else "waiting" if denial.is_open else "ended"


def nothing():
    return {name: defaultdict(Counter) for name in ("reasons", "causes", "steps", "days", "below")} | {
        "sums": Counter()
    }


def by_hand(session, practice_id):
    """The counts of months, of each payer and (under None) of all, read line by line and denial by denial."""
    found = defaultdict(nothing)
    lines = {line.id: line for line in session.scalars(select(ClaimLine).where(ClaimLine.practice_id == practice_id))}
    for line in lines.values():
        if line.first_remit_on:
            for payer in (line.payer_id, None):
                found[line.first_remit_on.replace(day=1), payer]["sums"]["lines"] += 1
    for denial in session.scalars(select(Denial).where(Denial.practice_id == practice_id)):
        if denial.root_cause == "adj_not_a_denial" or denial.close_reason == "not_a_denial":
            continue
        line = lines.get(denial.claim_line_id)
        for payer in (denial.payer_id, None):
            add_by_hand(found[denial.denied_on.replace(day=1), payer], session, denial, line)
    fields = month_counts.MonthCounts(
        sums=(*Counts._fields, "appealed"), reasons=range(3), causes=range(4), steps=range(5), days=None, below=None
    )
    return {
        key: month_counts.MonthCounts(
            {name: counts["sums"][name] for name in fields.sums},
            *(
                {name: [int(sums[at]) for at in getattr(fields, field)] for name, sums in counts[field].items()}
                for field in ("reasons", "causes", "steps")
            ),
            *({name: dict(sums) for name, sums in counts[field].items()} for field in ("days", "below")),
        )
        for key, counts in found.items()
    }


def add_by_hand(counts, session, denial, line):
    course = course_by_hand(session, denial)
    acted, appealed, corrected, _, won = course
    filed = min((day for day in (appealed, corrected) if day), default=None)
    again, paid = denial.times_denied > 1, denial.recovered_cents > 0
    at_first = line is not None and line.first_remit_on == denial.denied_on
    less = 0 if denial.expected_cents is None else denial.amount_cents - denial.expected_cents
    counts["sums"].update(
        denials=1, denied_cents=denial.amount_cents, at_first_answer=at_first, paid_denials=paid,
        recovered_cents=denial.recovered_cents, appealed=appealed is not None,
        rated=denial.expected_cents is not None, below_cents=less,
    )  # fmt: skip
    reason = f"{denial.group_code}-{denial.carc}" if denial.carc else "none"
    counts["reasons"][reason].update(dict(enumerate((1, denial.amount_cents, at_first))))
    counts["causes"][denial.root_cause].update(
        dict(enumerate((1, denial.amount_cents, denial.times_denied, again)))
    )  # fmt: skip
    money = 1, denial.amount_cents, paid, denial.amount_cents * paid, denial.recovered_cents
    step = step_by_hand(course, denial)
    counts["steps"][step].update(dict(enumerate(money)))
    places = [("reasons", reason), ("causes", denial.root_cause), ("steps", step), *([("paid", step)] if paid else [])]
    for name, word in places if less else ():
        counts["below"][name][word] += less
    closed = None if denial.is_open else denial.closed_on
    for name, on in (("acted", acted), ("filed", filed), ("closed", closed), ("overturned", won)):
        if on:
            counts["days"][name][(on - denial.denied_on).days] += 1
        elif denial.is_open and name != "overturned":
            counts["days"][f"{name}_open"][denial.denied_on.day] += 1


def kept(session, practice_id):
    """What the table says, read as a page does: changes of the transaction are counted first."""
    rows = session.scalars(select(MonthCount).where(MonthCount.practice_id == practice_id))
    return {(row.month, row.payer_id): month_counts.of_row(row) for row in rows}


@pytest.mark.parametrize("seed", range(8))
def test_after_anything_the_months_are_what_counting_row_by_row_gives(sessions, cast, seed):
    rnd, seen = random.Random(seed), Counter()
    with sessions.system() as session:
        work = Work(session, rnd, session.get_one(Practice, cast.eastside.id), cast.alice.id)
        for _ in range(40):
            work.go_on()
            if rnd.random() < 0.4:
                session.commit()
            found = kept(session, cast.eastside.id)
            assert found == by_hand(session, cast.eastside.id)
            for counts in found.values():
                seen.update([*counts.steps, *counts.days])
        assert differing_months(session, cast.eastside.id) == []
    assert {"untouched", "acted", "acted_open"} <= set(seen)


def test_every_step_of_a_course_comes_up(sessions, cast):
    seen = set()
    for seed in range(20, 26):
        with sessions.system() as session:
            work = Work(session, random.Random(seed), session.get_one(Practice, cast.eastside.id), cast.alice.id)
            for _ in range(40):
                work.go_on()
                seen.update(step for counts in kept(session, cast.eastside.id).values() for step in counts.steps)
    assert seen >= {"untouched", "acted", "waiting", "ended", "refused", "overturned"}


def test_a_corrected_claim_that_was_paid_is_a_step_of_its_own(session, cast):
    denial = build.denied_line(session, session.get_one(Practice, cast.eastside.id))
    working.set_status(session, [denial], "corrected_claim_sent", build.NOW, cast.alice.id)
    denial.recovered_cents = 50_00
    session.flush()
    assert [set(counts.steps) for counts in kept(session, cast.eastside.id).values()] == [{"corrected"}] * 2


def test_who_has_a_denial_counts_nothing_anew(session, cast):
    denial = build.denied_line(session, session.get_one(Practice, cast.eastside.id))
    of_all = select(MonthCount.id).where(MonthCount.payer_id.is_(None))
    row = session.scalars(of_all).one()
    working.assign(session, [denial], cast.alice.id, build.NOW, cast.alice.id)
    assert session.scalars(of_all).one() == row
    working.set_status(session, [denial], "in_review", build.NOW, cast.alice.id)
    assert session.scalars(of_all).one() != row
    assert session.scalars(select(DenialCourse.acted_on)).one() == build.TODAY


def test_an_upgrade_leaves_the_months_to_the_first_look_after_the_start(owner_url, sessions, cast):
    with transaction(sessions.system()) as session:
        work = Work(session, random.Random(5), session.get_one(Practice, cast.eastside.id), cast.alice.id)
        while not kept(session, cast.eastside.id):
            work.go_on()
        before = kept(session, cast.eastside.id)
    owner = make_engine(owner_url)
    downgrade(owner, "0017")
    upgrade(owner)
    owner.dispose()
    with transaction(sessions.system()) as session:
        assert kept(session, cast.eastside.id) == {}
        assert uncounted_months(session, cast.eastside.id)
        count_months(session, build.NOW)
        assert uncounted_months(session, cast.eastside.id) == []
    with sessions.system() as session:
        assert kept(session, cast.eastside.id) == before
        assert before


def test_a_month_that_was_never_counted_is_counted_whole_at_its_first_change(sessions, cast):
    with transaction(sessions.system()) as session:
        first, second = (build.denied_line(session, session.get_one(Practice, cast.eastside.id)) for _ in range(2))
        working.set_status(session, [first], "in_review", build.NOW, cast.alice.id)
    with transaction(sessions.system()) as session:
        session.execute(text("DELETE FROM month_counts"))
        session.execute(text("DELETE FROM denial_courses"))
    with transaction(sessions.system()) as session:
        working.close(session, [session.merge(second)], "duplicate", build.NOW, build.TODAY, cast.alice.id)
        assert kept(session, cast.eastside.id) == by_hand(session, cast.eastside.id)


def test_the_command_finds_and_mends_months_and_courses_that_differ(sessions, settings, cast):
    with transaction(sessions.system()) as session:
        denial = build.denied_line(session, session.get_one(Practice, cast.eastside.id))
        working.set_status(session, [denial], "in_review", build.NOW, cast.alice.id)
    environment = {"TRACKER_DATA_DIR": str(settings.data_dir), "TRACKER_DATABASE_URL": settings.database_url}

    def check(*options):
        return CliRunner().invoke(main, ["db", "check", *options], env=environment)

    assert check().exit_code == 0
    for damage in (
        "DELETE FROM month_counts",
        "DELETE FROM denial_courses",
        "UPDATE denial_courses SET acted_on = NULL",
    ):
        with transaction(sessions.system()) as session:
            session.execute(text(damage))
        found = check()
        assert found.exit_code == 1
        assert f"{denial.denied_on:%Y-%m}: the counts differ" in found.output
        assert check("--mend").exit_code == 0
        assert check().exit_code == 0
    with sessions.system() as session:
        recount_months(session, cast.eastside.id, [denial.denied_on.replace(day=1)])
        assert kept(session, cast.eastside.id) == by_hand(session, cast.eastside.id)
