"""The work queue: which denials to work on next, and changing many at once."""

import logging
from collections.abc import Sequence
from datetime import date, timedelta

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.domain.sheet import Sheet
from tracker.importers.typed import DateError, read_date
from tracker.knowledge import load
from tracker.models import Denial, Event, Membership, Search, User
from tracker.models.base import ids_since, new_id
from tracker.reports.queue import all_ids, came_since, counts, queue_page
from tracker.reports.queue_choices import choices
from tracker.reports.queue_conditions import Viewer, search_words
from tracker.reports.queue_file import COLUMNS, file_rows
from tracker.reports.queue_filter import PAGE_SIZES, VIEWS, QueueFilter, read_filter
from tracker.reports.queue_rows import queue_rows
from tracker.services import working
from tracker.services.preferences import set_compact_rows
from tracker.web.access import assigns, can_assign, needs, who_can
from tracker.web.addresses import local_path
from tracker.web.audited import shown
from tracker.web.files import file_of
from tracker.web.filters import plural, us_date
from tracker.web.navigation import refuse, say
from tracker.web.once import once
from tracker.web.queue_words import chips, nothing_found
from tracker.web.saved_views import may_share, tabs

blueprint = Blueprint("queue", __name__)
log = logging.getLogger(__name__)

_SEARCH_LASTS = timedelta(hours=12)
_MOST_AT_ONCE = 2_000
_LONGEST_ID = 19  # digits below 2**63
_IMPORT_SECONDS = 120  # the ids of an import are made before its rows can be seen


def viewer() -> Viewer:
    """Return who looks at the queue, and when."""
    return Viewer(g.user.id, g.today, g.now)


def asked(arguments: MultiDict[str, str] | None = None) -> QueueFilter:
    """Return the filter of the request's address, or of other parameters."""
    return read_filter(dict((request.args if arguments is None else arguments).lists()))


@blueprint.get("/queue")
@needs(Action.WORK_QUEUE)
def show() -> str:
    """Show one page of a view."""
    wanted, causes = asked(), load().root_causes
    page = queue_page(g.session, wanted, viewer())
    shown(len(page.ids))
    wanted = wanted.with_(page=page.page)
    words = search_words(g.session, wanted.search, viewer()) if wanted.search else ""
    offered = choices(g.session, g.scope, causes)
    numbers = counts(g.session, wanted, page, viewer())
    return render_template(
        "queue/show.html",
        asked=wanted, page=page, rows=queue_rows(g.session, page.ids, causes, g.today), counts=numbers,
        choices=offered, chips=chips(wanted, offered, words),
        nothing=None if page.ids else nothing_found(g.session, wanted, offered, words, viewer()),
        sizes=PAGE_SIZES, takers=offered.owners if can_assign() else [(g.user.public_id, g.user.name)],
        address=lambda **changes: url_for("queue.show", **wanted.with_(**changes).query()),
        saved=tabs(wanted), may_share=may_share(),
        link_to_page=lambda number: url_for("queue.show", **wanted.with_(page=number).query()),
        here=url_for("queue.show", **wanted.query()),
        news=_news(wanted),
    )  # fmt: skip


def _news(wanted: QueueFilter) -> str:
    """Return where a page asks for what came since: it says which denials of the last minutes it knows."""
    since = ids_since(new_id(), _IMPORT_SECONDS)
    return url_for("queue.news", **wanted.query(), since=since, known=came_since(g.session, wanted, viewer(), since))


@blueprint.get("/queue/news")
@needs(Action.WORK_QUEUE)
def news() -> dict[str, str]:
    """Say how many denials came into the view since the page was made; the rows stay as they are.

    ``since``: an id of a little before the page; ``known``: how many denials after it the page knew.
    """
    since, known = (request.args.get(name, "") for name in ("since", "known"))
    if not all(one.isdigit() and len(one) < _LONGEST_ID for one in (since, known)):
        return {"words": ""}
    count = max(0, came_since(g.session, asked(), viewer(), int(since)) - int(known))
    return {"words": plural(count, "new denial") + ", show" if count else ""}


@blueprint.post("/queue/search")
@needs(Action.WORK_QUEUE)
def search() -> BaseResponse:
    """Keep the words of a search on the server, so that no address holds a name or a claim number."""
    words = request.form.get("words", "").strip()[:200]
    if not words:
        return redirect(url_for("queue.show"), 303)
    with transaction(g.session) as session:
        found = Search(user_id=g.user.id, words=words, expires_at=g.now + _SEARCH_LASTS)
        session.add(found)
    return redirect(url_for("queue.show", view="all", search=found.public_id), 303)


@blueprint.post("/queue/density")
@needs(Action.WORK_QUEUE)
def density() -> BaseResponse:
    """Switch between comfortable and compact rows."""
    with transaction(g.session) as session:
        set_compact_rows(session, g.user.id, compact=not g.user.compact_rows)
    return _back()


def _back() -> BaseResponse:
    return redirect(local_path(request.form.get("next")) or url_for("queue.show"), 303)


# ---- changing many at once ----


@blueprint.post("/queue/change")
@needs(Action.WORK_QUEUE)
@once
def change() -> BaseResponse:
    """Assign the chosen denials, change their status, snooze them or set their date; one Undo takes all of it back."""
    with transaction(g.session):
        try:
            said, event = _change(chosen())
        except (working.ChangeError, DateError) as problem:
            refuse(f"{str(problem).removesuffix('.')}. Nothing was changed.")
            return _back()
        undo = str(event.id) if event else ""
    say(said, undo)
    return _back()


def chosen() -> list[Denial]:
    """Return the denials that are ticked, or all of the view when that is ticked (up to a limit)."""
    query = select(Denial).order_by(Denial.number)
    if request.form.get("everything"):
        query = query.where(Denial.id.in_(all_ids(g.session, asked(_view_of_form()), viewer(), _MOST_AT_ONCE + 1)))
    else:
        query = query.where(Denial.public_id.in_(request.form.getlist("denial")))
    return list(g.session.scalars(query))


def _view_of_form() -> MultiDict[str, str]:
    """Return the parameters of the view the form was on."""
    return MultiDict(
        (name.removeprefix("view-"), value)
        for name, value in request.form.items(multi=True)
        if name.startswith("view-")
    )


def _change(denials: Sequence[Denial]) -> tuple[str, Event | None]:
    if not denials:
        raise working.ChangeError("Select at least one denial")
    if len(denials) > _MOST_AT_ONCE:
        raise working.ChangeError(f"Narrow the view to {_MOST_AT_ONCE:,} denials or fewer to change them all")
    which = f"D-{denials[0].number}" if len(denials) == 1 else plural(len(denials), "denial")
    changes = {"assign": _assign, "status": _set_status, "snooze": _snooze, "deadline": _set_deadline}
    return changes.get(request.form.get("do", ""), _set_status)(denials, which)


def _assign(denials: Sequence[Denial], which: str) -> tuple[str, Event | None]:
    wanted = request.form.get("owner", "")
    if wanted == "none":
        _require_may(denials, None)
        return f"{which} unassigned.", working.assign(g.session, denials, None, g.now, g.user.id)
    owner = g.session.scalar(select(User).where(User.public_id == wanted, User.is_active)) if wanted else None
    if owner is None:
        raise working.ChangeError("Choose who the denials are for")
    mine = set(g.session.scalars(select(Membership.practice_id).where(Membership.user_id == owner.id)))
    if not mine & g.scope:
        abort(404)
    unseen = next((place for place in g.practices if place.id in {d.practice_id for d in denials} - mine), None)
    if unseen is not None:
        raise working.ChangeError(f"{owner.name} cannot see {unseen.name}. Choose someone who can")
    _require_may(denials, owner.id)
    return f"{which} assigned to {owner.name}.", working.assign(g.session, denials, owner.id, g.now, g.user.id)


def _require_may(denials: Sequence[Denial], to_id: int | None) -> None:
    """Raise ChangeError, saying who can assign, when the person cannot: a biller takes and gives back, a lead assigns."""
    if refused := {denial.practice_id for denial in denials if not assigns(denial, to_id)}:
        raise working.ChangeError(who_can(Action.ASSIGN, tuple(one for one in g.practices if one.id in refused)))


def _set_status(denials: Sequence[Denial], which: str) -> tuple[str, Event | None]:
    event = working.set_status(g.session, denials, request.form.get("status", ""), g.now, g.user.id)
    return f"Status of {which} changed.", event


def _snooze(denials: Sequence[Denial], which: str) -> tuple[str, Event | None]:
    typed = request.form.get("until", "").strip()
    until = _date(typed) if typed else None
    if until is None and not any(denial.snoozed_to for denial in denials):
        raise DateError("Enter the snooze date, like 11/29/2026")
    event = working.snooze(g.session, denials, until, g.now, g.today, g.user.id)
    return f"{which} snoozed to {us_date(until)}." if until else f"{which} no longer snoozed.", event


def _set_deadline(denials: Sequence[Denial], which: str) -> tuple[str, Event | None]:
    file_by = _date(request.form.get("file_by", "").strip())
    return f"Date of {which} set to {us_date(file_by)}.", working.set_deadline(
        g.session, denials, file_by, g.now, g.user.id
    )


def _date(typed: str) -> date:
    try:
        return read_date(typed)
    except DateError:
        raise DateError("Enter the date like 11/29/2026") from None


# ---- the file ----


@blueprint.get("/queue/export.<kind>")
@needs(Action.WORK_QUEUE)
def export(kind: str) -> Response:
    """Give the whole view as a file, not only the page that is shown."""
    wanted = asked()
    return _file(kind, wanted, all_ids(g.session, wanted, viewer(), 1_000_000), "All of the view")


@blueprint.post("/queue/export.<kind>")
@needs(Action.WORK_QUEUE)
def export_chosen(kind: str) -> BaseResponse:
    """Give the ticked denials as a file, in the order of the view; all of the view when that is ticked, however many."""
    wanted = asked(_view_of_form())
    ids = all_ids(g.session, wanted, viewer(), 1_000_000)
    if request.form.get("everything"):
        return _file(kind, wanted, ids, "All of the view")
    chosen_ids = {denial.id for denial in chosen()}
    if not chosen_ids:
        refuse("Select at least one denial. Nothing was exported.")
        return _back()
    return _file(kind, wanted, [one for one in ids if one in chosen_ids], "The selected denials")


def _file(kind: str, wanted: QueueFilter, ids: Sequence[int], which: str) -> Response:
    offered = choices(g.session, g.scope, load().root_causes)
    about = (
        ("Work queue", VIEWS[wanted.view]),
        *((chip.name, chip.value) for chip in chips(wanted, offered, "words not shown")),
        ("Which", which),
        ("Denied", "Billed dollars the payer denied on the line"),
    )
    rows = tuple(file_rows(g.session, ids, load().root_causes, g.today))
    return file_of(kind, "queue", Sheet("Work queue", COLUMNS, rows, about))
