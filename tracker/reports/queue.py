"""The work queue: which denials a view holds, in which order, how many and how much, and how near their clocks are.

Made for 100,000 open denials: one pass over a covering index counts every due date. From those counts follow the
tiles, the totals and the dates a page lies between, so that a page reads its own rows only.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from tracker.domain.deadlines import Bucket, bucket
from tracker.models import Denial, Payer
from tracker.reports.basis import Basis, amount
from tracker.reports.queue_conditions import Viewer, conditions
from tracker.reports.queue_filter import QueueFilter


class Tile(NamedTuple):
    """The open denials of one bucket of a view."""

    bucket: Bucket
    denials: int
    cents: int


class Group(NamedTuple):
    """Denials with the same due date (None: no deadline); all closed ones are one group."""

    is_open: bool
    due_on: date | None
    denials: int
    cents: int

    @property
    def part(self) -> tuple[bool, bool]:
        """Which part of the order it lies in: dated, without a date, closed."""
        return self.is_open, self.due_on is not None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of a view: the ids of its rows in order, and the figures of the whole view."""

    ids: tuple[int, ...]
    denials: int
    cents: int
    tiles: tuple[Tile, ...]
    page: int
    pages: int


class Counts(NamedTuple):
    """How many denials are open in all, and how many of them are the viewer's."""

    open: int
    mine: int


def open_tiles(session: Session, asked: QueueFilter, viewer: Viewer, basis: Basis = Basis.BILLED) -> tuple[Tile, ...]:
    """Return the open denials of a view by days left, with their amounts on a basis."""
    return _tiles(_groups(session, conditions(session, asked, viewer), basis), viewer.today)


def queue_page(session: Session, asked: QueueFilter, viewer: Viewer) -> QueuePage:
    """Return the page of the queue that is asked for; a page past the end is the first."""
    narrowed = conditions(session, asked, viewer)
    groups = _groups(session, narrowed)
    tiles = _tiles(groups, viewer.today)
    wanted = _wanted(groups, asked, viewer.today)
    denials = sum(group.denials for group in wanted)
    pages = max(1, -(-denials // asked.size))
    page = asked.page if asked.page <= pages else 1
    ids = _ids(session, narrowed, wanted, asked, (page - 1) * asked.size)
    return QueuePage(ids, denials, sum(group.cents for group in wanted), tiles, page, pages)


def all_ids(session: Session, asked: QueueFilter, viewer: Viewer, limit: int) -> tuple[int, ...]:
    """Return the ids of the first ``limit`` denials of a whole view, in its order."""
    narrowed = conditions(session, asked, viewer)
    groups = _groups(session, narrowed)
    wanted = _wanted(groups, asked, viewer.today)
    return _ids(session, narrowed, wanted, asked.with_(size=limit), 0)


def counts(session: Session, asked: QueueFilter, page: QueuePage, viewer: Viewer) -> Counts:
    """Return the numbers that stand beside the views; what the page's tiles tell is not counted again."""
    plain = asked.view == "open" and not asked.with_(due="").narrows
    of_open = select(func.count()).select_from(Denial).where(Denial.is_open.is_(True))
    all_open = sum(tile.denials for tile in page.tiles) if plain else session.scalar(of_open) or 0
    mine = select(func.count()).select_from(Denial).where(*conditions(session, QueueFilter(view="mine"), viewer))
    return Counts(all_open, session.scalar(mine) or 0)


# ---- counting ----


def _wanted(groups: Iterable[Group], asked: QueueFilter, today: date) -> list[Group]:
    return [group for group in groups if not asked.due or _bucket(group, today) == asked.due]


def _groups(session: Session, narrowed: Sequence[ColumnElement[bool]], basis: Basis = Basis.BILLED) -> list[Group]:
    """Return the view's denials by due date in the queue's order: nearest first, then no deadline, then closed.

    Grouped by practice too: so the database goes along its index and sorts nothing.
    """
    keys = Denial.practice_id, Denial.is_open, Denial.due_on
    rows = session.execute(select(*keys, func.count(), func.sum(amount(basis))).where(*narrowed).group_by(*keys))
    sums: dict[tuple[bool, date | None], list[int]] = defaultdict(lambda: [0, 0])
    for _, is_open, due_on, denials, cents in rows:
        total = sums[is_open, due_on if is_open else None]
        total[0] += denials
        total[1] += int(cents)
    groups = [Group(is_open, due_on, *total) for (is_open, due_on), total in sums.items()]
    return sorted(groups, key=lambda group: (not group.is_open, group.due_on is None, group.due_on or date.min))


def _bucket(group: Group, today: date) -> Bucket | None:
    return bucket(group.due_on, today) if group.is_open else None


def _tiles(groups: Iterable[Group], today: date) -> tuple[Tile, ...]:
    sums = {name: [0, 0] for name in Bucket}
    for group in groups:
        name = _bucket(group, today)
        if name is not None:
            sums[name][0] += group.denials
            sums[name][1] += group.cents
    return tuple(Tile(name, *total) for name, total in sums.items())


def came_since(session: Session, asked: QueueFilter, viewer: Viewer, since: int) -> int:
    """Return how many denials of a view were made after the id ``since`` was (ids grow with time)."""
    newer = select(func.count(Denial.id)).where(*conditions(session, asked, viewer), Denial.id > since)
    return session.scalar(newer) or 0


# ---- ordering ----

_BY_EACH: dict[str, Any] = {
    "denial": Denial.number,
    "service": Denial.service_date,
    "amount": Denial.amount_cents,
}
# Columns with few values: the values are counted first, and only those the page touches are sorted.
_BY_VALUE: dict[str, tuple[Any, ...]] = {
    "payer": (Denial.payer_id,),
    "reason": (Denial.group_code, Denial.carc),
    "cause": (Denial.root_cause,),
    "status": (Denial.status,),
}
_NEAREST = (Denial.due_on.is_(None).asc(), Denial.due_on.asc(), Denial.amount_cents.desc(), Denial.id.asc())


def _ids(
    session: Session,
    narrowed: Sequence[ColumnElement[bool]],
    groups: Sequence[Group],
    asked: QueueFilter,
    skip: int,
) -> tuple[int, ...]:
    if not groups:
        return ()
    column = asked.sort.removeprefix("-")
    if column == "due":
        return _ids_by_due(session, narrowed, groups, asked, skip)
    where = (*narrowed, _lies_in(groups)) if asked.due else tuple(narrowed)
    if column in _BY_VALUE:
        return _ids_by_value(session, where, asked, skip)
    first = _BY_EACH[column].desc() if asked.sort.startswith("-") else _BY_EACH[column].asc()
    query = select(Denial.id).where(*where).order_by(first, *_NEAREST)
    return tuple(session.scalars(query.offset(skip).limit(asked.size)))


def _ids_by_value(
    session: Session, where: Sequence[ColumnElement[bool]], asked: QueueFilter, skip: int
) -> tuple[int, ...]:
    """Return the ids of a page in the order of a column's values, within a value by the nearest clock."""
    columns = _BY_VALUE[asked.sort.removeprefix("-")]
    keys = Denial.practice_id, *columns
    sums: dict[tuple[Any, ...], int] = defaultdict(int)
    for _, *value, count in session.execute(select(*keys, func.count()).where(*where).group_by(*keys)):
        sums[tuple(value)] += count
    ids: list[int] = []
    for found in _in_order(session, asked.sort, list(sums)):
        if skip >= sums[found]:
            skip -= sums[found]
            continue
        of_value = (column == part for column, part in zip(columns, found, strict=True))
        query = select(Denial.id).where(*where, *of_value).order_by(*_NEAREST)
        ids += session.scalars(query.offset(skip).limit(asked.size - len(ids)))
        skip = 0
        if len(ids) == asked.size:
            break
    return tuple(ids)


def _in_order(session: Session, sort: str, values: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return a column's values as people read them: payers by name, the others by their codes."""
    backwards = sort.startswith("-")
    if sort.removeprefix("-") != "payer":
        return sorted(values, reverse=backwards)
    of_ids = Payer.id.in_([payer_id for (payer_id,) in values])
    names = dict(session.execute(select(Payer.id, Payer.name).where(of_ids)).all())
    return sorted(values, key=lambda value: (names[value[0]].casefold(), value[0]), reverse=backwards)


def _ids_by_due(
    session: Session,
    narrowed: Sequence[ColumnElement[bool]],
    groups: Sequence[Group],
    asked: QueueFilter,
    skip: int,
) -> tuple[int, ...]:
    """Return the ids of a page in the order of the clocks, part by part: dated, without a date, closed."""
    backwards = asked.sort.startswith("-")
    ids: list[int] = []
    for part in ((True, True), (True, False), (False, False)):
        of_part = [group for group in groups if group.part == part]
        dated = part == (True, True)
        shown, skip = _page_of(of_part[::-1] if dated and backwards else of_part, skip, asked.size - len(ids))
        if shown.groups:
            by_due = Denial.due_on.desc() if backwards else Denial.due_on.asc()
            order = by_due if dated else Denial.denied_on.desc()
            query = select(Denial.id).where(*narrowed, _lies_in(shown.groups))
            query = query.order_by(order, Denial.amount_cents.desc(), Denial.id)
            ids += session.scalars(query.offset(shown.skip).limit(asked.size - len(ids)))
    return tuple(ids)


class _Shown(NamedTuple):
    """The groups a page touches, and how many denials of the first of them come before it."""

    groups: list[Group]
    skip: int


def _page_of(groups: Sequence[Group], skip: int, size: int) -> tuple[_Shown, int]:
    """Return what ``size`` denials after ``skip`` touch, and what is left to skip in the groups after these."""
    touched: list[Group] = []
    first_skip = 0
    for group in groups:
        if size <= 0:
            break
        if skip >= group.denials:
            skip -= group.denials
            continue
        if not touched:
            first_skip = skip
        touched.append(group)
        size -= group.denials - skip
        skip = 0
    return _Shown(touched, first_skip), skip


def _lies_in(groups: Sequence[Group]) -> ColumnElement[bool]:
    """Return the condition of the denials in neighboring groups of one part."""
    is_open = Denial.is_open.is_(groups[0].is_open)
    dates = [group.due_on for group in groups if group.due_on is not None]
    if not groups[0].is_open:
        return is_open
    return and_(is_open, Denial.due_on.between(min(dates), max(dates)) if dates else Denial.due_on.is_(None))
