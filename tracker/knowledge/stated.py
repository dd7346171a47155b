"""What codes say of causes: the cause a code itself states, and the causes a category of codes is about."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from tracker.knowledge.entries import RootCause, Source
from tracker.knowledge.rows import Problems, Row, read_table
from tracker.knowledge.tables import PATHS, Sources, payer_kinds_of, source_of

COLUMNS = ("codes", "payer_kinds", "root_cause", "path", "source")
CATEGORY_COLUMNS = ("category", "root_causes", "source")


class StatedCause(NamedTuple):
    """What one code says by itself. ``path`` is empty where the playbook knows it; no kinds means every payer."""

    code: str
    payer_kinds: frozenset[str]
    root_cause: str
    path: str
    source: Source


class CategoryCauses(NamedTuple):
    """The root causes that a category of reason codes, remarks and plays is about."""

    root_causes: frozenset[str]
    source: Source


def read_stated(
    path: Path,
    sources: Sources,
    root_causes: Mapping[str, RootCause],
    codes: frozenset[str],
    problems: Problems,
) -> Mapping[str, tuple[StatedCause, ...]]:
    """Return the stated causes by code; a cause, kind or code that does not exist is noted."""
    found: dict[str, tuple[StatedCause, ...]] = {}
    for row in read_table(path, COLUMNS, problems):
        for code in row.words("codes"):
            if code not in codes:
                row.wrong(f"{code} is no reason or remark code of the lists")
            found[code] = (*found.get(code, ()), _stated(code, row, sources, root_causes))
    return MappingProxyType(found)


def _stated(code: str, row: Row, sources: Sources, root_causes: Mapping[str, RootCause]) -> StatedCause:
    return StatedCause(
        code,
        payer_kinds_of(row),
        row.one_of("root_cause", frozenset(root_causes)),
        row.one_of("path", PATHS | {""}),
        source_of(row, sources),
    )


def read_categories(
    path: Path, sources: Sources, root_causes: Mapping[str, RootCause], categories: frozenset[str], problems: Problems
) -> Mapping[str, CategoryCauses]:
    """Return the causes by category; a category or cause that does not exist is noted."""
    found = {}
    for row in read_table(path, CATEGORY_COLUMNS, problems):
        causes = frozenset(row.words("root_causes"))
        if not causes or not causes <= root_causes.keys():
            row.wrong(f"root_causes are {', '.join(sorted(causes)) or 'empty'}; one is not in the list")
        category = row.one_of("category", categories)
        found[category] = CategoryCauses(causes, source_of(row, sources))
    return MappingProxyType(found)
