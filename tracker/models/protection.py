"""The one place that keeps protected notes from their readers (security.md C-47).

Every query of a session of ``tracker.db`` passes here, and finds ordinary notes only. Others need both: a query that
says it may show them (``with_protected``), and a session whose person has leave to read them in that practice. What was
made with them (packets, marked ``protected``) needs the leave alone. The system's own sessions have none: what jobs make
of notes is read by all.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy import Executable, or_
from sqlalchemy.orm import with_loader_criteria
from sqlalchemy.orm.util import LoaderCriteriaOption

from tracker.domain.protection import Protection
from tracker.models.attachment import Attachment
from tracker.models.note import Note

_OPTION = "protected_notes"
_THEIRS, _ALL = "theirs", "all"

_Query = TypeVar("_Query", bound=Executable)

_ORDINARY_NOTES = with_loader_criteria(Note, Note.protection == Protection.ORDINARY, include_aliases=True)
_OPEN_FILES = with_loader_criteria(Attachment, Attachment.protected.is_(False), include_aliases=True)


def with_protected(query: _Query) -> _Query:
    """Let a query find the protected notes too that the session's person has leave to read."""
    return query.execution_options(**{_OPTION: _THEIRS})


def regardless(query: _Query) -> _Query:
    """Let a query find every note: for counting them, telling the same text and taking patients away, never for their words."""
    return query.execution_options(**{_OPTION: _ALL})


def shown_notes(options: Any, allowed: Iterable[int]) -> list[LoaderCriteriaOption]:
    """Return what narrows a query: by its execution options, and the practices where the person has leave."""
    reach, places = options.get(_OPTION), frozenset(allowed)
    if reach == _ALL:
        return []
    notes = _ORDINARY_NOTES
    if reach == _THEIRS and places:
        theirs = or_(Note.protection == Protection.ORDINARY, Note.practice_id.in_(places))
        notes = with_loader_criteria(Note, theirs, include_aliases=True)
    if not places:
        return [notes, _OPEN_FILES]
    files = or_(Attachment.protected.is_(False), Attachment.practice_id.in_(places))
    return [notes, with_loader_criteria(Attachment, files, include_aliases=True)]
