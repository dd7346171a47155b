"""Letters of many denials: drafted from the queue, looked over in one list, signed in one step."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.knowledge import load
from tracker.letters.catalog import templates
from tracker.letters.pdf import why_unavailable
from tracker.letters.zip_stream import zip_stream
from tracker.models import Appeal, Denial, Job, Letter, Practice
from tracker.reports.batch_packets import batch_packets
from tracker.services.appealing import AppealRefused
from tracker.services.joining import open_joined
from tracker.services.letter_batches import DRAFT, SIGN, Confirmed, ask_for_drafts, ask_for_packets, letters_of
from tracker.services.signers import Way, usual_way, ways_to_sign
from tracker.web.access import needs
from tracker.web.addresses import local_path
from tracker.web.audited import shown
from tracker.web.exports import log_export
from tracker.web.filters import plural
from tracker.web.forms.letters import SignForm
from tracker.web.navigation import refuse, say
from tracker.web.once import once
from tracker.web.queue import chosen
from tracker.web.request import sessions

blueprint = Blueprint("letter_batches", __name__)

_MOST = 500


def _problem(denials: Sequence[Denial]) -> str:
    """Return why no letter can be drafted for chosen denials, empty when some can."""
    if not denials:
        return "Select at least one open denial"
    if len(denials) > _MOST:
        return f"Narrow the choice to {_MOST} denials or fewer"
    if len({denial.practice_id for denial in denials}) > 1:
        return "Choose denials of one practice: a letter is signed for one"
    return ""


def _refuse(problem: str) -> BaseResponse:
    refuse(f"{problem}. Nothing was drafted.")
    return redirect(local_path(request.form.get("next")) or url_for("queue.show"), 303)


@blueprint.post("/queue/draft-appeals")
@needs(Action.WORK_QUEUE)
@once
def draft() -> BaseResponse:
    """Ask for a letter for each chosen denial."""
    denials = [denial for denial in chosen() if denial.is_open]
    if problem := _problem(denials):
        return _refuse(problem)
    with transaction(g.session) as session:
        job = ask_for_drafts(session, denials, g.now, g.user.id).public_id
    return redirect(url_for("jobs.show", public_id=job), 303)


@blueprint.post("/queue/draft-one-letter")
@needs(Action.WORK_QUEUE)
@once
def draft_one_letter() -> BaseResponse:
    """Open one letter for all chosen denials: the visits of one patient that one payer denied for one reason."""
    denials = [denial for denial in chosen() if denial.is_open]
    if problem := _problem(denials):
        return _refuse(problem)
    try:
        with transaction(g.session) as session:
            appeal = open_joined(session, denials, load(), g.now, g.today, g.user.id)
    except AppealRefused as refusal:
        return _refuse(str(refusal))
    return redirect(url_for("letters.edit", public_id=appeal.public_id), 303)


def _find(public_id: str) -> Job:
    job: Job | None = g.session.scalar(select(Job).where(Job.public_id == public_id, Job.kind.in_((DRAFT, SIGN))))
    if job is None or job.practice_id not in g.scope:
        abort(404)
    return job


@blueprint.get("/appeals/batches/<public_id>")
@needs(Action.WORK_QUEUE)
def show(public_id: str) -> BaseResponse | str:
    """Show the letters of a batch: what each still lacks, then which are signed."""
    job = _find(public_id)
    if job.state in {"queued", "running"}:
        return redirect(url_for("jobs.show", public_id=public_id), 303)
    if job.kind == SIGN:
        return _signed(job)
    practice = g.session.get_one(Practice, job.practice_id)
    ways = _ways(job)
    form = SignForm(
        formdata=None, name=practice.signer_name, title=practice.signer_title, sign_as=usual_way(ways, asked=False)
    )
    return _page(job, form.offer(ways))


def _ways(job: Job) -> list[Way]:
    """Return how the person may sign every letter of the batch on screen: one clinical letter makes all so."""
    ids = [row["letter"] for row in job.result.get("rows", []) if "letter" in row]
    letters = letters_of(g.session, job.practice_id or 0, ids)
    clinical = any(templates()[letter.template].signed_by == "clinician" for letter, _ in letters)
    return ways_to_sign(g.session, g.session.get_one(Practice, job.practice_id), g.user, g.today, clinical=clinical)


def _page(job: Job, form: SignForm) -> str:
    rows = job.result.get("rows", [])
    gaps = {row["letter"]: row["gaps"] for row in rows if "letter" in row}
    letters = letters_of(g.session, job.practice_id or 0, list(gaps))
    shown(len(letters))
    return render_template(
        "letters/batch.html", job=job, form=form, letters=letters, gaps=gaps,
        refused=[row for row in rows if "why" in row], no_pdf=why_unavailable(),
        waiting=[letter for letter, _ in letters if letter.signed_at is None],
    )  # fmt: skip


def _signed(job: Job) -> str:
    letters = _confirmed_letters(job)
    shown(len(letters))
    problems: dict[str, Any] = job.result.get("problems", {})
    return render_template(
        "letters/batch_signed.html", job=job, letters=letters, problems=problems,
        signed=[letter for letter, _ in letters if letter.signed_at is not None],
    )  # fmt: skip


def _confirmed_letters(job: Job) -> Sequence[tuple[Letter, Appeal]]:
    return letters_of(g.session, job.practice_id or 0, [letter_id for letter_id, _ in job.arguments["letters"]])


@blueprint.get("/appeals/batches/<public_id>/packets.zip")
@needs(Action.WORK_QUEUE)
def download(public_id: str) -> Response:
    """Give all packets of a batch that are signed as one ZIP, written while it is sent."""
    job = _find(public_id)
    signed = [letter.id for letter, _ in _confirmed_letters(job) if letter.packet_id] if job.kind == SIGN else []
    if job.practice_id is None or not signed:
        abort(404)
    log_export("packets of a batch", len(signed), [job.practice_id])
    stream = zip_stream(batch_packets(sessions(), job.practice_id, signed, g.now))
    headers = {"Content-Disposition": f"attachment; filename=packets-{g.today.isoformat()}.zip"}
    return Response(stream, content_type="application/zip", headers=headers)


@blueprint.post("/appeals/batches/<public_id>/sign")
@needs(Action.WORK_QUEUE)
@once
def sign(public_id: str) -> BaseResponse | tuple[str, int]:
    """Take the signer's confirmation of the ticked letters; their packets are made as a job."""
    job = _find(public_id)
    form = SignForm().offer(_ways(job))
    confirmed = _confirmed(job)
    if not form.validate() or not confirmed:
        if not confirmed:
            form.name.errors = [*form.name.errors, "Tick at least one letter to sign"]
        return _page(job, form), 422
    signer = form.signer(g.today)
    with transaction(g.session) as session:
        packets = ask_for_packets(session, job, confirmed, signer, g.now, g.user.id).public_id
    say(f"{plural(len(confirmed), 'letter')} confirmed by {signer.helper or signer.name}.")
    return redirect(url_for("jobs.show", public_id=packets), 303)


def _confirmed(job: Job) -> list[Confirmed]:
    """Return the ticked letters of the batch as they were seen; anything else in the form is left out."""
    known = {row["letter"] for row in job.result.get("rows", []) if "letter" in row}
    pairs = [each.partition(":")[::2] for each in request.form.getlist("letter")]
    seen = [Confirmed(int(one), int(version)) for one, version in pairs if one.isdigit() and version.isdigit()]
    return [one for one in seen if one.letter_id in known]
