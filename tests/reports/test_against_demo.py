"""Every figure of the page over the demo's year, against walking all rows one by one."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from statistics import median_low

import pytest
from sqlalchemy import select

from tests.test_month_counts import course_by_hand, step_by_hand
from tracker.config import Settings
from tracker.db import SessionMaker, transaction
from tracker.demo.load import load_demo
from tracker.domain.expected_amounts import Rate
from tracker.importers.fee_schedule import LoadedRate
from tracker.knowledge import load
from tracker.models import Appeal, ClaimLine, Denial, Outcome, Payer, Practice, User
from tracker.reports.basis import Basis
from tracker.reports.insights import Panels, insights, last_months
from tracker.reports.queue_conditions import Viewer
from tracker.services.fee_schedules import By, load_rates

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
STAGES = {
    "Acted on": {"acted", "waiting", "ended", "refused", "corrected", "overturned"},
    "Appealed or corrected": {"waiting", "ended", "refused", "corrected", "overturned"},
    "Decided by payer": {"refused", "corrected", "overturned"},
}
GAINED = {"corrected", "overturned"}


@pytest.fixture(scope="module")
def demo(sqlite_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    with sqlite_template.copy(folder) as engine:
        sessions = SessionMaker(engine)
        load_demo(
            sessions,
            Settings(data_dir=folder, database_url=str(engine.url), fast_hash=True),
            TODAY,
            NOW,
            lambda *_: None,
        )
        load_schedule(sessions)
        yield sessions


def schedule_of(session):
    """Rates of two thirds of the payers: cents of a unit by payer's name, code, modifier and first day."""
    names = sorted(session.scalars(select(Payer.name)))
    rated = [name for place, name in enumerate(names) if place % 3]
    return {
        (name, code, modifier, first): cents + more + place
        for place, name in enumerate(rated)
        for code, cents in (("97110", 2900), ("97140", 2750), ("97530", 99_000))
        for modifier, first, more in (
            ("", date(2025, 1, 1), 0),
            ("CQ", date(2025, 1, 1), -400),
            ("", date(2026, 5, 1), 111),
        )
    }


def load_schedule(sessions):
    with transaction(sessions.system()) as session:
        payers = session.scalars(select(Payer)).all()
        rates = [
            LoadedRate(0, name, code, Rate(modifier, first, None, cents))
            for (name, code, modifier, first), cents in schedule_of(session).items()
        ]
        for practice_id in session.scalars(select(Practice.id)).all():
            load_rates(session, practice_id, rates, payers, By(None, NOW), at_once=100_000)


@pytest.fixture(scope="module", params=list(Basis))
def basis(request):
    return request.param


@pytest.fixture(scope="module")
def found(demo, basis):
    with demo.reading(all_practices(demo)) as session:
        viewer = Viewer(0, TODAY, NOW)
        wanted = Panels(speed=True, workload=True)
        asked = replace(last_months(TODAY, 12), basis=basis)
        return insights(session, asked, (), viewer, load().root_causes, wanted)


@pytest.fixture(scope="module")
def schedule(demo):
    with demo.system() as session:
        return schedule_of(session)


def worth_by_hand(denial, line, payer, schedule):
    """What a denial's contract lets expect, found rate by rate; None without one."""
    if line is None:
        return None
    held = {
        modifier: cents
        for (name, code, modifier, first), cents in sorted(schedule.items(), key=lambda item: item[0][3])
        if (name, code) == (payer, line.code)
        and first <= line.service_date
        and modifier in ["", *line.modifiers.split()]
    }
    if not held:
        return None
    return min(int(line.units * held.get("CQ", held.get("", 0)) + 0.5), line.charge_cents, denial.amount_cents)


@pytest.fixture(scope="module")
def worth(rows, basis, schedule):
    """The cents each denial counts on the basis."""
    everything, _, _, lines, _, _, payers, _ = rows
    found = {}
    for one in everything:
        hand = worth_by_hand(one, lines.get(one.claim_line_id), payers[one.payer_id], schedule)
        assert one.expected_cents == hand, one.number
        found[one.id] = one.amount_cents if basis is Basis.BILLED or hand is None else hand
    return found


def worths(denials, worth):
    return sum(worth[one.id] for one in denials)


def all_practices(demo):
    with demo.system() as session:
        return frozenset(session.scalars(select(Practice.id)))


@pytest.fixture(scope="module")
def rows(demo):
    """All denials of the twelve months that count, each with its course and step, and all lines."""
    with demo.reading(all_practices(demo)) as session:
        everything = session.scalars(select(Denial)).all()
        counted = [
            denial
            for denial in everything
            if denial.root_cause != "adj_not_a_denial" and denial.close_reason != "not_a_denial"
        ]
        counted = [denial for denial in counted if date(2025, 12, 1) <= denial.denied_on <= date(2026, 11, 30)]
        courses = {denial.id: course_by_hand(session, denial) for denial in counted}
        lines = {line.id: line for line in session.scalars(select(ClaimLine))}
        outcomes = session.scalars(select(Outcome)).all()
        appeals = {appeal.id: appeal for appeal in session.scalars(select(Appeal))}
        payers = {payer.id: payer.name for payer in session.scalars(select(Payer))}
        users = {user.id: user.name for user in session.scalars(select(User))}
        session.expunge_all()
    return everything, counted, courses, lines, outcomes, appeals, payers, users


@pytest.fixture(scope="module")
def cohort(rows):
    """The denials of the complete months, December to October."""
    return [denial for denial in rows[1] if denial.denied_on < date(2026, 11, 1)]


def month(day):
    return (day.year, day.month)


def test_there_is_something_to_compare(cohort):
    assert len(cohort) > 100


def test_the_trend(found, rows, worth):
    _, counted, _, lines, *_ = rows
    for figures in found.trend.months:
        mine = [denial for denial in counted if month(denial.denied_on) == figures.month]
        first = [one for one in mine if one.claim_line_id and lines[one.claim_line_id].first_remit_on == one.denied_on]
        answered = [one for one in lines.values() if one.first_remit_on and month(one.first_remit_on) == figures.month]
        assert (figures.denials, figures.cents) == (len(mine), worths(mine, worth))
        assert (figures.denied_lines, figures.lines) == (len(first), len(answered))


def test_the_causes_of_the_last_complete_month(found, rows, worth):
    expected = Counter(), Counter()
    for denial in rows[1]:
        if month(denial.denied_on) == (2026, 10):
            expected[0][denial.root_cause] += 1
            expected[1][denial.root_cause] += worth[denial.id]
    assert {cause.code: cause.denials for cause in found.pareto.causes} == dict(expected[0])
    assert {cause.code: cause.cents for cause in found.pareto.causes} == dict(expected[1])


def test_the_overturned_tile_and_the_payers(found, rows, worth):
    _, counted, _, lines, outcomes, appeals, payers, _ = rows
    decisions = [one for one in outcomes if one.result in ("overturned", "partly", "upheld", "dismissed")]
    by_appeal = {}
    for one in decisions:
        if appeals[one.appeal_id].status == "decided":
            by_appeal.setdefault(one.appeal_id, []).append(one)
    last = {key: max(one.decided_on for one in each) for key, each in by_appeal.items()}
    decided = {key for key, day in last.items() if date(2025, 12, 1) <= day <= date(2026, 11, 30)}
    won = {key for key in decided if any(one.result in ("overturned", "partly") for one in by_appeal[key])}
    assert (found.overturned.part, found.overturned.whole) == (len(won), len(decided))
    assert found.pending_appeals == sum(appeal.status == "sent" for appeal in appeals.values())
    for row in found.payers:
        of_payer = {key for key in decided if payers[appeals[key].payer_id] == row.name}
        mine = [one for one in counted if payers[one.payer_id] == row.name and month(one.denied_on) == (2026, 10)]
        answered = [one for one in lines.values() if payers[one.payer_id] == row.name and one.first_remit_on]
        assert (row.denials, row.cents) == (len(mine), worths(mine, worth))
        assert row.rate.whole == sum(month(one.first_remit_on) == (2026, 10) for one in answered)
        assert (row.overturned.part, row.overturned.whole) == (len(of_payer & won), len(of_payer))
        days = sorted((last[key] - appeals[key].sent_on).days for key in of_payer if appeals[key].sent_on)
        assert row.median_days == (median_low(days) if len(of_payer) >= 10 else None)


def test_the_recovered_and_the_missed_tile(found, rows, cohort, worth):
    paid = [denial for denial in cohort if denial.recovered_cents > 0]
    assert found.cohort.recovered_cents == sum(denial.recovered_cents for denial in cohort)
    assert found.cohort.paid_denials == len(paid)
    missed = [
        denial
        for denial in rows[0]
        if denial.is_open
        and denial.root_cause != "adj_not_a_denial"
        and denial.clock == "file_by"
        and denial.file_by_legal
        and denial.file_by_legal < TODAY
        and denial.status not in ("waiting_on_payer", "corrected_claim_sent")
    ]
    assert (found.missed.denials, found.missed.cents) == (len(missed), worths(missed, worth))


def test_the_funnel(found, rows, cohort, worth):
    steps = {denial.id: step_by_hand(rows[2][denial.id], denial) for denial in cohort}
    stages = {stage.label: stage for stage in found.funnel.stages}
    for label, members in STAGES.items():
        mine = [denial for denial in cohort if steps[denial.id] in members]
        assert (stages[label].denials, stages[label].cents) == (len(mine), worths(mine, worth))
    gained = [denial for denial in cohort if steps[denial.id] in GAINED]
    paid = [denial for denial in gained if denial.recovered_cents > 0]
    money, won = found.funnel.stages[-1], found.funnel.stages[-2]
    assert (won.denials, money.denials) == (len(gained), len(paid))
    assert money.cents == worths(paid, worth)
    assert money.recovered_cents == sum(denial.recovered_cents for denial in paid)
    assert stages["Decided by payer"].pending_denials == sum(step == "waiting" for step in steps.values())
    rest = [denial for denial in cohort if denial.recovered_cents > 0 and steps[denial.id] not in GAINED]
    assert found.funnel.otherwise.paid_denials == len(rest)


def test_the_recovered_share_is_of_the_basis(found, cohort, worth):
    assert (found.cohort.denials, found.cohort.cents) == (len(cohort), worths(cohort, worth))


def test_the_heatmap_and_the_open_by_days_left(found, rows, worth):
    of_month = [one for one in rows[1] if month(one.denied_on) == (2026, 10)]
    assert sum(cell.sums.cents for *_, cell in found.heatmap.cells) == worths(of_month, worth)
    opened = [one for one in rows[0] if one.is_open]
    assert sum(tile.cents for tile in found.time_left) == worths(opened, worth)


def test_what_has_no_rate_is_told_on_the_expected_basis(found, rows, basis):
    _, counted, *_ = rows
    without = [one for one in counted if one.expected_cents is None]
    opened = [one for one in rows[0] if one.is_open and one.expected_cents is None]
    told = (len(without), len(opened)) if basis is Basis.EXPECTED else (0, 0)
    assert (found.without_rate, found.open_without_rate) == told
    assert 0 < len(without) < len(counted)


def test_the_curve(found, rows, cohort):
    for row in found.curve.months:
        mine = [denial for denial in cohort if month(denial.denied_on) == row.month]
        took = [(rows[2][one.id][4] - one.denied_on).days for one in mine if rows[2][one.id][4]]
        age = (TODAY - row.month.last_day).days
        assert row.denials == len(mine)
        assert row.won == tuple(
            sum(days <= reached for days in took) if age >= reached else None for reached in (30, 60, 90, 120)
        )


def test_the_shares(found, cohort, rows, worth):
    causes = load().root_causes
    assert found.shares.times_denied == sum(denial.times_denied for denial in cohort)
    assert found.shares.repeated == sum(denial.times_denied > 1 for denial in cohort)
    expected = {
        "avoidable": [one for one in cohort if one.root_cause and causes[one.root_cause].avoidable],
        "payer-fault": [one for one in cohort if one.root_cause and causes[one.root_cause].starts_at == "payer"],
        "never-worked": [
            one
            for one in cohort
            if one.is_open and one.file_by_legal and one.file_by_legal < TODAY and rows[2][one.id][0] is None
        ],
    }
    for share in found.shares.shares:
        mine = expected.pop(share.only)
        assert (share.denials, share.cents) == (len(mine), worths(mine, worth))
    assert expected == {}


def test_the_speed(found, rows):
    for each in found.speed:
        mine = [denial for denial in rows[1] if month(denial.denied_on) == each.month]
        for span in each.spans:
            done, waits = [], []
            for denial in mine:
                acted, appealed, corrected, *_ = rows[2][denial.id]
                filed = min((day for day in (appealed, corrected) if day), default=None)
                closed = None if denial.is_open else denial.closed_on
                on = {"acted": acted, "filed": filed, "closed": closed}[span.name]
                if on:
                    done.append((on - denial.denied_on).days)
                elif denial.is_open:
                    waits.append((TODAY - denial.denied_on).days)
            assert (span.done, span.still_open) == (len(done), len(waits))
            if span.ninetieth is not None:
                assert span.slow == sum(days > span.ninetieth for days in [*done, *waits])
            if not waits and len(done) >= 10:
                assert span.median == median_low(done)


def test_what_runs_out_and_the_work_by_owner(found, rows, worth):
    everything, _, _, _, _, _, _, users = rows
    week = TODAY + timedelta(days=7)
    due = Counter()
    for denial in everything:
        if denial.is_open and denial.due_on and TODAY <= denial.due_on <= week:
            due[users.get(denial.owner_id, "Nobody")] += worth[denial.id]
    assert {row.name: row.cents for row in found.expiring} == dict(due)
    opened = Counter(users.get(denial.owner_id, "Nobody") for denial in everything if denial.is_open)
    assert {row.name: row.open for row in found.workload if row.open} == dict(opened)
    done = Counter(
        users.get(denial.owner_id, "Nobody")
        for denial in everything
        if denial.closed_on and TODAY - timedelta(days=30) <= denial.closed_on <= TODAY
        if denial.root_cause != "adj_not_a_denial" and denial.close_reason != "not_a_denial"
    )
    assert {row.name: row.done for row in found.workload if row.done} == dict(done)
