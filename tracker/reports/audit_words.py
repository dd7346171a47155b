"""The detail of an entry of the audit log in words: names of fields and counts, as they are kept."""

from collections.abc import Iterator, Mapping
from typing import Any

from tracker.domain.export_reasons import REASON_WORDS, Reason

_COUNTS = ("added", "changed", "removed")


def said(detail: Mapping[str, Any]) -> list[str]:
    """Return what an entry's detail says, one thing each: rows shown, tables changed, the page, the command."""
    found = list(_counts(detail))
    found += [_table(name, touched) for name, touched in detail.get("changed", {}).items()]
    if detail.get("reason") in set(Reason):
        found.append(f"why: {REASON_WORDS[Reason(detail['reason'])].lower()}")
    if "page" in detail:
        found.append(f"page {detail['page']}")
    return found


def _counts(detail: Mapping[str, Any]) -> Iterator[str]:
    if "count" in detail:
        yield f"{detail['count']:,} row{'' if detail['count'] == 1 else 's'}"
    if "through" in detail:
        yield f"up to entry {detail['through']:,}, from before {detail['before']}"
    if "job" in detail:
        yield f"{'began ' if detail.get('begun') else ''}{detail['job']}"
    if "command" in detail:
        yield f"tracker {detail['command']}"


def _table(name: str, touched: Mapping[str, Any]) -> str:
    counts = [f"{touched[word]:,} {word}" for word in _COUNTS if word in touched]
    if touched.get("statements"):
        counts.append("several changed at once")
    fields = f" ({', '.join(touched['fields'])})" if touched.get("fields") else ""
    return f"{name.replace('_', ' ')}: {', '.join(counts)}{fields}"
