"""The counts by day stay what the rows say, whatever is imported, undone, changed or taken back."""

import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from tests import build
from tests.edi import claim, line, remit, reversal
from tests.reports.ledger import Ledger
from tracker.cli import main
from tracker.day_counts import Counts, differing_days
from tracker.db import make_engine, transaction
from tracker.db_upgrade import downgrade, upgrade
from tracker.knowledge import load
from tracker.models import ClaimLine, DayCount, Denial, ImportFile, Payer, Practice
from tracker.month_counts import CLOSED_AS_NO_DENIAL, NOT_A_DENIAL
from tracker.services import working
from tracker.services.bringing_in import diagnose_stored
from tracker.services.deciding import choose_cause
from tracker.services.diagnosing import diagnose_claims
from tracker.services.importing import import_now
from tracker.services.undoing_imports import UndoRefused, undo_import

CAUSES = ("adj_not_a_denial", "mn_skill_not_shown", "auth_absent")


def kept(session, practice_id):
    """What the table says, by day and payer."""
    rows = session.scalars(select(DayCount).where(DayCount.practice_id == practice_id))
    return {(row.day, row.payer_id): Counts(*(getattr(row, name) for name in Counts._fields)) for row in rows}


def by_hand(session, practice_id):
    """The same counted row by row in Python, not by the product's queries."""
    lines = {row.id: row for row in session.scalars(select(ClaimLine).where(ClaimLine.practice_id == practice_id))}
    found = {}
    for row in lines.values():
        if row.first_remit_on:
            found.setdefault((row.first_remit_on, row.payer_id), Counter())["lines"] += 1
    for row in session.scalars(select(Denial).where(Denial.practice_id == practice_id)):
        if row.root_cause == NOT_A_DENIAL or row.close_reason == CLOSED_AS_NO_DENIAL:
            continue
        first = lines[row.claim_line_id].first_remit_on if row.claim_line_id else None
        cell = found.setdefault((row.denied_on, row.payer_id), Counter())
        cell["denials"] += 1
        cell["denied_cents"] += row.amount_cents
        cell["at_first_answer"] += first == row.denied_on
        cell["paid_denials"] += row.recovered_cents > 0
        cell["recovered_cents"] += row.recovered_cents
        if row.expected_cents is not None:
            cell["rated"] += 1
            cell["below_cents"] += row.amount_cents - row.expected_cents
    return {key: Counts(**{name: cell[name] for name in Counts._fields}) for key, cell in found.items()}


class Life:
    """Random things that happen to a practice: files come and are undone, people decide."""

    def __init__(self, session, rnd, practice, user_id):
        self.session, self.rnd, self.practice, self.user_id = session, rnd, practice, user_id
        self.claims, self.files, self.now = [], 0, build.NOW

    def go_on(self):
        files = self.new_file, self.new_file, self.answer_again, self.reverse, self.undo
        self.rnd.choice([*files, self.choose, self.close])()
        self.session.flush()
        self.session.expire_all()

    def bring_in(self, *claims):
        self.files += 1
        paid_on = f"{build.TODAY - timedelta(days=self.rnd.randrange(1, 4)):%Y%m%d}"
        data = remit(*claims, trace=f"EFT{self.files}", paid_on=paid_on, payer_id=self.rnd.choice(["H0001", "H0002"]))
        _, stored = import_now(self.session, self.practice, f"{self.files}.835", data, self.now, load())
        diagnose_stored(self.session, self.practice.id, stored, load(), build.TODAY)

    def lines(self):
        denied = line("97110", 90, 0, "CO-50:90"), line("97140", 60, 0, "CO-97:60")
        paid = line("97112", 80, 50, "CO-45:30"), line("97530", 40, 20, "CO-45:20")
        return [self.rnd.choice([no, yes]) for no, yes in zip(denied, paid, strict=True)]

    def new_file(self):
        number = len(self.claims)
        new = [claim(f"A{number + n}", *self.lines(), payer_number=f"ICN{number + n}") for n in range(2)]
        self.claims += new
        self.bring_in(*new)

    def answer_again(self):
        if self.claims:
            old = self.rnd.choice(self.claims)
            codes = {each.code: each for each in self.lines()}
            self.bring_in(old._replace(lines=tuple(codes.get(each.code, each) for each in old.lines)))

    def reverse(self):
        if self.claims:
            self.bring_in(reversal(self.rnd.choice(self.claims)))

    def undo(self):
        stored = self.session.scalars(select(ImportFile).where(ImportFile.state == "stored")).all()
        if stored:
            with suppress(UndoRefused):
                undo_import(self.session, self.rnd.choice(stored), self.now)

    def denials(self):
        return self.session.scalars(select(Denial).order_by(Denial.number)).all()

    def choose(self):
        if self.denials():
            one = self.rnd.choice(self.denials())
            choose_cause(self.session, one, self.rnd.choice(CAUSES), "appeal", self.now, self.user_id)

    def close(self):
        still_open = [one for one in self.denials() if one.is_open]
        if still_open:
            reason = self.rnd.choice(["not_a_denial", "duplicate"])
            working.close(self.session, [self.rnd.choice(still_open)], reason, self.now, build.TODAY, self.user_id)


@pytest.mark.parametrize("seed", range(8))
def test_after_anything_the_counts_are_what_counting_row_by_row_gives(sessions, cast, seed):
    rnd = random.Random(seed)
    seen = Counter()
    with sessions.system() as session:
        life = Life(session, rnd, session.get_one(Practice, cast.eastside.id), cast.alice.id)
        for _ in range(25):
            life.go_on()
            if rnd.random() < 0.4:
                session.commit()
            found = kept(session, cast.eastside.id)
            assert found == by_hand(session, cast.eastside.id)
            assert differing_days(session, cast.eastside.id) == []
            for counts in found.values():
                seen.update({name for name, value in counts._asdict().items() if value})
    assert {"lines", "denials", "denied_cents", "at_first_answer"} <= set(seen)


def test_what_is_rolled_back_is_not_counted(sessions, cast):
    with sessions.system() as session:
        build.denied_line(session, session.get_one(Practice, cast.eastside.id))
        assert kept(session, cast.eastside.id)
        session.rollback()
    with sessions.system() as session:
        assert kept(session, cast.eastside.id) == {}


def test_a_day_that_nothing_is_left_of_has_no_counts(session, cast):
    denial = build.denied_line(session, session.get_one(Practice, cast.eastside.id))
    assert kept(session, cast.eastside.id)
    line_of = session.get_one(ClaimLine, (denial.practice_id, denial.claim_line_id))
    session.delete(denial)
    session.flush()
    session.delete(line_of)
    session.flush()
    assert kept(session, cast.eastside.id) == {}


def test_moving_a_denial_to_another_day_counts_both_days(session, cast):
    denial = build.denied_line(session, session.get_one(Practice, cast.eastside.id))
    denial.denied_on = build.TODAY - timedelta(days=100)
    session.flush()
    assert kept(session, cast.eastside.id) == by_hand(session, cast.eastside.id)


def test_a_cause_found_anew_in_a_transaction_of_its_own_is_counted(sessions, cast):
    with transaction(sessions.system()) as session:
        data = remit(claim("A1", line("97110", 90, 0, "CO-50:90")))
        import_now(session, session.get_one(Practice, cast.eastside.id), "a.835", data, build.NOW, load())
        denial = session.scalars(select(Denial)).one()
        denial.root_cause = NOT_A_DENIAL
    with transaction(sessions.system()) as session:
        assert [counts.denials for counts in kept(session, cast.eastside.id).values()] == [0]
        diagnose_claims(session, cast.eastside.id, [denial.claim_id], load(), build.TODAY)
    with sessions.system() as session:
        assert session.scalars(select(Denial.root_cause)).one() != NOT_A_DENIAL
        assert [counts.denials for counts in kept(session, cast.eastside.id).values()] == [1]


def test_the_upgrade_fills_the_counts_of_what_is_there(owner_url, sessions, cast):
    with transaction(sessions.system()) as session:
        rnd = random.Random(3)
        life = Life(session, rnd, session.get_one(Practice, cast.eastside.id), cast.alice.id)
        for _ in range(10):
            life.go_on()
        other = Ledger(session, "Third Street PT")
        other.denied_line(session.scalars(select(Payer)).first(), build.TODAY, recovered_cents=500)
        before = kept(session, cast.eastside.id), kept(session, other.practice.id)
        places = cast.eastside.id, other.practice.id
    owner = make_engine(owner_url)
    downgrade(owner, "0010")
    upgrade(owner)
    owner.dispose()
    with sessions.system() as session:
        assert tuple(kept(session, place) for place in places) == before
        assert all(before)


def test_the_command_finds_and_mends_counts_that_differ(sessions, settings, cast):
    with transaction(sessions.system()) as session:
        build.denied_line(session, session.get_one(Practice, cast.eastside.id))
    environment = {"TRACKER_DATA_DIR": str(settings.data_dir), "TRACKER_DATABASE_URL": settings.database_url}

    def check(*options):
        return CliRunner().invoke(main, ["db", "check", *options], env=environment)

    assert check().exit_code == 0
    with transaction(sessions.system()) as session:
        session.execute(text("UPDATE day_counts SET denials = denials + 1"))
    found = check()
    assert found.exit_code == 1
    assert "differ" in found.output
    assert "Eastside" not in found.output
    assert check("--mend").exit_code == 0
    assert check().output == "The counts by day and month, and the figures of appeals, are what the rows say.\n"
