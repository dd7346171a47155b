"""Monthly reports: a list, each made as a draft, worded, saved as PDF, and made final with its numbers frozen."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from flask import Blueprint, Response, abort, g, redirect, render_template, url_for
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.domain.sheet import Column, Kind, Sheet
from tracker.expected_amounts import has_rates
from tracker.knowledge import load
from tracker.letters.pdf import why_unavailable
from tracker.letters.problems import LetterProblem
from tracker.letters.report_page import Report, make_report_pdf
from tracker.letters.zip_stream import ZipEntry, zip_stream
from tracker.models import MonthlyReport, Practice, User
from tracker.reports.basis import BASIS_WORDS, Basis
from tracker.reports.charts import FRAMES
from tracker.reports.csv_export import csv_lines
from tracker.reports.monthly import TREND, monthly_figures
from tracker.reports.monthly_kept import as_kept, basis_of, drawings, shown_report
from tracker.reports.monthly_list import ReportRow, counted_since, reports_list
from tracker.reports.months import Month
from tracker.reports.queue_conditions import Viewer
from tracker.services.monthly_reports import (
    ReportConflict,
    ReportRefused,
    ask_for_reports,
    keep_draft,
    make_final,
    newest_report,
    save_words,
    tell_by_mail,
)
from tracker.web.access import allows, needs
from tracker.web.audited import shown
from tracker.web.exports import log_export
from tracker.web.files import file_of
from tracker.web.forms.reports import MakeForm, WordsForm
from tracker.web.navigation import refuse, say
from tracker.web.once import once
from tracker.web.other_version import other_version, seen_version
from tracker.web.request import open_own, sessions, settings

blueprint = Blueprint("reports", __name__)

_MONTHS_OFFERED = 12
_STILL_COMING = 31  # days after a month's end in which 835 files for it are still likely
_COLUMNS = (
    Column("month"), Column("practice"), Column("version", Kind.COUNT), Column("state"), Column("run on", Kind.DATE),
    Column("made by"), Column("final on", Kind.DATE), Column("denials", Kind.COUNT), Column("denied", Kind.CENTS),
    Column("denials changed since", Kind.COUNT), Column("denied changed since", Kind.CENTS), Column("amounts"),
)  # fmt: skip


def _visible() -> list[ReportRow]:
    """Return the reports in view; who makes none there sees the final ones."""
    return [row for row in reports_list(g.session) if row.report.is_final or _makes(row.report.practice_id)]


def _makes(practice_id: int) -> bool:
    return allows(Action.MAKE_REPORTS, practice_id)


def _makers() -> Sequence[Practice]:
    return [practice for practice in g.practices if practice.id in g.scope and _makes(practice.id)]


def _form() -> MakeForm:
    form = MakeForm()
    practices = _makers()
    everyone = [("", f"All practices ({len(practices)})")] if len(practices) > 1 else []
    form.practice.choices = everyone + [(practice.public_id, practice.name) for practice in practices]
    months = [Month.of(g.today).shifted(-by) for by in range(1, _MONTHS_OFFERED + 1)]
    form.amounts.choices = [(Basis.BILLED.value, "Billed charges")]
    if has_rates(g.session, [practice.id for practice in practices]):
        form.amounts.choices.append((Basis.EXPECTED.value, "Expected payments"))
    form.month.choices = [(month.code, f"{month.name} {month.year}") for month in months]
    return form


def still_coming(report: MonthlyReport) -> str:
    """Return what is to be said of a draft whose month is hardly over; empty for any other report."""
    month = Month.parse(report.month)
    if month is None or report.is_final or (g.today - month.last_day).days > _STILL_COMING:
        return ""
    return f"835s for {month.name} may still arrive"


@blueprint.get("/reports")
@needs(Action.SEE_INSIGHTS)
def index() -> str:
    """List the monthly reports."""
    rows = _visible()
    shown(len(rows))
    return render_template(
        "reports/index.html", rows=rows, form=_form() if _makers() else None, still_coming=still_coming,
        months=[(month, count) for month, count in _per_month(rows).items() if count > 1], makes=_makes,
    )  # fmt: skip


def _per_month(rows: Sequence[ReportRow]) -> dict[Month, int]:
    newest = [row.month for row in rows if row.is_newest]
    return {month: newest.count(month) for month in newest}


@blueprint.get("/reports/list.<kind>")
@needs(Action.SEE_INSIGHTS)
def export(kind: str) -> Response:
    """Give the list of reports as a file."""
    rows = [
        (row.report.month, row.practice, row.report.edition, row.report.state, row.report.made_at.astimezone().date(),
         row.made_by, row.report.final_at.astimezone().date() if row.report.final_at else None,
         row.report.figures["counts"]["denials"], row.report.figures["counts"]["cents"], row.since.denials,
         row.since.cents, BASIS_WORDS[basis_of(row.report.figures)])
        for row in _visible()
    ]  # fmt: skip
    about = (("Changed since", "Denials and dollars of the month now, less those the report counted"),)
    return file_of(kind, "reports", Sheet("Monthly reports", _COLUMNS, rows, about))


@blueprint.post("/reports")
@needs(Action.MAKE_REPORTS)
@once
def make() -> BaseResponse | tuple[str, int]:
    """Make the report of a practice on a month, or of all practices as long work."""
    form = _form()
    if not form.validate():
        rows = _visible()
        page = render_template(
            "reports/index.html", rows=rows, form=form, still_coming=still_coming, months=[], makes=_makes
        )
        return page, 422
    chosen = [practice for practice in _makers() if form.practice.data in {"", practice.public_id}]
    if len(chosen) == 1:
        return _make_one(chosen[0].id, form.month.data, Basis(form.amounts.data))
    with transaction(g.session) as session:
        ids = [practice.id for practice in chosen]
        job = ask_for_reports(session, ids, form.month.data, form.amounts.data, g.now, g.user.id).public_id
    return redirect(url_for("jobs.show", public_id=job), 303)


def _make_one(practice_id: int, code: str, basis: Basis, *, anew: bool = False) -> BaseResponse:
    month = Month.parse(code) or abort(404)
    with sessions().reading({practice_id}) as reading:
        figures = monthly_figures(reading, month, Viewer(g.user.id, g.today, g.now), load().root_causes, basis)
    with transaction(g.session) as session:
        newest = newest_report(session, practice_id, code)
        if newest is not None and newest.is_final and not anew:
            say(f"The report for {month.label} is final. Make a new version on its page to change it.")
            return redirect(url_for(".show", public_id=newest.public_id), 303)
        public_id = keep_draft(session, practice_id, code, as_kept(figures), g.now, g.user.id).public_id
    say(f"Report for {month.label} made as a draft.")
    return redirect(url_for(".show", public_id=public_id), 303)


class _Found(NamedTuple):
    report: MonthlyReport
    month: Month
    practice: Practice
    prepared_by: str


def _find(public_id: str, session: Any = None) -> _Found:
    database = session or g.session
    report = database.scalar(select(MonthlyReport).where(MonthlyReport.public_id == public_id))
    month = Month.parse(report.month) if report is not None else None
    if report is None or month is None or not (report.is_final or _makes(report.practice_id)):
        abort(404)
    practice = next(one for one in g.practices if one.id == report.practice_id)
    maker = database.get(User, report.made_by_id) if report.made_by_id else None
    return _Found(report, month, practice, maker.name if maker else "")


def _words_form(report: MonthlyReport) -> WordsForm:
    return WordsForm(
        formdata=None, version=str(report.version), changed=report.changed_words or "", ask=report.ask_words or ""
    )


@blueprint.get("/reports/<public_id>")
@needs(Action.SEE_INSIGHTS)
def show(public_id: str) -> str:
    """Show a report as its PDF will say it."""
    found = _find(public_id)
    return _page(found, _words_form(found.report))


def _page(found: _Found, form: WordsForm) -> str:
    report = found.report
    return render_template(
        "reports/show.html", report=report, month=found.month, practice=found.practice, form=form,
        said=shown_report(report, found.practice.name, found.prepared_by),
        drawings={TREND: [drawings(report, frame)[TREND] for frame in FRAMES]},
        since=counted_since(g.session, report) if report.is_final else None, coming=still_coming(report),
        makes=_makes(report.practice_id), no_pdf=why_unavailable(),
    )  # fmt: skip


@blueprint.post("/reports/<public_id>/words")
@needs(Action.MAKE_REPORTS)
def words(public_id: str) -> Any:
    """Save what the manager typed into a draft."""
    form = WordsForm()
    with transaction(g.session) as session:
        found = _find(public_id)
        if form.version.data != str(found.report.version):
            return other_version(form, _words_form(found.report), found.report, url_for(".show", public_id=public_id))
        if not form.validate():
            return _page(found, form), 422
        try:
            save_words(session, found.report, form.changed.data.strip(), form.ask.data.strip())
            say("Your words are saved.")
        except ReportRefused as refusal:
            refuse(f"{refusal}. Nothing was changed.")
    return redirect(url_for(".show", public_id=public_id), 303)


@blueprint.post("/reports/<public_id>/again")
@needs(Action.MAKE_REPORTS)
@once
def again(public_id: str) -> BaseResponse:
    """Count a draft anew, or begin a new version of a final report."""
    report = _find(public_id).report
    return _make_one(report.practice_id, report.month, basis_of(report.figures), anew=True)


@blueprint.post("/reports/<public_id>/final")
@needs(Action.MAKE_REPORTS)
def final(public_id: str) -> Any:
    """Freeze a report with its PDF; the database is written to only when the PDF is ready."""
    form = WordsForm()
    with open_own(writing=False) as reading:
        found = _find(public_id, reading)
        if seen_version(form) != found.report.version:
            return _changed(public_id)
        try:
            said = shown_report(found.report, found.practice.name, found.prepared_by, as_final=True)
            made = make_report_pdf(said, drawings(found.report))
        except LetterProblem as problem:
            refuse(f"{problem}. Nothing was changed.")
            return redirect(url_for(".show", public_id=public_id), 303)
    try:
        with transaction(g.session) as session:
            report = _find(public_id).report
            make_final(session, report, found.report.version, made, g.now, g.user.id)
            if settings().smtp_url:
                tell_by_mail(session, report, g.now, g.user.id)
    except (ReportConflict, ReportRefused):
        return _changed(public_id)
    say("The report is final. Its numbers stay as they are.")
    return redirect(url_for(".show", public_id=public_id), 303)


def _changed(public_id: str) -> BaseResponse:
    say("The report was changed after you opened it. Read it again, then mark it final.")
    return redirect(url_for(".show", public_id=public_id), 303)


class _Paper(NamedTuple):
    """A report as a file; ``frozen`` is the PDF of a final one."""

    name: str
    report: Report
    drawings: dict[str, Markup]
    frozen: bytes | None

    def pdf(self) -> bytes:
        """Return the frozen PDF, or one made of the draft. Raises LetterProblem."""
        return self.frozen or make_report_pdf(self.report, self.drawings)


def _paper(found: _Found) -> _Paper:
    row = found.report
    place = re.sub(r"[^a-z0-9]+", "-", found.practice.name.lower()).strip("-") or "practice"
    edition = f"-version-{row.edition}" if row.edition > 1 else ""
    name = f"denial-report-{row.month}-{place}{edition}{'' if row.is_final else '-draft'}.pdf"
    return _Paper(name, shown_report(row, found.practice.name, found.prepared_by), drawings(row), row.pdf)


@blueprint.get("/reports/<public_id>/report.pdf")
@needs(Action.SEE_INSIGHTS)
def pdf(public_id: str) -> BaseResponse:
    """Give a report as a PDF."""
    paper = _paper(_find(public_id))
    try:
        content = paper.pdf()
    except LetterProblem as problem:
        refuse(f"{problem}.")
        return redirect(url_for(".show", public_id=public_id), 303)
    headers = {"Content-Disposition": f"attachment; filename={paper.name}"}
    return Response(content, content_type="application/pdf", headers=headers)


@blueprint.get("/reports/<public_id>/tables.<kind>")
@needs(Action.SEE_INSIGHTS)
def tables(public_id: str, kind: str) -> Response:
    """Give the tables of a report as a file."""
    found = _find(public_id)
    report = shown_report(found.report, found.practice.name, found.prepared_by)
    terms = tuple(term for section in report.sections for term in section.terms)
    about = (
        ("Report", report.title),
        ("Practice", report.practice),
        *((f"{n}", line) for n, line in enumerate(report.below, 1)),
        *terms,
    )
    found_tables = [section.table for section in report.sections if section.table]
    sheets = [replace(table, about=about[: None if table is found_tables[0] else 2]) for table in found_tables]
    return file_of(kind, f"report-{found.report.month}", *sheets)


@blueprint.get("/reports/months/<month>.zip")
@needs(Action.SEE_INSIGHTS)
def month_zip(month: str) -> Response:
    """Give the newest reports of all practices in view on a month as one ZIP, written while it is sent."""
    wanted = [row.report for row in _visible() if row.report.month == month and row.is_newest]
    if not wanted:
        abort(404)
    ids = [report.public_id for report in wanted]
    log_export("monthly reports", len(ids), [report.practice_id for report in wanted])
    papers = [_paper(_find(public_id)) for public_id in ids]
    headers = {"Content-Disposition": f"attachment; filename=denial-reports-{month}.zip"}
    return Response(zip_stream(_files(papers, g.now)), content_type="application/zip", headers=headers)


def _files(papers: Sequence[_Paper], now: datetime) -> Iterator[ZipEntry]:
    """Yield the PDF of each report, and a list of them last that names those that could not be made."""
    rows = []
    for place, paper in enumerate(papers, 1):
        name = f"{place:03}-{paper.name}"
        try:
            content = paper.pdf()
        except LetterProblem as problem:
            rows.append((paper.report.practice, "", str(problem)))
            continue
        rows.append((paper.report.practice, name, ""))
        yield ZipEntry(name, content, now)
    columns = ("Practice", "File", "Left out because")
    yield ZipEntry("contents.csv", "".join(csv_lines([("Reports", f"{len(papers)}")], columns, rows)).encode(), now)
