"""What an appeal is about: its denials and the claims (visits) they are of; and in which appeal a denial is."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from tracker.domain.appeal_life import Result
from tracker.models import Appeal, AppealDenial, Claim, Denial, Outcome

_PENDING = ("draft", "ready", "sent")


def denials_of(session: Session, appeal: Appeal) -> Sequence[Denial]:
    """Return the denials an appeal is about, visit by visit in order of date, then by number."""
    query = (
        select(Denial)
        .join(AppealDenial, and_(AppealDenial.practice_id == Denial.practice_id, AppealDenial.denial_id == Denial.id))
        .join(Claim, and_(Claim.practice_id == Denial.practice_id, Claim.id == Denial.claim_id))
        .where(AppealDenial.practice_id == appeal.practice_id, AppealDenial.appeal_id == appeal.id)
    )
    first_day = func.coalesce(Claim.service_from, Denial.service_date)
    return session.scalars(query.order_by(first_day, Claim.id, Denial.number)).all()


def claim_ids_of(session: Session, appeal: Appeal) -> Sequence[int]:
    """Return the claims an appeal's denials are of, in order of their visits."""
    return list(dict.fromkeys(denial.claim_id for denial in denials_of(session, appeal)))


def first_due(denials: Sequence[Denial]) -> Denial | None:
    """Return the denial whose date comes first, which is then the letter's; None when no clock of ours runs."""
    return min(
        (denial for denial in denials if denial.due_on), key=lambda denial: denial.due_on or date.max, default=None
    )


class Standing(NamedTuple):
    """Where a denial stands: the refused appeal its next one follows, and the appeal it is in that is not decided."""

    refused: Appeal | None = None
    pending: Appeal | None = None

    @property
    def level(self) -> int:
        """The level its next appeal is of."""
        return self.refused.level + 1 if self.refused else 1


def standings(session: Session, denials: Sequence[Denial]) -> Mapping[int, Standing]:
    """Return where each denial (of one practice) stands, by its id."""
    found: dict[int, Standing] = defaultdict(Standing)
    if not denials:
        return found
    query = (
        select(AppealDenial.denial_id, Appeal, Outcome.result)
        .join(Appeal, and_(Appeal.practice_id == AppealDenial.practice_id, Appeal.id == AppealDenial.appeal_id))
        .outerjoin(
            Outcome,
            and_(
                Outcome.practice_id == AppealDenial.practice_id,
                Outcome.appeal_id == AppealDenial.appeal_id,
                Outcome.denial_id == AppealDenial.denial_id,
            ),
        )
        .where(
            AppealDenial.practice_id == denials[0].practice_id,
            AppealDenial.denial_id.in_([denial.id for denial in denials]),
        )
        .order_by(Appeal.level, Appeal.id)
    )
    for denial_id, appeal, result in session.execute(query):
        if appeal.status in _PENDING:
            found[denial_id] = found[denial_id]._replace(pending=appeal)
        elif appeal.status == "decided" and result != Result.OVERTURNED:
            found[denial_id] = found[denial_id]._replace(refused=appeal)
    return found


def set_denials(session: Session, appeal: Appeal, wanted: Sequence[int]) -> bool:
    """Make an appeal be about these denials (ids); return whether that changed anything.

    No choice at all changes nothing. A denial that is in another appeal by now, which is not decided, is left out.
    """
    own = (AppealDenial.practice_id == appeal.practice_id, AppealDenial.appeal_id == appeal.id)
    links = {link.denial_id: link for link in session.scalars(select(AppealDenial).where(*own))}
    query = select(Denial).where(Denial.practice_id == appeal.practice_id, Denial.id.in_(set(wanted) - links.keys()))
    new = session.scalars(query).all()
    where = standings(session, new)
    free = [denial.id for denial in new if where[denial.id].pending is None]
    gone = links.keys() - set(wanted)
    if not wanted or not (free or gone):
        return False
    for denial_id in gone:
        session.delete(links[denial_id])
    for denial_id in free:
        session.add(AppealDenial(practice_id=appeal.practice_id, appeal_id=appeal.id, denial_id=denial_id))
    session.flush()
    return True
