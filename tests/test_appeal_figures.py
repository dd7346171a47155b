"""The figures kept with each appeal stay what its letters and outcomes say, whatever is saved, sent, decided or undone."""

import random
from datetime import timedelta
from itertools import pairwise
from math import ceil

from click.testing import CliRunner
from sqlalchemy import select, text

from tests import build
from tests.test_month_counts import Work
from tracker.appeal_figures import Figures, differing, keep, unknown
from tracker.cli import main
from tracker.db import insert_rows, transaction
from tracker.jobs.tasks import count_months
from tracker.models import Appeal, Event, Letter, LetterText, Outcome, Practice
from tracker.reports.time_spent import time_spent
from tracker.services.appealing import log_appeal

FEW = timedelta(minutes=5)


class Writing(Work):
    """What happens to denials, and people who save and sign the letters of their appeals."""

    def go_on(self):
        if self.rnd.random() < 0.6:
            self.rnd.choice([self.save, self.save, self.sign, self.appeal, self.decide, self.decide])()
            self.session.flush()
            self.session.expire_all()
        else:
            super().go_on()

    def one_appeal(self):
        found = self.session.scalars(select(Appeal).order_by(Appeal.number)).all()
        return self.rnd.choice(found) if found else None

    def later(self):
        return self.now + timedelta(minutes=self.rnd.randrange(40))

    def save(self):
        if appeal := self.one_appeal():
            build_text(self.session, appeal, self.later(), self.rnd.choice([self.user_id, None]))

    def sign(self):
        if appeal := self.one_appeal():
            details = self.rnd.choice([{}, {"batch": 1}])
            log_appeal(self.session, appeal, "letter_signed", self.later(), self.user_id, details)


def build_letter(session, appeal):
    mine = select(Letter).where(Letter.practice_id == appeal.practice_id, Letter.appeal_id == appeal.id)
    letter = session.scalar(mine)
    if letter is None:
        letter = Letter(
            practice_id=appeal.practice_id, appeal_id=appeal.id, template="appeal", letter_date=build.TODAY,
            saved_at=build.NOW,
        )  # fmt: skip
        session.add(letter)
        session.flush()
    return letter


def build_text(session, appeal, at, user_id):
    letter = build_letter(session, appeal)
    text = LetterText(
        practice_id=appeal.practice_id, letter_id=letter.id, appeal_id=appeal.id, saved_at=at, saved_by_id=user_id,
        template="appeal", fields={},
    )  # fmt: skip
    session.add(text)
    session.flush()


def by_hand(session, appeal):
    """The figures of one appeal, read row by row."""
    moments = [
        text.saved_at
        for text in session.scalars(select(LetterText).where(LetterText.appeal_id == appeal.id))
        if text.saved_by_id
    ]
    for event in session.scalars(select(Event).where(Event.subject_id == appeal.id)):
        steps = "letter_saved", "letter_taken_back", "letter_signed"
        if event.subject_kind == "appeal" and event.kind in steps and "batch" not in event.details:
            moments.append(event.at)
    moments.sort()
    worked = sum((min(b - a, FEW) for a, b in pairwise(moments)), timedelta())
    outcomes = [
        outcome
        for outcome in session.scalars(select(Outcome).where(Outcome.appeal_id == appeal.id))
        if outcome.result != "more_information"
    ]
    minutes = ceil(worked / timedelta(minutes=1))
    if appeal.status != "decided" or not outcomes:
        return Figures(minutes)
    last = max(outcome.decided_on for outcome in outcomes)
    won = any(outcome.result in ("overturned", "partly") for outcome in outcomes)
    return Figures(minutes, last, won, (last - appeal.sent_on).days if appeal.sent_on else None)


def kept(session):
    """What the rows of the appeals say, read past the session's memory as a page reads them."""
    time_spent(session)  # a page that asks for figures has the changes of its transaction worked out first
    columns = (getattr(Appeal, name) for name in Figures._fields)
    return {
        appeal: Figures(minutes or 0, *decision)
        for appeal, minutes, *decision in session.execute(select(Appeal.id, *columns))
    }


def test_after_anything_the_figures_are_what_reading_row_by_row_gives(sessions, cast):
    """Six runs of other chances, one after the other in one practice; a single one may decide or measure nothing."""
    decided = minutes = 0
    with sessions.system() as session:
        for seed in range(6):
            rnd = random.Random(seed)
            work = Writing(session, rnd, session.get_one(Practice, cast.eastside.id), cast.alice.id)
            for _ in range(40):
                work.go_on()
                if rnd.random() < 0.4:
                    session.commit()
                found = kept(session)
                assert found == {one.id: by_hand(session, one) for one in session.scalars(select(Appeal))}, seed
                decided += sum(figures.decided_on is not None for figures in found.values())
                minutes += sum(figures.minutes_spent for figures in found.values())
            assert differing(session, cast.eastside.id) == [], seed
    assert decided
    assert minutes


def an_appeal(session, cast, **fields):
    return build.appeal(session, build.denied_line(session, session.get_one(Practice, cast.eastside.id)), **fields)


def test_texts_inserted_past_the_session_are_measured(session, cast):
    appeal = an_appeal(session, cast)
    letter = build_letter(session, appeal)
    columns = (
        "practice_id", "id", "public_id", "letter_id", "appeal_id", "saved_at", "saved_by_id", "template", "fields",
    )  # fmt: skip
    rows = [
        (appeal.practice_id, number, f"text{number}", letter.id, appeal.id, build.NOW + timedelta(minutes=4 * number),
         cast.alice.id, "appeal", {})
        for number in range(3)
    ]  # fmt: skip
    insert_rows(session, LetterText, columns, rows)
    assert time_spent(session) == (8, 1)


def test_an_upgrade_leaves_the_appeals_to_the_first_look_after_the_start(sessions, cast):
    with transaction(sessions.system()) as session:
        appeal, other = an_appeal(session, cast), an_appeal(session, cast)
        for minutes in (0, 3):
            build_text(session, appeal, build.NOW + timedelta(minutes=minutes), cast.alice.id)
    with transaction(sessions.system()) as session:
        session.execute(text("UPDATE appeals SET minutes_spent = NULL"))
    with transaction(sessions.system()) as session:
        assert unknown(session, cast.eastside.id) == [appeal.id]
        count_months(session, build.NOW)
        assert unknown(session, cast.eastside.id) == []
        assert kept(session) == {appeal.id: Figures(3), other.id: Figures(0)}


def test_the_command_finds_and_mends_appeals_that_differ(sessions, settings, cast):
    with transaction(sessions.system()) as session:
        an_appeal(session, cast)
    environment = {"TRACKER_DATA_DIR": str(settings.data_dir), "TRACKER_DATABASE_URL": settings.database_url}

    def check(*options):
        return CliRunner().invoke(main, ["db", "check", *options], env=environment)

    assert check().exit_code == 0
    for damage in ("minutes_spent = 7", "decided_on = '2026-11-01'"):
        with transaction(sessions.system()) as session:
            session.execute(text(f"UPDATE appeals SET {damage}"))
        found = check()
        assert found.exit_code == 1
        assert "the figures of 1 appeals differ" in found.output
        assert check("--mend").exit_code == 0
        assert check().exit_code == 0


def test_an_appeal_that_is_gone_is_passed_over(session, cast):
    keep(session, cast.eastside.id, [4711])
    assert kept(session) == {}
