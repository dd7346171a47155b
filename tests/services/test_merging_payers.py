"""Payers a practice has twice: merged with everything, found again by files and typed names, parted, counted right."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from tests import build, edi
from tests.test_day_counts import by_hand as days_by_hand
from tests.test_day_counts import kept as days_kept
from tests.test_month_counts import Work
from tests.test_month_counts import by_hand as months_by_hand
from tests.test_month_counts import kept as months_kept
from tracker.day_counts import differing_days, differing_months
from tracker.domain.own_limits import OwnLimit, kept_limit
from tracker.domain.remittance import Person
from tracker.knowledge import load
from tracker.models import (
    AppealDenial,
    Claim,
    ClaimLine,
    ContractedRate,
    Denial,
    Event,
    Payer,
    PayerAlias,
    PayerProfile,
    Practice,
    Remittance,
)
from tracker.services.acting import Acting
from tracker.services.fee_schedules import expect_anew
from tracker.services.importing import import_now
from tracker.services.logging_denials import TypedClaim, find_or_make_claim
from tracker.services.merging_payers import (
    PayersStay,
    dealt_with,
    effect_of_merge,
    merge_payers,
    merges_into,
    part_payers,
)
from tracker.services.payers import PayerDirectory


@pytest.fixture
def practice(session, cast) -> Practice:
    return session.get_one(Practice, cast.eastside.id)


@pytest.fixture
def acting(cast) -> Acting:
    return Acting(build.NOW, build.TODAY, cast.alice.id)


def bring_in(session, practice, number, payer, payer_id):
    data = edi.remit(
        edi.claim(number, edi.line("97110", 60, 0, "CO-50:60"), payer_number=number), trace=number, payer=payer,
        payer_id=payer_id,
    )  # fmt: skip
    import_now(session, practice, f"{number}.835", data, build.NOW, load())
    return session.scalars(select(Payer).where(Payer.name == payer)).one()


@pytest.fixture
def twice(session, practice):
    """The same payer by two files: under two names and two ids."""
    return bring_in(session, practice, "A1", "HARBOR HEALTH", "H1"), bring_in(
        session, practice, "A2", "HARBR HLTH", "H2"
    )


def merge(session, practice, stays, goes, acting):
    seal = effect_of_merge(session, practice.id, stays, goes, load()).seal
    return merge_payers(session, practice.id, stays, goes, seal, load(), acting)


def payers_of(session, practice, model) -> list[int]:
    return sorted(session.scalars(select(model.payer_id).where(model.practice_id == practice.id)))


def test_a_merge_moves_every_row_and_says_how_many(session, practice, twice, acting):
    stays, goes = twice
    effect = merge(session, practice, stays, goes, acting)
    rows = {"claims": 1, "claim lines": 1, "denials": 1, "appeals": 0, "remittances": 1, "contracted rates": 0}
    assert effect.rows == rows
    for model in (Claim, ClaimLine, Denial, Remittance):
        assert payers_of(session, practice, model) == [stays.id] * 2
    [event] = merges_into(session, practice.id, stays)
    assert (event.details["other"], event.details["rows"], event.user_id) == (goes.id, rows, acting.user_id)


def test_the_next_file_and_a_typed_name_find_the_one_that_stays(session, practice, twice, acting):
    stays, goes = twice
    merge(session, practice, stays, goes, acting)
    bring_in(session, practice, "A3", "HARBR HLTH", "H2")
    assert payers_of(session, practice, Claim) == [stays.id] * 3
    typed = TypedClaim("Harbr  hlth", Person("Quill", "Nora"), "A9", build.TODAY)
    assert find_or_make_claim(session, practice.id, typed, 100).payer_id == stays.id
    assert session.scalar(select(func.count()).select_from(Payer).where(Payer.id.in_((stays.id, goes.id)))) == 2


def rate(session, practice, payer, cents):
    session.add(
        ContractedRate(practice_id=practice.id, payer_id=payer.id, code="97110", modifier="", cents=cents,
                       first_on=date(2020, 1, 1), loaded_at=build.NOW)
    )  # fmt: skip
    session.flush()
    expect_anew(session, practice.id, [payer.id])


def expected(session, practice) -> list[int | None]:
    rows = select(Denial.expected_cents).where(Denial.practice_id == practice.id).order_by(Denial.id)
    return list(session.scalars(rows))


def test_contracted_rates_come_along_where_the_one_that_stays_has_none(session, practice, twice, acting):
    stays, goes = twice
    rate(session, practice, goes, 3_000)
    assert expected(session, practice) == [None, 3_000]
    effect = merge(session, practice, stays, goes, acting)
    assert effect.rows["contracted rates"] == 1
    assert expected(session, practice) == [3_000, 3_000]
    [event] = merges_into(session, practice.id, stays)
    part_payers(session, practice.id, stays, event, load(), acting)
    assert expected(session, practice) == [None, 3_000]
    assert differing_days(session, practice.id) == differing_months(session, practice.id) == []


def test_contracted_rates_of_the_one_that_stays_hold_for_both(session, practice, twice, acting):
    stays, goes = twice
    rate(session, practice, stays, 2_500)
    rate(session, practice, goes, 3_000)
    assert "contracted rates" not in merge(session, practice, stays, goes, acting).rows
    assert expected(session, practice) == [2_500, 2_500]
    [event] = merges_into(session, practice.id, stays)
    part_payers(session, practice.id, stays, event, load(), acting)
    assert expected(session, practice) == [2_500, 3_000]
    assert differing_days(session, practice.id) == differing_months(session, practice.id) == []


def test_another_practice_keeps_both(session, practice, twice, acting, cast):
    stays, goes = twice
    merge(session, practice, stays, goes, acting)
    elsewhere = session.get_one(Practice, cast.lakeview.id)
    bring_in(session, elsewhere, "B1", "HARBR HLTH", "H2")
    assert payers_of(session, elsewhere, Claim) == [goes.id]
    assert PayerDirectory(session, elsewhere.id).find_or_make("HARBR HLTH", "H2", "", "") is goes


def test_three_of_one_payer_end_at_the_last_that_stays_and_come_apart_in_turn(session, practice, twice, acting):
    second, first = twice
    third = bring_in(session, practice, "A3", "HARBOR H INC", "H3")
    merge(session, practice, second, first, acting)
    merge(session, practice, third, second, acting)
    assert payers_of(session, practice, Claim) == [third.id] * 3
    assert PayerDirectory(session, practice.id).find_or_make(first.name, "H2", "", "") is third
    [merged] = merges_into(session, practice.id, third)
    part_payers(session, practice.id, third, merged, load(), acting)
    assert payers_of(session, practice, Claim) == sorted([second.id, second.id, third.id])
    assert PayerDirectory(session, practice.id).find_or_make(first.name, "H2", "", "") is second


def test_an_undo_gives_back_what_moved_and_leaves_what_came_since(session, practice, twice, acting):
    stays, goes = twice
    merge(session, practice, stays, goes, acting)
    bring_in(session, practice, "A3", "HARBR HLTH", "H2")
    [event] = merges_into(session, practice.id, stays)
    assert part_payers(session, practice.id, stays, event, load(), acting) is goes
    for model in (Claim, ClaimLine, Denial, Remittance):
        assert payers_of(session, practice, model) == sorted([stays.id, stays.id, goes.id])
    assert session.scalars(select(PayerAlias)).all() == []
    with pytest.raises(PayersStay, match="once"):
        part_payers(session, practice.id, stays, event, load(), acting)


def test_a_merge_is_not_undone_after_thirty_days_nor_before_a_later_one(session, practice, twice, acting):
    stays, goes = twice
    third = bring_in(session, practice, "A3", "HARBOR H INC", "H3")
    merge(session, practice, stays, goes, acting)
    merge(session, practice, stays, third, acting)
    later, first = merges_into(session, practice.id, stays)
    with pytest.raises(PayersStay, match="later"):
        part_payers(session, practice.id, stays, first, load(), acting)
    with pytest.raises(PayersStay, match="30 days"):
        part_payers(session, practice.id, stays, later, load(), acting._replace(now=build.NOW + timedelta(days=31)))


def test_a_merge_with_other_numbers_than_were_shown_is_refused(session, practice, twice, acting):
    stays, goes = twice
    seen = effect_of_merge(session, practice.id, stays, goes, load()).seal
    bring_in(session, practice, "A3", "HARBR HLTH", "H2")
    with pytest.raises(PayersStay, match="Look again"):
        merge_payers(session, practice.id, stays, goes, seen, load(), acting)
    assert payers_of(session, practice, Claim).count(goes.id) == 2


def test_a_merged_payer_is_not_merged_again(session, practice, twice, acting):
    stays, goes = twice
    merge(session, practice, stays, goes, acting)
    for one, other in ((stays, goes), (goes, stays), (stays, stays)):
        with pytest.raises(PayersStay, match="merged already"):
            merge(session, practice, one, other, acting)


def own_limit(session, practice, payer, days) -> PayerProfile:
    limit = OwnLimit(days, "days", "", "", "Agreement 7", build.TODAY, None)
    profile = PayerProfile(
        practice_id=practice.id, payer_id=payer.id, limits={"appeal-1": kept_limit(limit)}, habits={}
    )  # fmt: skip
    session.add(profile)
    session.flush()
    return profile


def deadlines(session, practice) -> list:
    query = select(Denial).where(Denial.practice_id == practice.id).order_by(Denial.number)
    return [(one.file_by_safe - one.notice_on).days for one in session.scalars(query)]


def test_the_limits_of_the_one_that_goes_come_along_and_go_back(session, practice, twice, acting):
    stays, goes = twice
    before = deadlines(session, practice)
    profile = own_limit(session, practice, goes, 30)
    effect = merge(session, practice, stays, goes, acting)
    assert (effect.limits, len(effect.moves)) == ("taken", 1)  # that of the one that goes was counted before its limit
    assert deadlines(session, practice)[0] in {28, 29, 30}
    assert profile.payer_id == stays.id
    [event] = merges_into(session, practice.id, stays)
    part_payers(session, practice.id, stays, event, load(), acting)
    assert profile.payer_id == goes.id
    assert deadlines(session, practice)[0] == before[0]


def test_where_both_have_limits_those_of_the_one_that_stays_count(session, practice, twice, acting):
    stays, goes = twice
    own_limit(session, practice, goes, 30)
    own_limit(session, practice, stays, 60)
    effect = merge(session, practice, stays, goes, acting)
    assert effect.limits == "left"
    assert deadlines(session, practice)[1] in range(56, 61)
    assert payers_of(session, practice, PayerProfile) == sorted([stays.id, goes.id])


class Merging(Work):
    """A practice at work whose payers are merged and parted in between."""

    merges = 0

    def bring_in(self, *claims):
        self.files += 1
        name = self.rnd.choice(["HARBOR HEALTH", "HARBR HLTH", "H HEALTH"])
        paid_on = f"{build.TODAY - timedelta(days=self.rnd.randrange(1, 40)):%Y%m%d}"
        data = edi.remit(*claims, trace=f"EFT{self.files}", paid_on=paid_on, payer=name, payer_id=name[:7])
        import_now(self.session, self.practice, f"{self.files}.835", data, self.now, load())

    def go_on(self):
        if self.rnd.random() < 0.3:
            self.rnd.choice((self.merge, self.part))()
            self.session.flush()
            self.session.expire_all()
        else:
            super().go_on()

    def acting(self):
        return Acting(self.now, build.TODAY, self.user_id)

    def merge(self):
        payers = list(dealt_with(self.session, self.practice.id))
        if len(payers) > 1:
            merge(self.session, self.practice, *self.rnd.sample(payers, 2), self.acting())
            self.merges += 1

    def part(self):
        events = self.session.scalars(select(Event).where(Event.kind == "payers_merged", Event.undone.is_(False))).all()
        if events:
            event = max(events, key=lambda each: each.id)
            payer = self.session.get_one(Payer, event.subject_id)
            part_payers(self.session, self.practice.id, payer, event, load(), self.acting())


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_merged_and_parted_the_kept_counts_are_what_counting_by_hand_gives(sessions, cast, seed):
    rnd = random.Random(seed)
    with sessions.system() as session:
        life = Merging(session, rnd, session.get_one(Practice, cast.eastside.id), cast.alice.id)
        for _ in range(25):
            life.go_on()
            if rnd.random() < 0.4:
                session.commit()
            assert days_kept(session, cast.eastside.id) == days_by_hand(session, cast.eastside.id)
            assert months_kept(session, cast.eastside.id) == months_by_hand(session, cast.eastside.id)
        assert (differing_days(session, cast.eastside.id), differing_months(session, cast.eastside.id)) == ([], [])
        assert life.merges


def _appeal_over(session, *denials):
    appeal = build.appeal(session, denials[0])
    for denial in denials[1:]:
        session.add(AppealDenial(practice_id=denial.practice_id, appeal_id=appeal.id, denial_id=denial.id))
    session.flush()
    return appeal


def test_a_merge_is_not_undone_over_an_appeal_about_both_payers(session, practice, twice, acting):
    stays, goes = twice
    merge(session, practice, stays, goes, acting)
    one, other = session.scalars(select(Denial).order_by(Denial.id)).all()
    appeal = _appeal_over(session, one, other)
    [event] = merges_into(session, practice.id, stays)
    with pytest.raises(PayersStay, match=f"A-{appeal.number} is about denials of both payers"):
        part_payers(session, practice.id, stays, event, load(), acting)
    assert payers_of(session, practice, Denial) == [stays.id] * 2
    assert not event.undone


def test_an_appeal_opened_since_a_merge_goes_back_with_its_denials(session, practice, twice, acting):
    stays, goes = twice
    moved = session.scalars(select(Denial).where(Denial.payer_id == goes.id)).one()
    merge(session, practice, stays, goes, acting)
    session.refresh(moved)
    appeal = _appeal_over(session, moved)
    [event] = merges_into(session, practice.id, stays)
    part_payers(session, practice.id, stays, event, load(), acting)
    session.refresh(appeal)
    assert (appeal.payer_id, moved.payer_id) == (goes.id, goes.id)
