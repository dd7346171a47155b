"""What the check page of an import shows: the previews of all files of a batch, folded."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.models import Denial, ImportFile
from tracker.services.importing import BACKLOG

SHOWN = 200
"""So many denials are listed at once; the others are logged with them, and one click lists them all."""

_IGNORED = {
    "paid": "Paid (less fee schedule, contract or sequestration)",
    "reduced": "Paid at a lower rate, by a payment rule",
    "patient_share": "Left to the patient (deductible, coinsurance, copay)",
    "prior_payer": "Answered by another payer first",
    "reversal": "Taken back by the payer to be answered anew",
    "information": "Forwarded, or for information only",
}


class FoundDenial(NamedTuple):
    """A denial the files would log; ``file`` and ``key`` name it. ``cause`` is likely by the file alone, or empty."""

    file: str
    key: str
    control_number: str
    patient: str
    payer: str
    code: str
    reason: str
    remarks: tuple[str, ...]
    amount_cents: int
    file_by: date | None
    cause: str
    strength: str


class Ignored(NamedTuple):
    """Lines that are no denials, and why."""

    why: str
    lines: int


@dataclass(frozen=True, slots=True)
class FileProblem:
    """Something about one file: ``refused`` says that it cannot be used at all."""

    filename: str
    where: str
    why: str
    what_to_do: str
    refused: bool


@dataclass(frozen=True, slots=True)
class Check:
    """Everything found in the files of one batch that can be used."""

    files: int
    refused: tuple[FileProblem, ...]
    problems: tuple[FileProblem, ...]
    denials: tuple[FoundDenial, ...]
    ignored: tuple[Ignored, ...]
    claims: int
    receipts: int
    claims_answered: int
    lines_paid: int
    lines_denied: int
    continued: int
    recoveries: int
    recovered_cents: int
    not_denials_cents: int
    check_cents: int
    gap_cents: int
    provider_adjustment_cents: int
    has_835: bool

    @property
    def claims_billed(self) -> int:
        """Return the claims as billed, of the 837P files."""
        return self.claims - self.claims_answered

    @property
    def has_news(self) -> bool:
        """Whether storing the files would add anything."""
        return self.claims + self.receipts > 0


def check_batch(rows: Sequence[ImportFile], already: dict[int, str]) -> Check:
    """Fold the previews of a batch. ``already`` tells, by a file's id, when it was imported before, in words."""
    usable = [
        row for row in rows if row.state == "staged" and "refused" not in row.preview and row.file_format != BACKLOG
    ]
    previews = [row.preview for row in usable]
    classes = Counter[str]()
    for preview in previews:
        classes.update(preview["ignored"])
    return Check(
        files=len(rows),
        refused=tuple(_refused(row) for row in rows if "refused" in row.preview),
        problems=tuple(_problems(usable, already)),
        denials=tuple(sorted(_found(usable), key=_urgency)),
        ignored=tuple(Ignored(words, classes[name]) for name, words in _IGNORED.items() if classes[name]),
        claims=sum(preview["claims"] - preview["receipts"] for preview in previews),
        receipts=sum(preview["receipts"] for preview in previews),
        claims_answered=sum(row.preview["claims"] for row in usable if row.file_format == "835"),
        lines_paid=sum(preview["lines_paid"] for preview in previews),
        lines_denied=sum(preview["lines_denied"] for preview in previews),
        continued=sum(preview["updated"] for preview in previews),
        recoveries=sum(len(preview["recoveries"]) for preview in previews),
        recovered_cents=sum(preview["recovered_cents"] for preview in previews),
        not_denials_cents=sum(preview["not_denials_cents"] for preview in previews),
        check_cents=sum(preview["check_cents"] for preview in previews),
        gap_cents=sum(preview["gap_cents"] for preview in previews),
        provider_adjustment_cents=sum(preview["provider_adjustment_cents"] for preview in previews),
        has_835=any(row.file_format == "835" for row in usable),
    )


def _found(rows: Iterable[ImportFile]) -> Iterable[FoundDenial]:
    for row in rows:
        for found in row.preview["denials"]:
            yield FoundDenial(
                file=row.public_id,
                key=found["key"],
                control_number=found["control_number"],
                patient=found["patient"],
                payer=found["payer"],
                code=found["code"],
                reason=found["reason"],
                remarks=tuple(found["remarks"]),
                amount_cents=found["amount_cents"],
                file_by=date.fromisoformat(found["file_by"]) if found["file_by"] else None,
                cause=found.get("cause", ""),  # a file staged by an earlier version waits at most a day
                strength=found.get("strength", ""),
            )


def _urgency(found: FoundDenial) -> tuple[date, int, str]:
    return (found.file_by or date.max, -found.amount_cents, found.key)


def _refused(row: ImportFile) -> FileProblem:
    problem = row.preview["refused"]
    return FileProblem(row.filename, problem["where"], problem["why"], problem["what_to_do"], refused=True)


def _problems(rows: Iterable[ImportFile], already: dict[int, str]) -> Iterable[FileProblem]:
    for row in rows:
        if row.id in already:
            yield FileProblem(row.filename, "File", already[row.id], "Nothing will be added.", refused=False)
            continue
        if row.preview["already"] or row.preview["already_claims"]:
            why = "Part of it was imported before. Only what is new will be added."
            yield FileProblem(row.filename, "File", why, "", refused=False)
        for problem in row.preview["problems"]:
            yield FileProblem(row.filename, problem["where"], problem["why"], "", refused=False)


class Earlier(NamedTuple):
    """An earlier import of the same file."""

    on: date
    denials: int


def earlier_imports(session: Session, rows: Iterable[ImportFile]) -> dict[int, Earlier | None]:
    """Return, by file id, the earlier import of each file that holds nothing new (None: its parts came separately)."""
    found: dict[int, Earlier | None] = {}
    for row in rows:
        if row.state == "staged" and row.preview.get("status") == "duplicate":
            query = select(ImportFile).where(
                ImportFile.practice_id == row.practice_id,
                ImportFile.content_hash == row.content_hash,
                ImportFile.state == "stored",
            )
            before = session.scalar(query.order_by(ImportFile.id.desc()).limit(1))
            found[row.id] = _earlier(before) if before else None
    return found


def _earlier(row: ImportFile) -> Earlier:
    assert row.stored_at is not None
    return Earlier(row.stored_at.date(), int(row.result.get("denials_opened", 0)))


class Logged(NamedTuple):
    """What an import logged: its denials, their dollars, and how many are overdue or must be filed within a week."""

    denials: int
    cents: int
    urgent: int


def logged_by(session: Session, rows: Sequence[ImportFile], week_ahead: date) -> Logged:
    """Return the figures of the done page; ``week_ahead`` is the last day that counts as within 7 days."""
    mine = Denial.import_id.in_([row.id for row in rows])
    count, cents = session.execute(select(func.count(), func.sum(Denial.amount_cents)).where(mine)).one()
    urgent = session.execute(
        select(func.count()).where(mine, Denial.is_open.is_(True), Denial.due_on <= week_ahead)
    ).scalar_one()
    return Logged(count, int(cents or 0), urgent)


def most_urgent(session: Session, rows: Sequence[ImportFile], count: int) -> Sequence[Denial]:
    """Return the first open denials to work on of those the files logged."""
    query = select(Denial).where(Denial.import_id.in_([row.id for row in rows]), Denial.is_open.is_(True))
    order = (Denial.due_on.is_(None), Denial.due_on, Denial.amount_cents.desc(), Denial.number)
    return session.scalars(query.order_by(*order).limit(count)).all()
