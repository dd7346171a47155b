"""Letters of many denials: drafted from the queue, looked over in one list, signed in one step."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.letters.facts import SignerFacts
from tracker.letters.pdf import why_unavailable
from tracker.models import Job, Practice
from tracker.services.letter_batches import DRAFT, SIGN, Confirmed, ask_for_drafts, ask_for_packets, letters_of
from tracker.web.filters import plural
from tracker.web.forms.letters import SignForm
from tracker.web.navigation import say
from tracker.web.queue import chosen

blueprint = Blueprint("letter_batches", __name__)

_MOST = 500


@blueprint.post("/queue/draft-appeals")
def draft() -> BaseResponse:
    """Ask for a letter for each chosen denial."""
    denials = [denial for denial in chosen() if denial.is_open]
    problem = ""
    if not denials:
        problem = "Select at least one open denial. Nothing was drafted."
    elif len(denials) > _MOST:
        problem = f"Narrow the choice to {_MOST} denials or fewer. Nothing was drafted."
    elif len({denial.practice_id for denial in denials}) > 1:
        problem = "Choose denials of one practice: a letter is signed for one. Nothing was drafted."
    if problem:
        say(problem)
        return redirect(url_for("queue.show"), 303)
    with transaction(g.session) as session:
        job = ask_for_drafts(session, denials, g.now, g.user.id).public_id
    return redirect(url_for("jobs.show", public_id=job), 303)


def _find(public_id: str) -> Job:
    job: Job | None = g.session.scalar(select(Job).where(Job.public_id == public_id, Job.kind.in_((DRAFT, SIGN))))
    if job is None or job.practice_id not in g.scope:
        abort(404)
    return job


@blueprint.get("/appeals/batches/<public_id>")
def show(public_id: str) -> BaseResponse | str:
    """Show the letters of a batch: what each still lacks, then which are signed."""
    job = _find(public_id)
    if job.state in {"queued", "running"}:
        return redirect(url_for("jobs.show", public_id=public_id), 303)
    if job.kind == SIGN:
        return _signed(job)
    practice = g.session.get_one(Practice, job.practice_id)
    return _page(job, SignForm(formdata=None, name=practice.signer_name, title=practice.signer_title))


def _page(job: Job, form: SignForm) -> str:
    rows = job.result.get("rows", [])
    gaps = {row["letter"]: row["gaps"] for row in rows if "letter" in row}
    letters = letters_of(g.session, job.practice_id or 0, list(gaps))
    return render_template(
        "letters/batch.html", job=job, form=form, letters=letters, gaps=gaps,
        refused=[row for row in rows if "why" in row], no_pdf=why_unavailable(),
        waiting=[letter for letter, _ in letters if letter.signed_at is None],
    )  # fmt: skip


def _signed(job: Job) -> str:
    ids = [letter_id for letter_id, _ in job.arguments["letters"]]
    letters = letters_of(g.session, job.practice_id or 0, ids)
    problems: dict[str, Any] = job.result.get("problems", {})
    return render_template(
        "letters/batch_signed.html", job=job, letters=letters, problems=problems,
        signed=[letter for letter, _ in letters if letter.signed_at is not None],
    )  # fmt: skip


@blueprint.post("/appeals/batches/<public_id>/sign")
def sign(public_id: str) -> BaseResponse | tuple[str, int]:
    """Take the signer's confirmation of the ticked letters; their packets are made as a job."""
    job, form = _find(public_id), SignForm()
    confirmed = _confirmed(job)
    if not form.validate() or not confirmed:
        if not confirmed:
            form.name.errors = [*form.name.errors, "Tick at least one letter to sign"]
        return _page(job, form), 422
    signer = SignerFacts(form.name.data, form.title.data, None if form.by_hand.data else g.today)
    with transaction(g.session) as session:
        packets = ask_for_packets(session, job, confirmed, signer, g.now, g.user.id).public_id
    say(f"{plural(len(confirmed), 'letter')} confirmed by {form.name.data}.")
    return redirect(url_for("jobs.show", public_id=packets), 303)


def _confirmed(job: Job) -> list[Confirmed]:
    """Return the ticked letters of the batch as they were seen; anything else in the form is left out."""
    known = {row["letter"] for row in job.result.get("rows", []) if "letter" in row}
    pairs = [each.partition(":")[::2] for each in request.form.getlist("letter")]
    seen = [Confirmed(int(one), int(version)) for one, version in pairs if one.isdigit() and version.isdigit()]
    return [one for one in seen if one.letter_id in known]
