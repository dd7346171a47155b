"""Check a claim before it goes out: a stored one, one of a file, or one typed. Nothing is stored."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from flask import Blueprint, abort, g, render_template
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from tracker.diagnosis.checking import Concern, check_claim
from tracker.domain.access import Action
from tracker.domain.case import Case, CasePayer
from tracker.importers.errors import ImportProblem
from tracker.knowledge import load
from tracker.models import Claim, Practice
from tracker.services.cases import case_from_rows
from tracker.services.rule_switches import rules_off
from tracker.services.unsent import MOST_CLAIMS, cases_of_file, typed_case, unanswered_claims, with_own_figures
from tracker.web.access import needs
from tracker.web.forms.checking import ClaimFileForm, TypedClaimForm
from tracker.web.request import settings

blueprint = Blueprint("check", __name__, url_prefix="/check")


class Checked(NamedTuple):
    """A claim with what would be denied."""

    case: Case
    concerns: tuple[Concern, ...]


def _practices() -> list[Practice]:
    return [practice for practice in g.practices if practice.id in g.scope]


def _practice(public_id: str) -> Practice:
    found = next((practice for practice in _practices() if practice.public_id == public_id), None)
    return found or abort(404)


def _with_practices(form: Any) -> Any:
    form.practice.choices = [(practice.public_id, practice.name) for practice in _practices()]
    return form


def _start(file_form: Any = None, typed: Any = None) -> str:
    return render_template(
        "check/start.html",
        file_form=file_form or _with_practices(ClaimFileForm(formdata=None, prefix="file-")),
        typed=typed or _with_practices(TypedClaimForm(formdata=None, prefix="claim-")),
        refused=file_form or typed,
        claims=unanswered_claims(g.session),
        codes=load().codes,
    )


@blueprint.get("")
@needs(Action.WORK_QUEUE)
def start() -> str:
    """Choose a stored claim, a file, or type a claim."""
    return _start()


def _result(practice: Practice, cases: Iterable[Case], *, stored: Claim | None = None) -> str:
    knowledge, off = load(), rules_off(g.session, practice.id)
    checked = [Checked(case, check_claim(case, knowledge, off)) for case in cases]
    return render_template("check/result.html", checked=checked, stored=stored, most=MOST_CLAIMS)


@blueprint.get("/claims/<public_id>")
@needs(Action.WORK_QUEUE)
def claim(public_id: str) -> str:
    """Check a stored claim as it stands, whatever was answered."""
    row = g.session.scalar(select(Claim).where(Claim.public_id == public_id))
    if row is None:
        abort(404)
    case = case_from_rows(g.session, row.practice_id, row.id, g.today)
    return _result(g.session.get_one(Practice, row.practice_id), [case], stored=row)


@blueprint.post("/file")
@needs(Action.WORK_QUEUE)
def file() -> str | tuple[str, int]:
    """Check the claims of an uploaded 837P or case file."""
    form = _with_practices(ClaimFileForm(prefix="file-"))
    if not form.validate():
        return _start(file_form=form), 422
    practice = _practice(form.practice.data)
    try:
        cases = cases_of_file(_bytes_of(form.file.data), practice, g.today)
    except ImportProblem as problem:
        form.file.errors = [f"{problem.why} {problem.what_to_do}".strip()]
        return _start(file_form=form), 422
    return _result(practice, [with_own_figures(g.session, practice, case) for case in cases])


def _bytes_of(upload: Any) -> bytes:
    """Return the file's content. Raises ImportProblem when there is none, or too much."""
    most = settings().max_upload_mb
    if not isinstance(upload, FileStorage) or not upload.filename:
        raise ImportProblem("File", "Choose an 837P file or a case file.", "")
    data = upload.stream.read(most * 1_000_000 + 1)
    if len(data) > most * 1_000_000:
        raise ImportProblem("File", f"The selected file must be smaller than {most} MB.", "Split it.")
    return data


@blueprint.post("/typed")
@needs(Action.WORK_QUEUE)
def typed() -> str | tuple[str, int]:
    """Check a typed claim."""
    form = _with_practices(TypedClaimForm(prefix="claim-"))
    if not form.validate():
        return _start(typed=form), 422
    practice = _practice(form.practice.data)
    payer = CasePayer(form.payer_name.data, form.payer_kind.data)
    diagnoses = tuple((form.diagnoses.data or "").upper().replace(",", " ").split())
    case = typed_case(payer, practice, form.claim_lines(), diagnoses, form.note.data or "", g.today)
    return _result(practice, [with_own_figures(g.session, practice, case)])
