"""Lists and reports as files: CSV or XLSX, all rows, with filters, run time and definitions on top."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Response, abort, g

from tracker.domain.sheet import Sheet
from tracker.reports.csv_export import csv_of
from tracker.reports.xlsx_export import XLSX, TooManyRows, xlsx_of
from tracker.web.exports import log_export

KINDS = ("csv", "xlsx")


def file_of(kind: str, name: str, *sheets: Sheet) -> Response:
    """Return tables as a file of a kind to download, called ``name`` and the day.

    Who took it, how many rows and why is logged (security.md C-37).

    An unknown kind is not there (404).
    """
    if kind not in KINDS:
        abort(404)
    log_export(name, sum(len(sheet.rows) for sheet in sheets), g.scope)
    told = [_told(sheet) for sheet in sheets]
    headers = {"Content-Disposition": f"attachment; filename={name}-{g.today.isoformat()}.{kind}"}
    if kind == "csv":
        return Response("".join(csv_of(told)), mimetype="text/csv", headers=headers)
    try:
        return Response(xlsx_of(told), mimetype=XLSX, headers=headers)
    except TooManyRows:
        abort(413)


def _told(sheet: Sheet) -> Sheet:
    """Add what holds for every file: whose rows they are, how many, when it was made."""
    seen = [practice.name for practice in g.practices if practice.id in g.scope]
    more: Sequence[tuple[str, str]] = (
        ("Practices", ", ".join(seen)),
        ("Rows", f"{len(sheet.rows)}"),
        ("Made", g.now.astimezone().isoformat(timespec="minutes")),
    )
    return replace(sheet, about=(*sheet.about, *more))
