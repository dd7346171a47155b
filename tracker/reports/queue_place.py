"""Where a denial stands in the view of the queue it was opened from."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import Denial
from tracker.reports.queue import queue_page
from tracker.reports.queue_conditions import Viewer
from tracker.reports.queue_filter import QueueFilter


class Neighbor(NamedTuple):
    """The denial before or after, with the filter (its page included) that finds it again."""

    public_id: str
    asked: QueueFilter


class Place(NamedTuple):
    """The place of a denial: 4 of 43, with its neighbors."""

    number: int
    total: int
    previous: Neighbor | None
    next: Neighbor | None


def place_in_queue(session: Session, asked: QueueFilter, viewer: Viewer, denial_id: int) -> Place | None:
    """Return the place of a denial on the page of the queue that is asked for; None when it is not on that page."""
    page = queue_page(session, asked, viewer)
    if denial_id not in page.ids:
        return None
    at = page.ids.index(denial_id)
    here = asked.with_(page=page.page)
    around: dict[str, tuple[int, QueueFilter]] = {}
    if at > 0:
        around["previous"] = page.ids[at - 1], here
    elif page.page > 1:
        before = asked.with_(page=page.page - 1)
        around["previous"] = queue_page(session, before, viewer).ids[-1], before
    if at + 1 < len(page.ids):
        around["next"] = page.ids[at + 1], here
    elif page.page < page.pages:
        after = asked.with_(page=page.page + 1)
        around["next"] = queue_page(session, after, viewer).ids[0], after
    names = _public_ids(session, [denial_id for denial_id, _ in around.values()])
    neighbors = {side: Neighbor(names[denial_id], found) for side, (denial_id, found) in around.items()}
    return Place((page.page - 1) * asked.size + at + 1, page.denials, neighbors.get("previous"), neighbors.get("next"))


def _public_ids(session: Session, denial_ids: list[int]) -> dict[int, str]:
    return dict(session.execute(select(Denial.id, Denial.public_id).where(Denial.id.in_(denial_ids))).all())
