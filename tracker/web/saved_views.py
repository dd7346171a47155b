"""Views of the queue that people keep: save, rename, share, delete, and where the day begins."""

from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.models import Practice, SavedView
from tracker.reports.queue_filter import VIEWS, QueueFilter, read_filter
from tracker.reports.saved_views import views_of
from tracker.services.saved_views import ViewProblem, change_view, delete_view, save_view, start_with
from tracker.web.access import allows, can_open, needs
from tracker.web.forms.saved_views import ViewForm
from tracker.web.navigation import say
from tracker.web.once import once
from tracker.web.other_version import other_version

blueprint = Blueprint("saved_views", __name__, url_prefix="/queue/views")


class Tab(NamedTuple):
    """A saved view among the views of the queue."""

    name: str
    address: str
    is_current: bool


def tabs(asked: QueueFilter) -> list[Tab]:
    """Return the saved views as tabs beside the shipped ones; the one that shows what is asked for is current."""
    here = asked.with_(size=QueueFilter().size)
    return [
        Tab(view.name, _address(view), read_filter(parse_qs(view.query)) == here)
        for view in views_of(g.session, g.user.id, g.scope)
    ]


def start_address() -> str:
    """Return the queue's address a person's day begins with."""
    start = g.user.start_view
    if start in VIEWS:
        return url_for("queue.show", **QueueFilter(view=start).query())
    saved = _seen(start) if start else None
    return _address(saved) if saved else url_for("queue.show")


def _address(view: SavedView) -> str:
    return f"{url_for('queue.show')}?{view.query}"


@blueprint.get("")
@needs(Action.WORK_QUEUE)
def index() -> str:
    """Show the person's views, those shared with them, and where their day begins."""
    shared = {place.id: place.name for place in g.practices}
    rows = [
        (view, _address(view), shared.get(view.shared_with_id or 0, ""), view.user_id == g.user.id, _may_delete(view))
        for view in views_of(g.session, g.user.id, g.scope)
    ]
    shipped = [
        (key, name) for key, name in VIEWS.items() if key != "to-approve" or can_open("denials.decide_write_off")
    ]
    starts = shipped + [(view.public_id, view.name) for view, *_ in rows]
    return render_template("queue/views.html", rows=rows, starts=starts, start=g.user.start_view or "open")


@blueprint.post("")
@needs(Action.WORK_QUEUE)
@once
def save() -> BaseResponse | tuple[str, int]:
    """Keep the view the form was on."""
    form = ViewForm().offer(may_share())
    asked = read_filter(parse_qs(request.form.get("query", "")))
    query = urlsplit(url_for("queue.show", **asked.with_(search="", size=QueueFilter().size).query())).query
    try:
        if not form.validate():
            return render_template("queue/view.html", form=form, view=None, query=query), 422
        _require_more_than_shipped(asked)
        with transaction(g.session) as session:
            view = save_view(session, g.user.id, form.name.data, query, _practice(form))
    except ViewProblem as problem:
        form.name.errors = [str(problem)]
        return render_template("queue/view.html", form=form, view=None, query=query), 422
    say("View saved." if not asked.search else "View saved, without the search: words of a search are not kept.")
    return redirect(_address(view), 303)


def _require_more_than_shipped(asked: QueueFilter) -> None:
    if not asked.with_(search="").narrows and asked.sort == "due":
        raise ViewProblem(f"This is {VIEWS[asked.view]}, which is there already. Filter or sort the queue first")


@blueprint.get("/<public_id>")
@needs(Action.WORK_QUEUE)
def show(public_id: str) -> str:
    """Show the form of a view of one's own."""
    view = _own_view(public_id)
    return render_template("queue/view.html", form=_form_of(view), view=view, query="")


def _form_of(view: SavedView) -> ViewForm:
    shared = next((place.public_id for place in g.practices if place.id == view.shared_with_id), "")
    return ViewForm(formdata=None, name=view.name, shared=shared, version=view.version).offer(may_share(view))


@blueprint.post("/<public_id>")
@needs(Action.WORK_QUEUE)
def change(public_id: str) -> Any:
    """Rename a view of one's own, or share it."""
    view = _own_view(public_id)
    form = ViewForm().offer(may_share(view))
    if not form.validate():
        return render_template("queue/view.html", form=form, view=view, query=""), 422
    if form.version.data != str(view.version):
        return other_version(form, _form_of(view), view, url_for(".index"))
    try:
        with transaction(g.session) as session:
            change_view(session, view, form.name.data, _practice(form))
    except ViewProblem as problem:
        form.name.errors = [str(problem)]
        return render_template("queue/view.html", form=form, view=view, query=""), 422
    say("View saved.")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<public_id>/delete")
@needs(Action.WORK_QUEUE)
def delete(public_id: str) -> BaseResponse:
    """Forget a view."""
    view = _view(public_id)
    if not _may_delete(view):
        abort(404)
    with transaction(g.session) as session:
        delete_view(session, view)
    say("View deleted.")
    return redirect(url_for(".index"), 303)


@blueprint.post("/start")
@needs(Action.WORK_QUEUE)
def start() -> BaseResponse:
    """Keep which view the day begins with."""
    wanted = request.form.get("start", "")
    if wanted not in VIEWS:
        _view(wanted)
    with transaction(g.session) as session:
        start_with(session, g.user.id, wanted)
    say("Start page saved.")
    return redirect(url_for(".index"), 303)


def _seen(public_id: str) -> SavedView | None:
    """Return a view the person sees, None for any other."""
    return next((view for view in views_of(g.session, g.user.id, g.scope) if view.public_id == public_id), None)


def _view(public_id: str) -> SavedView:
    """Return a view the person sees; others are not found."""
    return _seen(public_id) or abort(404)


def _own_view(public_id: str) -> SavedView:
    view = _view(public_id)
    if view.user_id != g.user.id:
        abort(404)
    return view


def may_share(view: SavedView | None = None) -> list[Practice]:
    """Return the practices a view can be shared with: where the person may share, and the one it is shared with already."""
    kept = view.shared_with_id if view else None
    return [place for place in g.practices if allows(Action.SHARE_VIEWS, place.id) or place.id == kept]


def _may_delete(view: SavedView) -> bool:
    shared = view.shared_with_id
    return bool(view.user_id == g.user.id or (shared is not None and allows(Action.SHARE_VIEWS, shared)))


def _practice(form: ViewForm) -> int | None:
    return next((place.id for place in g.practices if place.public_id == form.shared.data), None)
