"""The lists of the tracker as tables for files: all rows, days as days, amounts as cents."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.domain.access import Role
from tracker.domain.appeal_life import STATUSES as APPEAL_STATUSES
from tracker.domain.protection import PROTECTION_WORDS, Protection
from tracker.domain.sheet import Column, Kind, Sheet
from tracker.domain.takebacks import TASKS
from tracker.models import ImportFile, Note, Patient, Payer, Practice
from tracker.reports.appeals_list import appeals_list
from tracker.reports.audit_entries import Entry
from tracker.reports.audit_words import said
from tracker.reports.requests_list import requests_list
from tracker.reports.takebacks_list import takebacks_list
from tracker.reports.users_list import Listed

_ALL = 1_000_000


def _columns(*names: str, **kinds: Kind) -> tuple[Column, ...]:
    return tuple(Column(name, kinds.get(name.replace(" ", "_"), Kind.TEXT)) for name in names)


def appeals_sheet(session: Session) -> Sheet:
    """All appeals, those to work on first."""
    columns = _columns(
        "appeal", "practice", "payer", "status", "level", "lines", "denied", "file by", "sent", "how", "reply due",
        level=Kind.COUNT, lines=Kind.COUNT, denied=Kind.CENTS, file_by=Kind.DATE, sent=Kind.DATE, reply_due=Kind.DATE,
    )  # fmt: skip
    rows = [
        (f"A-{row.appeal.number}", row.practice, row.payer, APPEAL_STATUSES[row.appeal.status], row.appeal.level,
         row.denials, row.cents, row.due_on, row.appeal.sent_on, row.appeal.sent_method, row.appeal.reply_due)
        for row in appeals_list(session, most=_ALL)
    ]  # fmt: skip
    return Sheet("Appeals", columns, rows, (("Denied", "Billed dollars the payer denied on the appeal's lines"),))


def requests_sheet(session: Session) -> Sheet:
    """All requests for records, those to answer first."""
    columns = _columns(
        "request", "practice", "payer", "patient", "claim", "asked on", "reference", "records due", "closed on",
        asked_on=Kind.DATE, records_due=Kind.DATE, closed_on=Kind.DATE,
    )  # fmt: skip
    rows = [
        (f"R-{row.request.number}", row.practice.name, row.payer.name,
         f"{row.patient.last_name}, {row.patient.first_name}", row.claim.control_number, row.request.requested_on,
         row.request.reference, row.request.due_safe, row.request.closed_on)
        for row in requests_list(session, _ALL)
    ]  # fmt: skip
    return Sheet("Requests for records", columns, rows)


def takebacks_sheet(session: Session) -> Sheet:
    """All takebacks, those to look at first."""
    columns = _columns(
        "taken on", "practice", "payer", "claim", "taken", "state", "dispute by",
        taken_on=Kind.DATE, taken=Kind.CENTS, dispute_by=Kind.DATE,
    )  # fmt: skip
    rows = [
        (row.remittance.payment_date, row.practice, row.payer, row.claim.control_number if row.claim else "",
         row.takeback.amount_cents, TASKS.get(row.takeback.task, row.takeback.task), row.takeback.dispute_by)
        for row in takebacks_list(session, _ALL)
    ]  # fmt: skip
    return Sheet("Takebacks", columns, rows, (("Taken", "Dollars the payer took at provider level"),))


def payers_sheet(payers: Iterable[Payer]) -> Sheet:
    """Payers with where appeals go."""
    columns = _columns("payer", "kind", "address for appeals", "fax", "portal")
    rows = [
        (row.name, row.kind.replace("_", " "), row.appeal_address.replace("\n", ", "), row.fax, row.portal)
        for row in payers
    ]
    return Sheet("Payers", columns, rows)


def imports_sheet(session: Session) -> Sheet:
    """All files that were brought in, newest first."""
    columns = _columns(
        "file", "practice", "format", "state", "bytes", "added on", "saved on", "undone on", "denials opened",
        bytes=Kind.COUNT, added_on=Kind.DATE, saved_on=Kind.DATE, undone_on=Kind.DATE, denials_opened=Kind.COUNT,
    )  # fmt: skip
    query = (
        select(ImportFile, Practice.name)
        .join(Practice, Practice.id == ImportFile.practice_id)
        .order_by(ImportFile.id.desc())
    )
    rows = [
        (row.filename, practice, row.file_format, row.state, row.size, row.created_at.astimezone().date(),
         row.stored_at.astimezone().date() if row.stored_at else None,
         row.undone_at.astimezone().date() if row.undone_at else None, row.result.get("denials_opened"))
        for row, practice in session.execute(query)
    ]  # fmt: skip
    return Sheet("Imported files", columns, rows)


def notes_sheet(session: Session) -> Sheet:
    """All notes the session may read, newest visit first, without their text."""
    columns = _columns(
        "patient", "practice", "service date", "kind", "discipline", "author", "protection", "added on",
        service_date=Kind.DATE, added_on=Kind.DATE,
    )  # fmt: skip
    query = (
        select(Note, Patient, Practice.name)
        .join(Patient, and_(Patient.practice_id == Note.practice_id, Patient.id == Note.patient_id))
        .join(Practice, Practice.id == Note.practice_id)
        .order_by(Note.service_date.desc(), Note.id.desc())
    )
    rows = [
        (f"{patient.last_name}, {patient.first_name}", practice, note.service_date, note.kind, note.discipline,
         note.author, PROTECTION_WORDS[Protection(note.protection)], note.added_at.astimezone().date())
        for note, patient, practice in session.execute(query)
    ]  # fmt: skip
    return Sheet("Notes", columns, rows, (("Text", "Left out: a note's words stay on its page"),))


def users_sheet(people: Sequence[Listed], places: Mapping[int, str]) -> Sheet:
    """The people of practices with their roles."""
    columns = _columns(
        "person", "sign-in name", "e-mail", "state", "roles", "last seen", "open denials",
        last_seen=Kind.DATE, open_denials=Kind.COUNT,
    )  # fmt: skip
    rows = [
        (one.user.name, one.user.login, one.user.email, one.state, _roles(one.roles, places),
         one.seen_at.astimezone().date() if one.seen_at else None, one.denials)
        for one in people
    ]  # fmt: skip
    return Sheet("People", columns, rows)


def _roles(roles: Mapping[int, Role], places: Mapping[int, str]) -> str:
    return "; ".join(f"{places[place]}: {role.value}" for place, role in roles.items() if place in places)


def audit_sheet(entries: Iterable[Entry], about: Sequence[tuple[str, str]]) -> Sheet:
    """Entries of the audit log; times are UTC."""
    columns = _columns("at", "person", "practice", "what", "outcome", "object", "object id", "address", "more")
    rows = [
        (one.row.at.isoformat(timespec="seconds"), one.name, one.practice, one.act.value, one.outcome.value,
         one.row.object_type, one.row.object_id, one.row.address, "; ".join(said(one.detail)))
        for one in entries
    ]  # fmt: skip
    return Sheet("Audit log", columns, rows, tuple(about))
