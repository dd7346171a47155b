"""Which tables make up a practice, and their rows as JSON: what an export holds and an import reads."""

import base64
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import JSON, Column, Date, LargeBinary, Table, delete, select, update
from sqlalchemy.orm import Session

from tracker.models import (
    Attachment,
    AuditEntry,
    Base,
    EmergencyCode,
    Membership,
    Payer,
    Picture,
    Practice,
    RawFile,
    User,
    UserSession,
)
from tracker.models.base import PracticeOwned, UtcDateTime
from tracker.models.sealed import SealedBytes, SealedDate, SealedJson

FORMAT = "rehab-denials practice export"
SCHEMA = 1
"""The version of the archive's layout; what the tables are like is told by the database's revision."""

LEFT_BEHIND: Mapping[str, str] = MappingProxyType(
    {
        "api_answers": "answers kept for programs, for some days",
        "api_tokens": "keys of programs",
        "audit_entries": "the audit log belongs to the installation",
        "audit_heads": "the audit log belongs to the installation",
        "backups": "backups belong to the installation",
        "day_counts": "counts that are made anew from lines and denials",
        "denial_courses": "days that are gathered anew from acts, appeals, decisions and answers",
        "destroyed_practices": "proofs of what was destroyed here",
        "done_forms": "forms that were sent, kept for some days",
        "emergency_codes": "sign-in secrets",
        "jobs": "long work of the installation",
        "month_counts": "counts that are made anew from denials",
        "notices": "what people were told about their accounts here",
        "owner_requests": "what owners here asked of each other",
        "practice_files": "exports made here, kept for a day",
        "practice_keys": "encryption keys: another installation makes its own",
        "recovery_codes": "sign-in secrets",
        "saved_views": "views of the queue belong to the person who saved them",
        "searches": "search words, kept for a short time",
        "sessions": "signed-in browsers",
        "sign_in_tries": "wrong sign-ins",
        "signatures": "pictures with which people sign; letters hold what they were signed with",
        "user_links": "invitations and password links",
    }
)
"""Tables that no export holds, with the reason. Every other table is in it, whole."""

USER_FIELDS = ("id", "public_id", "login", "name")
"""What an export says of a person: enough for a name beside an act; no password, address or preference."""

OF_INSTALLATION: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "practices": frozenset({"came_from", "deleted_at", "deleted_by_id", "room_mb"}),
        "patients": frozenset({"match_key", "name_key", "member_key"}),
    }
)
"""Columns that tell of an installation, or are made with its keys: no export holds them."""

PRACTICES, MEMBERSHIPS, PAYERS, USERS = (model.__tablename__ for model in (Practice, Membership, Payer, User))
FILE_COLUMN = "content"
WITH_FILES = frozenset(model.__tablename__ for model in (RawFile, Attachment, Picture))
"""Tables whose column ``content`` holds a file: in an export it is a file of its own, and the row names it."""

_STAY = frozenset(model.__tablename__ for model in (AuditEntry, UserSession))
"""What names a practice and outlives it: the audit log, and browsers that only look at it."""


def owned_tables() -> list[Table]:
    """Return the tables of a practice's own rows that an export holds, those that others point to first."""
    owned = {mapper.local_table for mapper in Base.registry.mappers if issubclass(mapper.class_, PracticeOwned)}
    return [table for table in Base.metadata.sorted_tables if table in owned and table.name not in LEFT_BEHIND]


def tables_with_rows_of_practices() -> list[Table]:
    """Return the tables whose rows go with their practice, those that others point to first.

    They are its own, and those of the installation about it: memberships, jobs, keys.
    """
    return [table for table in Base.metadata.sorted_tables if "practice_id" in table.c and table.name not in _STAY]


def remove_rows(session: Session, practice_ids: Collection[int]) -> None:
    """Delete every row of these practices but those of ``practices``; browsers that look at them look at none.

    Those that an emergency code opened go with the code.
    """
    codes = select(EmergencyCode.id).where(EmergencyCode.practice_id.in_(practice_ids))
    session.execute(delete(UserSession).where(UserSession.emergency_id.in_(codes)))
    looking = update(UserSession).where(UserSession.practice_id.in_(practice_ids))
    session.execute(looking.values(practice_id=None))
    for table in reversed(tables_with_rows_of_practices()):
        session.execute(delete(table).where(table.c.practice_id.in_(practice_ids)))


def model_of(table: Table) -> type[Base]:
    """Return the class of a table."""
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__table__ is table)


def exported_columns(table: Table) -> list[Column[Any]]:
    """Return the columns of a table that an export holds."""
    left = OF_INSTALLATION.get(table.name, frozenset())
    return [c for c in table.c if c.name not in left and (table.name != USERS or c.name in USER_FIELDS)]


def names_of(table: Table, target: str) -> list[str]:
    """Return the columns of a table that hold ids of ``target`` (users or payers)."""
    found = [key.parent.name for key in table.foreign_keys if key.column.table.name == target]
    if target == PAYERS and "payer_id" in table.c and "payer_id" not in found:
        found.append("payer_id")  # copies of a claim's payer have no key of their own
    return sorted(found)


class Codec(NamedTuple):
    """How a column's value becomes JSON and back."""

    to_json: Callable[[Any], Any]
    from_json: Callable[[Any], Any]


_ISO_DATE = Codec(date.isoformat, date.fromisoformat)
_PLAIN = Codec(lambda value: value, lambda value: value)
_BASE64 = Codec(lambda value: base64.b64encode(value).decode(), base64.b64decode)


def codec_of(column: Column[Any]) -> Codec:
    """Return how a column's values are written: days and moments as ISO 8601, everything else as JSON has it."""
    kind = column.type
    if isinstance(kind, UtcDateTime):
        return Codec(datetime.isoformat, datetime.fromisoformat)
    if isinstance(kind, Date | SealedDate):
        return _ISO_DATE
    if isinstance(kind, SealedBytes | LargeBinary):
        return _BASE64
    return _PLAIN


def is_json(column: Column[Any]) -> bool:
    """Whether a column holds a JSON object or array, sealed or not."""
    return isinstance(column.type, JSON | SealedJson)


def replaced(value: Any, new: Mapping[Any, Any]) -> Any:
    """Return JSON with every id in it that has a new one replaced.

    Ids are 63-bit numbers made of time, or 128 random bits: no amount, count or word looks like one.
    """
    if isinstance(value, dict):
        return {key: replaced(each, new) for key, each in value.items()}
    if isinstance(value, list):
        return [replaced(each, new) for each in value]
    return new.get(value, value) if isinstance(value, int | str) else value
