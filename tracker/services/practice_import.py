"""Taking in a practice that another installation exported: whole, once, with keys of its own, or not at all."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from alembic.script import ScriptDirectory
from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from tracker.db import insert_rows
from tracker.db_upgrade import alembic_config
from tracker.domain.access import Role
from tracker.models import Appeal, Base, Event, Membership, Patient, Practice, RawFile, User
from tracker.models.base import new_id, new_public_id
from tracker.services.own_templates import unsafe_templates
from tracker.services.patient_keys import PatientKeys, told_of_patient
from tracker.services.practice_archive import ArchiveProblem, ArchiveReader
from tracker.services.practice_people import Matched, match_payers, match_people
from tracker.services.practice_rows_in import RowReader, packed_original
from tracker.services.practice_tables import (
    FILE_COLUMN,
    FORMAT,
    MEMBERSHIPS,
    PAYERS,
    PRACTICES,
    SCHEMA,
    USERS,
    WITH_FILES,
    is_json,
    model_of,
    names_of,
    owned_tables,
    replaced,
)
from tracker.services.storing import Report, no_report

_BATCH = 500
# Keys from a table to itself.
_OWN_KEYS = {Appeal.__tablename__: "previous_id", Patient.__tablename__: "merged_into_id"}


class Imported(NamedTuple):
    """What came in: the practice, rows by table, and who and what was known here already."""

    practice: Practice
    rows: Mapping[str, int]
    people: Matched
    payers: Matched


class Wishes(NamedTuple):
    """How to take a practice in: under which name, who becomes its owner, whether people known here get their roles."""

    name: str = ""
    owner: User | None = None
    keep_roles: bool = False


def import_practice(
    session: Session,
    archive: ArchiveReader,
    now: datetime,
    wishes: Wishes = Wishes(),  # noqa: B008  # frozen
    report: Report = no_report,
) -> Imported:
    """Take a practice in, in the session's transaction: to see what would come, roll it back.

    Every file is compared with its hash first. Raises ArchiveProblem saying what is wrong; the transaction is then to be
    rolled back.
    """
    _refuse_strange(archive.manifest)
    _refuse_again(session, archive.manifest)
    report(0, 0, "Comparing the files with their hashes")
    archive.check()
    try:
        return _Import(session, archive, wishes, report).run(now)
    except (IntegrityError, DataError) as problem:
        raise ArchiveProblem(
            f"A row of the export does not fit the others ({type(problem.orig).__name__}). Make the export once more."
        ) from None


def _refuse_strange(manifest: Mapping[str, Any]) -> None:
    if manifest.get("format") != FORMAT or not isinstance(manifest.get("rows"), dict):
        raise ArchiveProblem("This is not an export of a practice. Choose a file that tracker practice export made.")
    known = {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    if manifest.get("schema") != SCHEMA or manifest.get("revision") not in known:
        raise ArchiveProblem("A newer version of the tracker made this export. Update this installation first.")


def _refuse_again(session: Session, manifest: Mapping[str, Any]) -> None:
    before = session.scalar(select(Practice).where(Practice.came_from == manifest["export_id"]))
    if before is not None:
        raise ArchiveProblem(f"This file was taken in before: it is the practice {before.name}.")


class _Import:
    def __init__(self, session: Session, archive: ArchiveReader, wishes: Wishes, report: Report) -> None:
        self._session, self._archive, self._wishes, self._report = session, archive, wishes, report
        self._reader = RowReader(archive)
        self._total = sum(archive.manifest["rows"].values())
        self._counts: dict[str, int] = {}
        self._new: dict[Any, Any] = {}

    def run(self, now: datetime) -> Imported:
        tables = Base.metadata.tables
        self._people = match_people(self._session, list(self._rows(tables[USERS])))
        self._payers = match_payers(self._session, list(self._rows(tables[PAYERS])))
        practice = self._practice(tables[PRACTICES])
        self._keys = PatientKeys(self._session, practice.id)
        self._new |= self._people.ids | self._payers.ids
        for table in owned_tables():
            self._new |= self._taken_public_ids(table)
        for table in owned_tables():
            self._insert(table)
        self._memberships(tables[MEMBERSHIPS], practice)
        if unsafe := unsafe_templates(self._session, practice.id):
            raise ArchiveProblem(
                f"Letter template {unsafe[0]} of the export has parts that a template may not have. Save it anew where "
                "it comes from, and make the export once more."
            )
        if self._counts != self._archive.manifest["rows"]:
            raise ArchiveProblem("The export has another number of rows than it says. Make the export once more.")
        self._session.add(
            Event(
                practice_id=practice.id, at=now, user_id=self._wishes.owner.id if self._wishes.owner else None,
                kind="taken_in", subject_kind="practice", subject_id=practice.id,
                details={"export": self._archive.manifest["export_id"], "rows": self._total},
            )
        )  # fmt: skip
        self._session.flush()
        return Imported(practice, self._counts, self._people, self._payers)

    def _rows(self, table: Table) -> Iterator[dict[str, Any]]:
        """Yield the rows of a table as the file has them, and count them."""
        count = 0
        for row in self._reader.rows(table):
            count += 1
            yield row
        self._counts[table.name] = count

    def _practice(self, table: Table) -> Practice:
        rows = list(self._rows(table))
        if len(rows) != 1:
            raise ArchiveProblem("The export is not of one practice. Make the export once more.")
        told = rows[0] | {"name": (self._wishes.name or rows[0]["name"])[:120]}
        self._old_id = told["id"]
        self._refuse_name_or_npi(told)
        if self._session.get(Practice, told["id"]) is not None:
            told["id"] = new_id()
        if self._session.scalar(select(Practice.id).where(Practice.public_id == told["public_id"])) is not None:
            told["public_id"] = new_public_id()
        practice = Practice(**told, came_from=self._archive.manifest["export_id"])
        self._session.add(practice)
        self._session.flush()
        self._id = practice.id
        self._new[self._old_id] = practice.id
        return practice

    def _refuse_name_or_npi(self, told: Mapping[str, Any]) -> None:
        query = select(Practice).where(func.lower(Practice.name) == told["name"].lower())
        if self._session.scalar(query) is not None:
            raise ArchiveProblem(f"There is a practice named {told['name']} here. Give another name with --name.")
        same = self._session.scalar(select(Practice).where(Practice.npi == told["npi"])) if told["npi"] else None
        if same is not None:
            raise ArchiveProblem(
                f"The practice {same.name} here has the same NPI, {told['npi']}. Change or delete that one first: "
                "remittances find their practice by it."
            )

    def _taken_public_ids(self, table: Table) -> dict[str, str]:
        """Return new public ids for those of the file that other practices here have."""
        if "public_id" not in table.c:
            return {}
        known = [row["public_id"] for row in self._reader.rows(table)]
        taken: set[str] = set()
        for start in range(0, len(known), _BATCH):
            taken.update(
                self._session.connection().execute(
                    select(table.c.public_id).where(table.c.public_id.in_(known[start : start + _BATCH]))
                ).scalars()
            )  # fmt: skip
        return {public_id: new_public_id() for public_id in taken}

    def _insert(self, table: Table) -> None:
        """Insert a table's rows; keys from a table to itself are set afterwards, since they may point ahead."""
        columns, waiting = [column.name for column in table.c], []
        own_key = _OWN_KEYS.get(table.name)
        later: list[dict[str, Any]] = []
        for row in self._rows(table):
            fitted = self._fitted(table, row)
            if own_key is not None and fitted[own_key] is not None:
                later.append({"row_id": fitted["id"], "other": fitted[own_key]})
                fitted[own_key] = None
            waiting.append(tuple(fitted[name] for name in columns))
            if len(waiting) >= _BATCH or table.name in WITH_FILES:
                self._flush(table, columns, waiting)
        self._flush(table, columns, waiting)
        if own_key is not None and later:
            of_row = (table.c.practice_id == self._id, table.c.id == bindparam("row_id"))
            statement = update(table).where(*of_row).values({own_key: bindparam("other")})
            self._session.connection().execute(statement, later)

    def _flush(self, table: Table, columns: list[str], waiting: list[tuple[Any, ...]]) -> None:
        insert_rows(self._session, model_of(table), columns, waiting)
        waiting.clear()
        self._report(sum(self._counts.values()), self._total, f"Taking in {table.name.replace('_', ' ')}")

    def _fitted(self, table: Table, row: dict[str, Any]) -> dict[str, Any]:
        """Return a row with the ids it has here."""
        if row["practice_id"] != self._old_id:
            raise ArchiveProblem(f"A row of {table.name} is another practice's. Make the export once more.")
        row["practice_id"] = self._id
        for target, matched in ((USERS, self._people), (PAYERS, self._payers)):
            for name in names_of(table, target):
                row[name] = self._known(table, name, row[name], matched)
        for column in table.c:
            if is_json(column) or column.name == "public_id":
                row[column.name] = replaced(row[column.name], self._new)
        if table.name == Event.__tablename__:
            row["subject_id"] = self._new.get(row["subject_id"], row["subject_id"])
        if table.name == Patient.__tablename__:
            row |= self._patient_keys(row)
        if table.name in WITH_FILES:
            content = self._archive.read(str(row[FILE_COLUMN]))
            row[FILE_COLUMN] = packed_original(content) if table.name == RawFile.__tablename__ else content
        return row

    def _known(self, table: Table, name: str, value: int | None, matched: Matched) -> int | None:
        if value is not None and value not in matched.ids:
            raise ArchiveProblem(f"A row of {table.name} names a {name} that is not in the export. Make it once more.")
        return None if value is None else matched.ids[value]

    def _patient_keys(self, row: Mapping[str, Any]) -> dict[str, str]:
        """Return what finds a patient, with the keys of here."""
        return {
            "match_key": self._keys.match(told_of_patient(row)),
            "name_key": self._keys.name(row["last_name"], row["first_name"]),
            "member_key": self._keys.member(row["member_id"]),
        }

    def _memberships(self, table: Table, practice: Practice) -> None:
        """Give the practice its people: who is new here waits, disabled, with the role of before.

        Who was here before gets in only where whoever takes the practice in says so: a name may be another person's.
        """
        owner = self._wishes.owner
        for row in self._rows(table):
            user_id = self._known(table, "user_id", row["user_id"], self._people)
            is_new = user_id in self._people.made
            if user_id != (owner.id if owner else None) and (is_new or self._wishes.keep_roles):
                self._session.add(Membership(**{**row, "practice_id": practice.id, "user_id": user_id}))
        if owner is not None:
            self._session.add(Membership(practice_id=practice.id, user_id=owner.id, role=Role.OWNER))
        self._session.flush()
