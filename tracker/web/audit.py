"""The audit log: looking for entries, verifying it, and the activity report of a month."""

from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from sqlalchemy import select

from tracker.auditing.appending import engine_of
from tracker.domain.access import Action
from tracker.domain.audit import ACT_WORDS, OUTCOME_WORDS, Chain
from tracker.models import AuditHead
from tracker.reports.audit_activity import activity
from tracker.reports.audit_entries import PAGE_SIZE, Asked, find_entries, people_of
from tracker.reports.audit_words import said
from tracker.reports.months import Month, months_between
from tracker.services.audit_checkpoints import Checkpoint, read_checkpoints
from tracker.services.audit_verifying import Start, Verified, verify_chain
from tracker.web.access import needs
from tracker.web.audited import shown
from tracker.web.forms.audit import AuditForm
from tracker.web.request import sessions, settings

blueprint = Blueprint("audit", __name__, url_prefix="/audit")

# More than this are verified by the command; a page verifies the newest, from a checkpoint on.
_MOST_AT_ONCE = 500_000
_MONTHS = 12
_FILTERS = ("who", "act", "outcome", "since", "until", "object")


def _places() -> dict[int, str]:
    return {practice.id: practice.name for practice in g.practices if practice.id in g.scope}


@blueprint.get("")
@needs(Action.READ_AUDIT)
def index() -> str | tuple[str, int]:
    """List the entries of the practices in view, newest first, as far as the filters let them through."""
    form = AuditForm(request.args)
    people = people_of(g.session, g.scope)
    form.who.choices = {"": "Anybody"} | {str(user_id): name for user_id, name in people.items()}
    is_good = form.validate()
    asked = form.asked() if is_good else Asked()
    page = request.args.get("page", "")
    found = find_entries(g.session, sessions().engine, _places(), asked, int(page) if page.isdecimal() else 1)
    shown(len(found.entries))
    kept: dict[str, Any] = {name: value for name in _FILTERS if (value := request.args.get(name))}
    answer = render_template(
        "audit/index.html", form=form, found=found, page_count=-(-found.total // PAGE_SIZE), acts=ACT_WORDS,
        outcomes=OUTCOME_WORDS, said=said, is_filtered=bool(kept), filters=kept, several=len(g.scope) > 1,
        link=lambda number: url_for(".index", **kept, page=number),
    )  # fmt: skip
    return answer if is_good else (answer, 422)


@blueprint.get("/verify")
@needs(Action.READ_AUDIT)
def verify() -> str:
    """Verify the log and say whether it holds, or the first entry that does not."""
    try:
        kept, problem = read_checkpoints(settings()), ""
    except ValueError as found:
        kept, problem = [], str(found)
    verified = [_verified(chain, kept) for chain in Chain]
    return render_template(
        "audit/verify.html", verified=verified, problem=problem, newest=_newest(kept),
        holds=not problem and not any(one.broken for one, _ in verified),
    )  # fmt: skip


def _verified(chain: Chain, kept: list[Checkpoint]) -> tuple[Verified, Start | None]:
    engine = sessions().engine
    with engine_of(engine, chain).execution_options(writes=False).connect() as connection:
        head = connection.execute(select(AuditHead).where(AuditHead.chain == chain.value)).first()
    start = None
    if head is not None and head.seq - head.removed_through > _MOST_AT_ONCE:
        marks = [one for one in kept if one.chain is chain and one.seq <= head.seq - _MOST_AT_ONCE]
        start = Start(marks[-1].seq, bytes.fromhex(marks[-1].mac)) if marks else None
    return verify_chain(engine, chain, kept, start), start


def _newest(kept: list[Checkpoint]) -> list[Checkpoint]:
    """Return the newest checkpoint of each chain."""
    return list({one.chain: one for one in kept}.values())


@blueprint.get("/activity")
@needs(Action.READ_AUDIT)
def report() -> str:
    """Show the activity report of a month, to print."""
    current = Month.of(g.today)
    months = months_between(current.shifted(1 - _MONTHS), current)[::-1]
    month = Month.parse(request.args.get("month", "")) or months[0]
    found = activity(g.session, sessions().engine, _places(), month)
    shown(len(found.people) + len(found.others))
    try:
        newest = _newest(read_checkpoints(settings()))
    except ValueError:
        newest = []
    return render_template("audit/activity.html", report=found, months=months, newest=newest, places=_places().values())
