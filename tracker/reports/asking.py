"""What to ask a therapist about a denied line: the rules whose requirement the notes do not show."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from tracker.domain.asking import usual_answer_day
from tracker.knowledge import Knowledge
from tracker.knowledge.rules import Rule
from tracker.letters.ask_sheet import AskSheet, Question
from tracker.models import Denial, Note, Patient, Practice
from tracker.reports.denial_causes import Checked, read_checked
from tracker.reports.denial_notes import linked_notes
from tracker.reports.open_asks import open_asks
from tracker.services.notes import KINDS


def ask_sheet(session: Session, denial: Denial, knowledge: Knowledge, today: date) -> AskSheet:
    """Return the sheet for a denial; it has no questions where no note is linked or nothing is missing in it.

    The day for the answer is that of an ask that still runs, else the usual one.
    """
    notes = [note for note, _ in linked_notes(session, denial.practice_id, denial.claim_id)]
    own = [note for note in notes if note.service_date == denial.service_date] or notes
    checked = read_checked(session, denial, knowledge, has_notes=bool(notes))
    patient = session.get_one(Patient, (denial.practice_id, denial.patient_id))
    asked = open_asks(session, [denial.id]).get(denial.id)
    code = knowledge.codes.get(denial.code)
    return AskSheet(
        label=f"D-{denial.number}",
        practice=session.get_one(Practice, denial.practice_id).name,
        patient=f"{patient.first_name} {patient.last_name}".strip(),
        service_date=denial.service_date,
        code=denial.code,
        meaning=code.meaning if code else "",
        notes=tuple(_named(note) for note in own),
        author=next((note.author for note in own if note.author), ""),
        answer_by=usual_answer_day(today, denial.due_on, denial.file_by_legal)
        if asked is None or asked.is_late(today)
        else asked.answer_by,
        questions=questions_of(checked),
    )


def questions_of(checked: Checked) -> tuple[Question, ...]:
    """Return what the notes do not show, causes that are suggested first; nothing without a note."""
    if not checked.has_notes:
        return ()
    suggested = [name for row in checked.suggestions if not row.ruled_out for name in row.rules]
    found = sorted(_missing(checked), key=lambda each: each.rule_id not in suggested)
    return tuple(found)


def _missing(checked: Checked) -> Iterator[Question]:
    for finding in checked.findings:
        rule = checked.knowledge.rules.get(finding.rule_id)
        if finding.result == "not_shown" and rule is not None and _is_therapists(rule, checked):
            yield Question(
                rule.id,
                rule.title,
                rule.requirement,
                finding.reason.removeprefix("Not shown in the note: "),
                rule.cited.source,
            )


def _is_therapists(rule: Rule, checked: Checked) -> bool:
    """Whether the author of the note can answer: it is about the note's content, and nobody ruled the cause out."""
    causes = checked.knowledge.root_causes
    about_the_note = rule.basis in {"content", "arithmetic"} or any(
        causes[code].starts_at == "therapist" for code in rule.root_causes
    )
    rejected = {code for code, remark in checked.said.items() if remark.decision.decision == "rejected"}
    return about_the_note and not rejected.issuperset(rule.root_causes)


def _named(note: Note) -> str:
    day = f" of {note.service_date:%m/%d/%Y}" if note.service_date else ""
    author = f", by {note.author}" if note.author else ""
    return f"{KINDS.get(note.kind, 'Note')}{day}{author}"
