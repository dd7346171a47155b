"""What people call the rows of a practice: names beside ids in the CSV files of an export, and names of its files."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, select

from tracker.models import (
    Appeal,
    Attachment,
    Base,
    Claim,
    Denial,
    ImportFile,
    Letter,
    Note,
    Patient,
    Payer,
    Picture,
    Provider,
    RawFile,
    RecordsRequest,
    Remittance,
    User,
)
from tracker.models.sealed import require_place

_ENDINGS = {
    "application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "image/tiff": "tif", "text/plain": "txt",
    "text/csv": "csv", "application/xml": "xml", "text/xml": "xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}  # fmt: skip


@dataclass(slots=True)
class PracticeNames:
    """Names by table and row id, and where each row's file lies in the archive."""

    by_table: dict[str, dict[int, str]] = field(default_factory=dict)
    files: dict[str, dict[int, str]] = field(default_factory=dict)

    def name(self, table: str, row_id: int | None) -> str:
        """Return what a row is called, nothing when there is none."""
        return self.by_table.get(table, {}).get(row_id or 0, "")

    def file(self, table: str, row_id: int) -> str | None:
        """Return the file of a row in the archive, None when the row has none."""
        return self.files.get(table, {}).get(row_id)


def read_names(connection: Connection, practice_id: int) -> PracticeNames:
    """Read the names of a practice's rows. No name of a file holds a word of a person: only numbers."""
    reader = _Reader(connection, practice_id)
    found = PracticeNames()
    found.by_table = {
        "denials": reader.each(Denial, "number", "D-{}"),
        "appeals": reader.each(Appeal, "number", "A-{}"),
        "records_requests": reader.each(RecordsRequest, "number", "R-{}"),
        "claims": reader.each(Claim, "control_number", "{}"),
        "providers": reader.each(Provider, "name", "{}"),
        "remittances": reader.each(Remittance, "trace_number", "{}"),
        "patients": reader.patients(),
        "payers": reader.shared(Payer),
        "users": reader.shared(User),
    }
    found.files = {
        "raw_files": _original_names(connection, practice_id),
        "attachments": _attachment_names(connection, practice_id),
        "pictures": reader.each(Picture, "id", "pictures/{}.png"),
        "notes": reader.each(Note, "id", "notes/{}.txt"),
    }
    found.by_table |= {name: dict(found.files[name]) for name in ("notes", "attachments")}
    return found


class _Reader:
    def __init__(self, connection: Connection, practice_id: int) -> None:
        self._connection, self._practice_id = connection, practice_id

    def each(self, model: type[Base], column: str, form: str) -> dict[int, str]:
        table = _table(model)
        query = select(table.c.id, table.c[column]).where(table.c.practice_id == self._practice_id)
        return {row_id: form.format(value) for row_id, value in self._connection.execute(query)}

    def patients(self) -> dict[int, str]:
        query = select(Patient.id, Patient.last_name, Patient.first_name).where(
            Patient.practice_id == self._practice_id
        )
        found = {}
        for row_id, last, first in self._connection.execute(query):
            require_place(last, self._practice_id, row_id)
            require_place(first, self._practice_id, row_id)
            found[row_id] = f"{last}, {first}" if first else str(last)
        return found

    def shared(self, model: type[Base]) -> dict[int, str]:
        table = _table(model)
        return {row_id: str(name) for row_id, name in self._connection.execute(select(table.c.id, table.c.name))}


def _original_names(connection: Connection, practice_id: int) -> dict[int, str]:
    query = (
        select(RawFile.id, ImportFile.id, ImportFile.file_format)
        .join(ImportFile, (ImportFile.practice_id == RawFile.practice_id) & (ImportFile.id == RawFile.import_id))
        .where(RawFile.practice_id == practice_id)
    )
    return {
        row_id: f"originals/{import_id}.{(kind or 'txt').lower()}"
        for row_id, import_id, kind in connection.execute(query)
    }


def _attachment_names(connection: Connection, practice_id: int) -> dict[int, str]:
    """Return names by attachment: a signed packet is called after its appeal, everything else by its number."""
    letters = (
        select(Letter.packet_id, Appeal.number, Letter.edition)
        .join(Appeal, (Appeal.practice_id == Letter.practice_id) & (Appeal.id == Letter.appeal_id))
        .where(Letter.practice_id == practice_id, Letter.packet_id.is_not(None))
    )
    packets = {
        packet_id: f"letters/A-{number}-{edition}.pdf" for packet_id, number, edition in connection.execute(letters)
    }
    query = select(Attachment.id, Attachment.content_type).where(Attachment.practice_id == practice_id)
    return {
        row_id: packets.get(row_id) or f"attachments/{row_id}.{_ENDINGS.get(kind, 'bin')}"
        for row_id, kind in connection.execute(query)
    }


def _table(model: type[Base]) -> Table:
    table: Any = model.__table__
    return table  # type: ignore[no-any-return]  # a declarative class is on a Table
