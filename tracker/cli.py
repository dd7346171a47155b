"""The `tracker` command."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker import logs
from tracker.cli_audit import audit, command_doing
from tracker.cli_backup import backup, restore
from tracker.cli_database import find_practice, open_sessions, practice_named
from tracker.cli_db import db
from tracker.cli_keys import keys
from tracker.cli_practice import practice
from tracker.cli_users import user
from tracker.config import Settings, SettingsError, read_settings
from tracker.db import SessionMaker, transaction
from tracker.importers.errors import ImportProblem
from tracker.models import Practice
from tracker.services.storing import Report, Stored

if TYPE_CHECKING:
    from tracker.diagnosis.checking import Concern
    from tracker.domain.case import Case


class _SettingsGroup(click.Group):
    """Refuses nonsense settings in plain words before any command starts."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            ctx.obj = read_settings()
        except SettingsError as error:
            raise click.ClickException(str(error)) from None
        logs.set_up(ctx.obj.log)
        return super().invoke(ctx)


@click.group(cls=_SettingsGroup)
@click.pass_context
def main(context: click.Context) -> None:
    """Track denied claims of rehab-therapy practices and appeal them."""
    context.with_resource(command_doing(context.invoked_subcommand or ""))


main.add_command(db)
main.add_command(keys)
main.add_command(user)
main.add_command(audit)
main.add_command(practice)
main.add_command(backup)
main.add_command(restore)


# ---- run ----


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port to serve on (TRACKER_PORT).")
@click.pass_obj
def run(settings: Settings, port: int | None) -> None:
    """Serve the tracker."""
    from dataclasses import replace

    from tracker.garbage import paused

    with paused():
        from tracker.serve import serve
    _start(settings)
    serve(replace(settings, port=port) if port else settings)


@main.command()
@click.pass_obj
def worker(settings: Settings) -> None:
    """Do the long work (imports, batches, digests) without serving pages."""
    from tracker.serve import work

    _start(settings)
    work(settings)


def _start(settings: Settings) -> None:
    """Refuse unsafe settings and a damaged database; bring the database to the newest revision."""
    from tracker.db_check import DamagedDatabaseError, refuse_damaged
    from tracker.db_roles import refuse_mighty
    from tracker.profiles import refuse_unsafe

    try:
        refuse_unsafe(settings)
        refuse_damaged(settings)
    except (SettingsError, DamagedDatabaseError) as error:
        raise click.ClickException(str(error)) from None
    sessions = open_sessions(settings)
    try:
        refuse_mighty(settings, sessions.engine)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    finally:
        sessions.engine.dispose()


# ---- files ----

_Files = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
_AsJson = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


@main.command()
@_Files
@_AsJson
@click.pass_obj
def read(settings: Settings, files: tuple[Path, ...], as_json: bool) -> None:
    """Read 835 and 837P files without storing them, and say what is in them."""
    from tracker.importers.summary import summarise
    from tracker.services.storing import claims_in

    found = []
    for path in files:
        data, problem = _bytes_of(path, settings.max_import_mb)
        with _reporting(path, show=not as_json) as report:
            summary = summarise(str(path), data, _reading(report, claims_in(data)))
        if problem:
            summary["problems"] = [problem]
        found.append(summary)
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        _print_table(
            found, ("file", "format", "transactions", "claims", "lines", "adjustments"), ("charged_cents", "paid_cents")
        )
    sys.exit(1 if any(summary["format"] is None for summary in found) else 0)


def _reading(report: Report, total: int) -> Callable[[int], None]:
    return lambda done: report(done, total, "Reading")


@main.command("import")
@_Files
@click.option("--practice", "practice_name", help="The practice the files belong to (default: by the payee's NPI).")
@_AsJson
@click.pass_obj
def import_files(settings: Settings, files: tuple[Path, ...], practice_name: str | None, as_json: bool) -> None:
    """Store 835 and 837P files: claims, payments and denials."""
    sessions = open_sessions(settings)
    results = [_import_one(sessions, settings, path, practice_name, show=not as_json) for path in files]
    if as_json:
        click.echo(json.dumps(results, indent=2))
    else:
        columns = ("file", "status", "transactions", "claims", "lines", "denials_opened", "denials_updated")
        _print_table(results, columns, ())
    sys.exit(1 if any(result["status"] == "refused" for result in results) else 0)


def _import_one(
    sessions: SessionMaker, settings: Settings, path: Path, practice_name: str | None, *, show: bool
) -> dict[str, Any]:
    result: dict[str, Any] = {
        "file": str(path), "status": "refused", "transactions": 0, "claims": 0, "lines": 0, "adjustments": 0,
        "denials_opened": 0, "denials_updated": 0, "problems": [],
    }  # fmt: skip
    data, problem = _bytes_of(path, settings.max_import_mb)
    if problem is not None:
        return result | {"problems": [problem]}
    try:
        with transaction(sessions.system()) as session:
            stored = _import_for_practices(session, path, data, practice_name, show=show)
    except ImportProblem as refusal:
        return result | {"problems": [_refusal(refusal)]}
    for part in stored:
        for name, value in part.as_result().items():
            result[name] = value if name == "status" else result[name] + value
    if len({part.status for part in stored}) > 1:
        result["status"] = "partly_duplicate"
    return result


def _refusal(problem: ImportProblem) -> dict[str, str]:
    return {"where": problem.where, "why": f"{problem.why} {problem.what_to_do}".strip()}


def _import_for_practices(
    session: Session, path: Path, data: bytes, practice_name: str | None, *, show: bool
) -> list[Stored]:
    """Store a file for each practice it pays, or for the one that was named."""
    from tracker.knowledge import load
    from tracker.services.bringing_in import diagnose_stored
    from tracker.services.importing import import_now

    now = datetime.now(UTC)
    practices = _practices_for(session, path, data, practice_name)
    parts = []
    with _reporting(path, show=show) as report:
        for practice in practices:
            only_own = practice_name is None and len(practices) > 1
            _, stored = import_now(session, practice, path.name, data, now, load(), only_own=only_own, report=report)
            diagnose_stored(session, practice.id, stored, load(), date.today())  # noqa: DTZ011  # the user's day
            parts.append(stored)
    return parts


def _practices_for(session: Session, path: Path, data: bytes, practice_name: str | None) -> list[Practice]:
    from tracker.importers import recognise
    from tracker.services.payees import find_practices, npis_in, require_one_practice

    recognise(data, path.name)  # say what is wrong with the file before saying what is wrong with its payee
    if practice_name is not None:
        return [_named_practice(session, practice_name)]
    practices = find_practices(session, data)
    if practices:
        return practices
    if npis_in(data) and session.scalar(select(func.count()).select_from(Practice)) == 0:
        return [_first_practice(session, npis_in(data)[0])]
    return [require_one_practice(session, data)]


def _named_practice(session: Session, name: str) -> Practice:
    found = find_practice(session, name)
    if found is not None:
        return found
    names = session.scalars(select(Practice.name).order_by(Practice.name)).all()
    if not names:
        practice = Practice(name=name[:120])
        session.add(practice)
        session.flush()
        return practice
    raise ImportProblem("--practice", f"There is no practice named {name}.", f"The practices are: {', '.join(names)}.")


def _first_practice(session: Session, npi: str) -> Practice:
    """An empty database takes its first practice from its first file."""
    practice = Practice(name=f"Practice {npi}", npi=npi)
    session.add(practice)
    session.flush()
    return practice


def _bytes_of(path: Path, most_mb: int) -> tuple[bytes, dict[str, str] | None]:
    try:
        if path.is_dir():
            why = "This is a folder. Name the files in it."
        elif path.stat().st_size > most_mb * 1_000_000:
            why = f"The file is larger than {most_mb} MB. Split it, or raise TRACKER_MAX_IMPORT_MB."
        else:
            return path.read_bytes(), None
    except OSError as error:
        why = f"The file cannot be opened: {error.strerror or error}."
    return b"", {"where": "File", "why": why}


# ---- causes ----


@main.command()
@_Files
@click.pass_obj
def diagnose(settings: Settings, files: tuple[Path, ...]) -> None:
    """Print the likely root causes of case files (denial-case/1) as JSON."""
    from tracker.diagnosis import as_json as diagnosis_as_json
    from tracker.diagnosis import diagnose as diagnose_case
    from tracker.knowledge import load

    cases, refused = _cases_of(settings, files)
    found = [line for case in cases for line in diagnosis_as_json(case.case_id, diagnose_case(case, load()))]
    click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    sys.exit(1 if refused else 0)


def _cases_of(settings: Settings, files: tuple[Path, ...]) -> "tuple[list[Case], bool]":
    """Read case files; say which cannot be read, and whether there was one."""
    from tracker.importers.case_file import read_case

    cases: list[Case] = []
    for path in files:
        data, problem = _bytes_of(path, settings.max_import_mb)
        try:
            if problem is None:
                cases.append(read_case(data))
        except ImportProblem as refusal:
            problem = _refusal(refusal)
        if problem is not None:
            click.echo(f"{path}: {problem['where']}: {problem['why']}", err=True)
    return cases, len(cases) < len(files)


@main.command()
@_Files
@click.option("--practice", "practice_name", help="The practice whose own limits and rules for its payers count.")
@_AsJson
@click.pass_obj
def check(settings: Settings, files: tuple[Path, ...], practice_name: str | None, as_json: bool) -> None:
    """Say what would be denied if the claims of case files (denial-case/1) went out as they are."""
    from tracker.diagnosis.checking import check_claim, concerns_as_json
    from tracker.knowledge import load

    cases, refused = _cases_of(settings, files)
    off: frozenset[str] = frozenset()
    if practice_name is not None:
        cases, off = _as_practice_works(settings, practice_name, cases)
    found = [(case, check_claim(case, load(), off)) for case in cases]
    if as_json:
        listed = [{"case_id": case.case_id, "concerns": concerns_as_json(concerns)} for case, concerns in found]
        click.echo(json.dumps(listed, indent=2, ensure_ascii=False))
    else:
        for case, concerns in found:
            _print_concerns(case, concerns)
    sys.exit(1 if refused else 0)


def _as_practice_works(settings: Settings, name: str, cases: "list[Case]") -> "tuple[list[Case], frozenset[str]]":
    """Return cases with what a practice set for their payers, and the ids of the rules it does without."""
    from tracker.services.rule_switches import rules_off
    from tracker.services.unsent import with_own_figures

    with open_sessions(settings).system() as session:
        practice = practice_named(session, name)
        return [with_own_figures(session, practice, case) for case in cases], rules_off(session, practice.id)


def _print_concerns(case: "Case", concerns: "tuple[Concern, ...]") -> None:
    count = f"{len(concerns)} thing{'' if len(concerns) == 1 else 's'} to mend" if concerns else "nothing found"
    click.echo(f"{case.case_id}: {count}")
    for each in concerns:
        click.echo(f"  line {each.line.line} {each.line.code}, {each.strength}: {each.rule.title} ({each.rule.id})")
        click.echo(f"    {each.reason}")
        click.echo(f"    To mend: {each.cure}")


# ---- knowledge ----


@main.group()
def knowledge() -> None:
    """Look after the reference data and the rules."""


@knowledge.command("check")
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
def check_knowledge(folder: Path | None) -> None:
    """Check all data files and rules (of FOLDER, else the product's own), and say what is wrong where."""
    from tracker.diagnosis.rule_files import rule_file_problems
    from tracker.knowledge import KnowledgeError, load_from
    from tracker.knowledge.ages import old_sources
    from tracker.knowledge.library import FOLDER

    folder = folder or FOLDER
    problems: list[str] = []
    try:
        found = load_from(folder)
    except KnowledgeError as error:
        problems += error.problems
    problems += rule_file_problems(folder)
    if problems:
        click.echo("\n".join(problems), err=True)
        raise click.ClickException(f"{len(problems)} problem{'s' if len(problems) > 1 else ''} found")
    for old in old_sources(found, date.today()):  # noqa: DTZ011  # the user's day
        click.echo(f"Checked over a year ago, on {old.checked_on}: {old.where} ({old.source})")
    click.echo(f"{len(found.rules)} rules and all tables are in order, version {found.version}.")


# ---- demo ----


@main.command()
@click.option("--remove", is_flag=True, help="Take the demo data away again.")
@click.option("--if-empty", is_flag=True, help="Load only into a database that has no practice yet.")
@click.pass_obj
def demo(settings: Settings, remove: bool, if_empty: bool) -> None:
    """Load (or remove) three invented practices with a year of claims."""
    from tracker.demo.load import how_to_sign_in, load_demo, remove_demo

    sessions = open_sessions(settings)
    with sessions.reading(()) as session:
        practices = session.scalar(select(func.count()).select_from(Practice)) or 0
    if remove:
        remove_demo(sessions)
        lines = ["Demo data removed."]
    elif if_empty and practices:
        with transaction(sessions.system()) as session:
            lines = how_to_sign_in(session, settings)
    else:
        today = date.today()  # noqa: DTZ011  # the user's day
        with _reporting(Path("demo data"), show=True) as report:
            lines = load_demo(sessions, settings, today, datetime.now(UTC), report)
    for line in lines:
        click.echo(line)


# ---- printing ----


class _reporting:  # noqa: N801  # used as a with-statement's verb
    """Shows a progress bar on a terminal while a long file is stored."""

    def __init__(self, path: Path, *, show: bool) -> None:
        self._path, self._show = path, show and sys.stderr.isatty()
        self._bar: Any = None

    def __enter__(self) -> Report:
        return self._report

    def _report(self, done: int, total: int, doing: str) -> None:
        if not self._show:
            return
        if self._bar is None:
            self._bar = click.progressbar(length=max(total, 1), label=f"{doing}: {self._path.name}", file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(done - self._bar.pos)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)


def _print_table(rows: list[dict[str, Any]], columns: tuple[str, ...], money: tuple[str, ...]) -> None:
    from tracker.domain.money import dollars

    table = [[name.replace("_cents", "").replace("_", " ") for name in columns + money]]
    for row in rows:
        cells = [str(row[name] if row[name] is not None else "refused") for name in columns]
        table.append(cells + [dollars(row[name]) for name in money])
    widths = [max(len(line[place]) for line in table) for place in range(len(table[0]))]
    for line in table:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    for row in rows:
        for problem in row["problems"]:
            click.echo(f"{row['file']}: {problem['where']}: {problem['why']}")
