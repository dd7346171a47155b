"""Running the checker over stored claims: findings and suggestions per denial; a person's choice always stands."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from tracker.day_counts import touch_denials
from tracker.db import insert_rows
from tracker.diagnosis import NO_CHOICES, Choices, LineDiagnosis, Quote, diagnose
from tracker.diagnosis import Suggestion as Cause
from tracker.knowledge import Knowledge
from tracker.models import CauseDecision, Denial, Findings, StoredFinding, Suggestion
from tracker.models.base import take_ids
from tracker.models.findings import kept_findings
from tracker.services.cases import StoredCase, stored_cases
from tracker.services.cause_decisions import choices_by_payer
from tracker.services.known_claims import chunks
from tracker.services.rule_switches import knowledge_key, rules_off

_FINDINGS = ("practice_id", "id", "denial_id", "kept", "knowledge_version")
_SUGGESTION = (
    "practice_id", "id", "denial_id", "rank", "ruled_out", "root_cause", "path", "strength", "rules", "reasons",
    "evidence", "against", "cure", "letter", "knowledge_version",
)  # fmt: skip


class _Diagnosed(NamedTuple):
    """A denial with what the checker says of its line."""

    denial: Any
    case: StoredCase
    diagnosis: LineDiagnosis


def diagnose_claims(
    session: Session, practice_id: int, claim_ids: Sequence[int], knowledge: Knowledge, today: date
) -> int:
    """Check the claims and save findings and suggestions for their denials; return how many denials were checked.

    A denial's root cause, strength and path follow the best suggestion nobody rejected, unless a person chose. What
    people chose for a payer's denials before breaks ties. Rules the practice switched off are left out.
    """
    count, off, choices = 0, rules_off(session, practice_id), choices_by_payer(session, practice_id)
    for part in chunks(claim_ids):
        diagnosed = _diagnose(session, practice_id, part, knowledge, today, off, choices)
        _save(session, practice_id, diagnosed, knowledge.version)
        _mark(session, practice_id, part, knowledge_key(knowledge, off))
        count += len(diagnosed)
    return count


def _mark(session: Session, practice_id: int, claim_ids: Sequence[int], key: str) -> None:
    """Keep what the claims' denials were diagnosed with, those included that nothing can be said of."""
    session.execute(
        update(Denial)
        .where(Denial.practice_id == practice_id, Denial.claim_id.in_(claim_ids), Denial.diagnosed_with != key)
        .values(diagnosed_with=key)
        .execution_options(synchronize_session=False)
    )


def _diagnose(
    session: Session,
    practice_id: int,
    claim_ids: Sequence[int],
    knowledge: Knowledge,
    today: date,
    off: frozenset[str],
    choices: Mapping[int | None, Mapping[str, Choices]],
) -> list[_Diagnosed]:
    columns = (Denial.id, Denial.claim_id, Denial.claim_line_id, Denial.payer_id, Denial.cause_chosen_by_id)
    denials = session.execute(
        select(*columns).where(Denial.practice_id == practice_id, Denial.claim_id.in_(claim_ids))
    ).all()
    cases = stored_cases(session, practice_id, sorted({denial.claim_id for denial in denials}), today)
    payers = {denial.claim_id: denial.payer_id for denial in denials}
    answers = {
        claim_id: {
            line.line: line for line in diagnose(stored.case, knowledge, off, choices.get(payers[claim_id], NO_CHOICES))
        }
        for claim_id, stored in cases.items()
    }
    diagnosed = []
    for denial in denials:
        by_line, stored = answers[denial.claim_id], cases[denial.claim_id]
        number = stored.line_numbers.get(denial.claim_line_id)
        # A claim denied as a whole is diagnosed by its first line.
        line = by_line.get(number) if number is not None else next(iter(by_line.values()), None)
        if line is not None:
            diagnosed.append(_Diagnosed(denial, stored, line))
    return diagnosed


def _save(session: Session, practice_id: int, diagnosed: Sequence[_Diagnosed], version: str) -> None:
    denial_ids = [entry.denial.id for entry in diagnosed]
    for model in (Findings, Suggestion):
        session.execute(
            delete(model)
            .where(model.practice_id == practice_id, model.denial_id.in_(denial_ids))
            .execution_options(synchronize_session=False)
        )
    insert_rows(session, Findings, _FINDINGS, list(_findings_rows(practice_id, diagnosed, version)))
    insert_rows(session, Suggestion, _SUGGESTION, list(_suggestion_rows(practice_id, diagnosed, version)))
    _update_denials(session, practice_id, diagnosed, _rejected(session, practice_id, denial_ids))


def _rejected(session: Session, practice_id: int, denial_ids: Sequence[int]) -> frozenset[tuple[int, str]]:
    """Return (denial, root cause) of what people said is not it."""
    query = select(CauseDecision.denial_id, CauseDecision.root_cause).where(
        CauseDecision.practice_id == practice_id,
        CauseDecision.denial_id.in_(denial_ids),
        CauseDecision.decision == "rejected",
    )
    return frozenset((row.denial_id, row.root_cause) for row in session.execute(query))


def _findings_rows(practice_id: int, diagnosed: Sequence[_Diagnosed], version: str) -> Iterable[tuple[Any, ...]]:
    for row_id, entry in zip(take_ids(len(diagnosed)), diagnosed, strict=True):
        found = (
            StoredFinding(one.rule_id, str(one.result), one.reason, _quotes(one.evidence, entry))
            for one in entry.diagnosis.findings
        )
        yield practice_id, row_id, entry.denial.id, kept_findings(found), version


def _suggestion_rows(practice_id: int, diagnosed: Sequence[_Diagnosed], version: str) -> Iterable[tuple[Any, ...]]:
    rows = [
        _suggestion_row(entry, cause, rank, out)
        for entry in diagnosed
        for out, causes in ((False, entry.diagnosis.suggestions), (True, entry.diagnosis.ruled_out))
        for rank, cause in enumerate(causes, 1)
    ]
    for row_id, row in zip(take_ids(len(rows)), rows, strict=True):
        yield (practice_id, row_id, *row, version)


def _suggestion_row(entry: _Diagnosed, cause: Cause, rank: int, ruled_out: bool) -> tuple[Any, ...]:
    return (
        entry.denial.id, rank, ruled_out, cause.root_cause, str(cause.path), str(cause.strength), list(cause.rules),
        [reason._asdict() for reason in cause.reasons], _quotes(cause.evidence, entry), _quotes(cause.against, entry), cause.cure, cause.letter,
    )  # fmt: skip


def _quotes(quotes: Iterable[Quote], entry: _Diagnosed) -> list[dict[str, Any]]:
    """Return quotes with the note's public id in place of its index in the case, which changes when notes are added."""
    return [
        {"note": entry.case.note_ids[quote.note], "start": quote.start, "end": quote.end, "quote": quote.quote}
        for quote in quotes
    ]


def _update_denials(
    session: Session, practice_id: int, diagnosed: Sequence[_Diagnosed], rejected: frozenset[tuple[int, str]]
) -> None:
    changes: dict[int, dict[str, Any]] = defaultdict(dict)
    for entry in diagnosed:
        if entry.denial.cause_chosen_by_id is not None:
            continue
        standing = (
            cause for cause in entry.diagnosis.suggestions if (entry.denial.id, cause.root_cause) not in rejected
        )
        best = next(standing, None)
        changes[entry.denial.id] = {
            "key_id": entry.denial.id,
            "new_root_cause": best.root_cause if best else "",
            "new_strength": str(best.strength) if best else "",
            "new_path": str(best.path) if best else "",
        }
    if not changes:
        return
    table = Denial.__table__
    assert isinstance(table, Table)
    statement = (
        update(table)
        .where(
            table.c.practice_id == practice_id,
            table.c.id == bindparam("key_id"),
            table.c.cause_chosen_by_id.is_(None),  # somebody may have chosen since the denials were read
        )
        .values({name: bindparam(f"new_{name}") for name in ("root_cause", "strength", "path")})
    )
    session.connection().execute(statement, list(changes.values()))
    touch_denials(session, practice_id, changes)
    for row in session.identity_map.values():
        if isinstance(row, Denial) and row.id in changes:
            session.expire(row, ["root_cause", "strength", "path"])
