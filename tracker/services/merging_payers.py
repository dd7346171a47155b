"""The same payer stored twice, as one practice sees it: one stays, files and people that name the other mean that one.

Payers are shared by all practices: a merge moves the rows of one practice and leaves its word there (PayerAlias).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, func, select, union, update
from sqlalchemy.orm import Session

from tracker.day_counts import touch_days
from tracker.knowledge import Knowledge
from tracker.models import (
    Appeal,
    AppealDenial,
    Claim,
    ClaimLine,
    ContractedRate,
    Denial,
    Event,
    Payer,
    PayerAlias,
    Remittance,
)
from tracker.services.acting import Acting
from tracker.services.clock_moves import ClockMove, CountedBy, clock_moves, move_clocks
from tracker.services.clocks import profile_of
from tracker.services.diagnosing import diagnose_claims
from tracker.services.fee_schedules import expect_anew
from tracker.services.known_claims import chunks
from tracker.services.takebacks import move_disputes

UNDO_DAYS = 30
MERGED, UNMERGED = "payers_merged", "payers_unmerged"
_MOVED: Mapping[str, Any] = {
    "claims": Claim, "claim lines": ClaimLine, "denials": Denial, "appeals": Appeal, "remittances": Remittance,
}  # fmt: skip
_RATES = "contracted rates"
_OF_A_CLAIM = ("claim lines", "denials")  # given back with their claims
_BY_ITSELF = ("claims", "appeals", "remittances")


class PayersStay(Exception):  # noqa: N818  # says why, in plain words
    """Raised when two payers cannot be merged, or no more be parted; the message says why."""


class Effect(NamedTuple):
    """What merging one payer into another does: rows that move, deadlines that move, whose own limits count then.

    ``limits`` is "taken" where the limits of the one that goes come along, "left" where those of the one that stays
    win over them, and empty where the one that goes has none. Contracted rates are taken along only where the one that
    stays has none.
    """

    rows: Mapping[str, int]
    moves: Sequence[ClockMove]
    limits: str

    @property
    def seal(self) -> str:
        """The numbers as a form carries them: a merge is done only with those that its person saw."""
        return "-".join(str(number) for number in (*self.rows.values(), len(self.moves), self.limits))


def dealt_with(session: Session, practice_id: int) -> Sequence[Payer]:
    """Return the payers of a practice's claims and remittances, by name."""
    used = union(
        select(Claim.payer_id).where(Claim.practice_id == practice_id),
        select(Remittance.payer_id).where(Remittance.practice_id == practice_id),
    )
    return session.scalars(select(Payer).where(Payer.id.in_(used)).order_by(Payer.name, Payer.id)).all()


def effect_of_merge(session: Session, practice_id: int, stays: Payer, goes: Payer, knowledge: Knowledge) -> Effect:
    """Return what merging ``goes`` into ``stays`` would do for a practice; nothing is changed."""
    own, other = profile_of(session, practice_id, stays.id), profile_of(session, practice_id, goes.id)
    rows = {
        name: session.scalar(
            select(func.count()).where(model.practice_id == practice_id, model.payer_id == goes.id)
        ) or 0
        for name, model in _MOVED.items()
    }  # fmt: skip
    if not _ids(session, practice_id, ContractedRate, stays):
        rows[_RATES] = len(_ids(session, practice_id, ContractedRate, goes))
    now, then = CountedBy(stays, own), CountedBy(stays, own or other)
    moves = [*clock_moves(session, practice_id, goes, CountedBy(goes, other), then, knowledge)]
    if now != then:
        moves += clock_moves(session, practice_id, stays, now, then, knowledge)
    limits = "" if other is None else "taken" if own is None else "left"
    return Effect(rows, sorted(moves, key=lambda move: move.denial.number), limits)


def merge_payers(  # what is merged, and what was seen of it
    session: Session, practice_id: int, stays: Payer, goes: Payer, seal: str, knowledge: Knowledge, acting: Acting
) -> Effect:
    """Move all that a practice has of ``goes`` to ``stays``; open deadlines and likely causes follow the one that stays.

    Raises PayersStay when the numbers are no more those of ``seal``, or one of the two is merged already.
    """
    known = PayerAlias.practice_id == practice_id, PayerAlias.payer_id.in_((stays.id, goes.id))
    if stays.id == goes.id or session.scalar(select(PayerAlias.id).where(*known).limit(1)) is not None:
        raise PayersStay("One of them is merged already")
    effect = effect_of_merge(session, practice_id, stays, goes, knowledge)
    if effect.seal != seal:
        raise PayersStay("Something came in since you looked, so the numbers are others now. Look again")
    move_clocks(session, effect.moves)
    moved = {name: _ids(session, practice_id, _MOVED[name], goes) for name in _BY_ITSELF}
    if effect.rows.get(_RATES):
        moved[_RATES] = _ids(session, practice_id, ContractedRate, goes)
        _move(session, practice_id, ContractedRate, goes, stays)
    for model in _MOVED.values():
        _move(session, practice_id, model, goes, stays)
    if effect.limits == "taken":
        moved["limits"] = [_give_limits(session, practice_id, goes, stays)]
    earlier = PayerAlias.practice_id == practice_id, PayerAlias.stays_id == goes.id
    moved["names"] = list(session.scalars(select(PayerAlias.id).where(*earlier)))
    session.execute(update(PayerAlias).where(*earlier).values(stays_id=stays.id))
    session.add(PayerAlias(practice_id=practice_id, payer_id=goes.id, stays_id=stays.id))
    expect_anew(session, practice_id, [stays.id])
    details = {"other": goes.id, "moved": moved, "rows": dict(effect.rows), "deadlines": len(effect.moves)}
    _log(session, practice_id, stays, MERGED, details, acting)
    _follow(session, practice_id, stays, knowledge, acting.today)
    return effect


def merges_into(session: Session, practice_id: int, payer: Payer) -> Sequence[Event]:
    """Return the merges into a payer that stand, newest first."""
    query = select(Event).where(
        Event.practice_id == practice_id, Event.subject_kind == "payer", Event.subject_id == payer.id,
        Event.kind == MERGED, Event.undone.is_(False),
    )  # fmt: skip
    return session.scalars(query.order_by(Event.at.desc(), Event.id.desc())).all()


def can_be_undone(merge: Event, now: datetime) -> bool:
    """Whether a merge can still be taken back."""
    return not merge.undone and now - merge.at <= timedelta(days=UNDO_DAYS)


def part_payers(
    session: Session, practice_id: int, payer: Payer, merge: Event, knowledge: Knowledge, acting: Acting
) -> Payer:
    """Give back what a merge moved, as far as it is still with ``payer``; return the other one. Raises PayersStay."""
    if not can_be_undone(merge, acting.now):
        raise PayersStay(f"A merge can be undone once, for {UNDO_DAYS} days")
    other, moved = session.get_one(Payer, merge.details["other"]), merge.details["moved"]
    if any(each.id > merge.id for each in merges_into(session, practice_id, payer)):
        raise PayersStay("Another payer was merged into this one later. Undo that merge first")
    later = _appeals_since(session, practice_id, payer, moved)
    for part in chunks(moved["claims"]):
        for name in _OF_A_CLAIM:
            _move(session, practice_id, _MOVED[name], payer, other, _MOVED[name].claim_id.in_(part))
    for name in _BY_ITSELF:
        for part in chunks([*moved[name], *later] if name == "appeals" else moved[name]):
            _move(session, practice_id, _MOVED[name], payer, other, _MOVED[name].id.in_(part))
    for part in chunks(moved.get(_RATES, ())):
        _move(session, practice_id, ContractedRate, payer, other, ContractedRate.id.in_(part))
    if "limits" in moved:
        _give_limits(session, practice_id, payer, other)
    mine = PayerAlias.practice_id == practice_id, PayerAlias.stays_id == payer.id
    session.execute(update(PayerAlias).where(*mine, PayerAlias.id.in_(moved["names"])).values(stays_id=other.id))
    for alias in session.scalars(select(PayerAlias).where(*mine, PayerAlias.payer_id == other.id)).all():
        session.delete(alias)
    merge.undone = True
    session.flush()
    expect_anew(session, practice_id, [payer.id, other.id])
    _count_again(session, practice_id, payer, other, knowledge)
    _log(session, practice_id, payer, UNMERGED, {"other": other.id}, acting)
    for each in (payer, other):
        _follow(session, practice_id, each, knowledge, acting.today)
    return other


def _appeals_since(session: Session, practice_id: int, payer: Payer, moved: Mapping[str, Any]) -> Sequence[int]:
    """Return the appeals opened since a merge that are all about claims it moved: they go back with their denials.

    Raises PayersStay naming the appeals over denials of both payers: one letter cannot be to two payers.
    """
    query = (
        select(Appeal.id, Appeal.number, Denial.claim_id)
        .join(AppealDenial, and_(AppealDenial.practice_id == Appeal.practice_id, AppealDenial.appeal_id == Appeal.id))
        .join(Denial, and_(Denial.practice_id == AppealDenial.practice_id, Denial.id == AppealDenial.denial_id))
        .where(Appeal.practice_id == practice_id, Appeal.payer_id == payer.id)
        .order_by(Appeal.number)
    )
    goes_back = set(moved["claims"])
    sides: dict[tuple[int, int], set[bool]] = {}
    for appeal_id, number, claim_id in session.execute(query):
        sides.setdefault((appeal_id, number), set()).add(claim_id in goes_back)
    both = [f"A-{number}" for (_, number), side in sides.items() if len(side) > 1]
    if both:
        raise PayersStay(
            f"{', '.join(both)} {'is' if len(both) == 1 else 'are'} about denials of both payers, and one letter "
            "cannot be to two payers, so these payers stay merged"
        )
    return [appeal_id for (appeal_id, _), side in sides.items() if side == {True}]


def _count_again(session: Session, practice_id: int, payer: Payer, other: Payer, knowledge: Knowledge) -> None:
    """Set the deadlines of the parted denials by the limits of their own payer again."""
    own, theirs = profile_of(session, practice_id, payer.id), profile_of(session, practice_id, other.id)
    merged, apart = CountedBy(payer, own or theirs), CountedBy(payer, own)
    moves = [*clock_moves(session, practice_id, other, merged, CountedBy(other, theirs), knowledge)]
    if merged != apart:  # the limits went back with the other one
        moves += clock_moves(session, practice_id, payer, merged, apart, knowledge)
    move_clocks(session, moves)


def _ids(session: Session, practice_id: int, model: Any, payer: Payer) -> list[int]:
    return list(session.scalars(select(model.id).where(model.practice_id == practice_id, model.payer_id == payer.id)))


def _move(session: Session, practice_id: int, model: Any, of: Payer, to: Payer, *which: Any) -> None:
    """Give rows of a payer to another; the days that are counted by them are counted anew."""
    rows = (model.practice_id == practice_id, model.payer_id == of.id, *which)
    day = {Denial: Denial.denied_on, ClaimLine: ClaimLine.first_remit_on}.get(model)
    if day is not None:
        touch_days(session, practice_id, session.scalars(select(day).where(*rows).distinct()).all())
    session.execute(update(model).where(*rows).values(payer_id=to.id))


def _give_limits(session: Session, practice_id: int, of: Payer, to: Payer) -> int:
    profile = profile_of(session, practice_id, of.id)
    if profile is None:
        return 0
    profile.payer_id = to.id
    session.flush()
    return profile.id


def _follow(session: Session, practice_id: int, payer: Payer, knowledge: Knowledge, today: date) -> None:
    """Count the dates of open takebacks anew, and look for the causes of open denials again."""
    move_disputes(session, practice_id, payer, profile_of(session, practice_id, payer.id), knowledge)
    own = Denial.practice_id == practice_id, Denial.payer_id == payer.id, Denial.is_open
    claims = session.scalars(select(Denial.claim_id).where(*own).distinct().order_by(Denial.claim_id)).all()
    diagnose_claims(session, practice_id, claims, knowledge, today)


def _log(session: Session, practice_id: int, payer: Payer, kind: str, details: dict[str, Any], acting: Acting) -> None:
    session.add(
        Event(
            practice_id=practice_id, at=acting.now, user_id=acting.user_id, kind=kind, subject_kind="payer",
            subject_id=payer.id, details=details,
        )
    )  # fmt: skip
    session.flush()
