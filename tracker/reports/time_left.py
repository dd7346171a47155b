"""Panel 5: what is at risk today? Open denials by days left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from tracker.domain.deadlines import Bucket
from tracker.domain.money import whole_dollars
from tracker.models import Denial

_TONES = {Bucket.OVERDUE: "over", Bucket.WEEK: "soon", Bucket.NONE: "none"}
_LAST_DAYS = ((Bucket.OVERDUE, -1), (Bucket.WEEK, 7), (Bucket.TWO_WEEKS, 14), (Bucket.MONTH, 30))


@dataclass(frozen=True, slots=True)
class BucketFigures:
    """Open denials of one bucket; ``tone`` marks what is at risk."""

    bucket: Bucket
    tone: str
    denials: int
    cents: int


def time_left(session: Session, payer_ids: Sequence[int], today: date) -> tuple[BucketFigures, ...]:
    """Return all buckets in order of urgency, as of ``today``, empty ones included."""
    days = [(Denial.file_by_safe <= today + timedelta(days=last), bucket.value) for bucket, last in _LAST_DAYS]
    place = case((Denial.file_by_safe.is_(None), Bucket.NONE.value), *days, else_=Bucket.LATER.value)
    query = select(place, func.count(), func.sum(Denial.amount_cents)).where(Denial.is_open.is_(True)).group_by(place)
    if payer_ids:
        query = query.where(Denial.payer_id.in_(payer_ids))
    found = {bucket: (count, int(cents)) for bucket, count, cents in session.execute(query)}
    return tuple(BucketFigures(bucket, _TONES.get(bucket, "c1"), *found.get(bucket, (0, 0))) for bucket in Bucket)


def time_left_heading(buckets: Sequence[BucketFigures]) -> str:
    """Return what is at risk, from fixed sentences with checks."""
    soon = [figures for figures in buckets if figures.bucket in {Bucket.OVERDUE, Bucket.WEEK}]
    if not any(figures.denials for figures in buckets):
        return "Nothing is open"
    if not any(figures.denials for figures in soon):
        return "Nothing is overdue or due within 7 days"
    return f"{whole_dollars(sum(figures.cents for figures in soon))} is overdue or due within 7 days"
