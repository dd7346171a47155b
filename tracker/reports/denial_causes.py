"""The root causes of one denial as its page shows them: evidence for and against, the rules, the way out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.diagnosis import ReasonKind
from tracker.diagnosis.remedies import remedy_for
from tracker.domain.case import Case
from tracker.knowledge import Knowledge
from tracker.knowledge.rules import Rule
from tracker.letters.catalog import LetterTemplate, templates
from tracker.models import CauseDecision, Denial, Findings, StoredFinding, Suggestion
from tracker.reports.denial_notes import Place, QuoteView, place_of
from tracker.reports.people import user_names
from tracker.reports.rule_counts import SuggestionCounts, decided_cause_counts
from tracker.services.cause_decisions import decisions_of

_MOST_AGAINST, _MOST_QUOTES_AGAINST = 3, 2
_LETTER_PATHS = frozenset({"appeal", "reopening", "send_records"})


class Evidence(NamedTuple):
    """Something that speaks for or against a cause. ``absent`` says where a thing was looked for and not found."""

    words: str
    quotes: tuple[QuoteView, ...] = ()
    absent: str = ""


class Remark(NamedTuple):
    """A person's decision on a cause, with their name."""

    decision: CauseDecision
    by: str


@dataclass(frozen=True, slots=True)
class CauseView:
    """A cause with what speaks for and against it and what to do. ``number`` is its key; 0 for one without a key.

    ``strength`` is empty for a cause that a person picked and no rule suggests.
    """

    number: int
    root_cause: str
    title: str
    definition: str
    strength: str
    supports: tuple[Evidence, ...]
    against: tuple[Evidence, ...]
    rules: tuple[Rule, ...]
    path: str
    path_why: str
    cure: str | None
    letter: LetterTemplate | None
    counts: SuggestionCounts
    chosen: bool
    said: Remark | None

    @property
    def rejected(self) -> bool:
        """Whether a person said that it is not this cause."""
        return self.said is not None and self.said.decision.decision == "rejected"


class CauseViews(NamedTuple):
    """What is likely, best first; what a person ruled out; what the facts rule out."""

    standing: tuple[CauseView, ...] = ()
    rejected: tuple[CauseView, ...] = ()
    ruled_out: tuple[CauseView, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checker stored for a denial, with what people said about it."""

    denial: Denial
    knowledge: Knowledge
    suggestions: Sequence[Suggestion]
    findings: Sequence[StoredFinding]
    said: Mapping[str, Remark]
    counts: Mapping[str, SuggestionCounts]
    has_notes: bool
    by_rule: Mapping[str, StoredFinding] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_rule", {finding.rule_id: finding for finding in self.findings})

    def rules_of(self, suggestion: Suggestion) -> tuple[Rule, ...]:
        """Return the rules behind a suggestion; one that was removed since is left out."""
        return tuple(self.knowledge.rules[name] for name in suggestion.rules if name in self.knowledge.rules)

    def passes(self, suggestion: Suggestion) -> list[StoredFinding]:
        """Return rules of a suggested cause that the line keeps: they speak against it."""
        rules = self.knowledge.rules
        return [
            finding
            for finding in self.findings
            if finding.result == "passed"
            and finding.rule_id in rules
            and rules[finding.rule_id].rules_out
            and suggestion.root_cause in rules[finding.rule_id].root_causes
            and finding.rule_id not in suggestion.rules
        ][:_MOST_AGAINST]

    def quotes(self) -> Iterator[Mapping[str, Any]]:
        """Yield every quote the page shows, to be marked in the notes."""
        for row in self.suggestions:
            yield from (*row.evidence, *row.against)
            for finding in self.passes(row):
                yield from finding.evidence[:_MOST_QUOTES_AGAINST]


def read_checked(session: Session, denial: Denial, knowledge: Knowledge, *, has_notes: bool) -> Checked:
    """Read what is stored about the causes of a denial."""
    suggestions = session.scalars(
        select(Suggestion)
        .where(Suggestion.practice_id == denial.practice_id, Suggestion.denial_id == denial.id)
        .order_by(Suggestion.ruled_out, Suggestion.rank)
    ).all()
    row = session.scalar(
        select(Findings).where(Findings.practice_id == denial.practice_id, Findings.denial_id == denial.id)
    )
    said = decisions_of(session, denial)
    names = user_names(session, (row.decided_by_id for row in said.values()))
    return Checked(
        denial,
        knowledge,
        suggestions,
        row.all if row else [],
        {cause: Remark(row, names.get(row.decided_by_id, "")) for cause, row in said.items()},
        decided_cause_counts(session, denial.payer_id, [row.root_cause for row in suggestions]),
        has_notes,
    )


def cause_views(checked: Checked, places: Mapping[Place, QuoteView], case: Case, line: int | None) -> CauseViews:
    """Return the causes as the page shows them; a picked cause that no rule suggests stands first."""
    denial = checked.denial
    views = [_suggested(checked, row, places) for row in checked.suggestions if not row.ruled_out]
    standing = [view for view in views if not view.rejected]
    if denial.cause_chosen_by_id is not None and not any(view.chosen for view in standing):
        standing.insert(0, _picked(checked, case, line))
    return CauseViews(
        tuple(_numbered(standing)),
        tuple(view for view in views if view.rejected),
        tuple(_suggested(checked, row, places) for row in checked.suggestions if row.ruled_out),
    )


def _numbered(views: Sequence[CauseView]) -> Iterable[CauseView]:
    return (replace(view, number=number) for number, view in enumerate(views, 1))


def _suggested(checked: Checked, row: Suggestion, places: Mapping[Place, QuoteView]) -> CauseView:
    cause = checked.knowledge.root_causes.get(row.root_cause)
    rules = checked.rules_of(row)
    supports, why = _supports(checked, row, rules, places)
    return CauseView(
        number=0,
        root_cause=row.root_cause,
        title=cause.title if cause else row.root_cause,
        definition=cause.definition if cause else "",
        strength=row.strength,
        supports=supports,
        against=tuple(_against(checked, row, places)),
        rules=rules,
        path=row.path,
        path_why=why,
        cure=row.cure,
        letter=templates().get(row.letter or "") if row.path in _LETTER_PATHS else None,
        counts=checked.counts.get(row.root_cause, SuggestionCounts()),
        chosen=checked.denial.cause_chosen_by_id is not None and checked.denial.root_cause == row.root_cause,
        said=checked.said.get(row.root_cause),
    )


def _picked(checked: Checked, case: Case, line: int | None) -> CauseView:
    denial = checked.denial
    cause = checked.knowledge.root_causes.get(denial.root_cause)
    number = line or min((each.line for each in case.claim.lines), default=0)
    remedy = remedy_for(case, number, denial.root_cause, checked.knowledge) if number else None
    return CauseView(
        number=0,
        root_cause=denial.root_cause,
        title=cause.title if cause else denial.root_cause,
        definition=cause.definition if cause else "",
        strength="",
        supports=(),
        against=(),
        rules=(),
        path=denial.path,
        path_why=remedy.why if remedy and remedy.path == denial.path else "",
        cure=remedy.cure if remedy else None,
        letter=templates().get((remedy.letter if remedy else "") or "") if denial.path in _LETTER_PATHS else None,
        counts=SuggestionCounts(),
        chosen=True,
        said=checked.said.get(denial.root_cause),
    )


def _supports(
    checked: Checked, row: Suggestion, rules: Sequence[Rule], places: Mapping[Place, QuoteView]
) -> tuple[tuple[Evidence, ...], str]:
    """Return what speaks for a cause, each quote once, beside the rule that found it; and the reason of the path."""
    left = [place_of(quote) for quote in row.evidence]
    found, told = [], set()
    for rule in rules:
        finding = checked.by_rule.get(rule.id)
        if finding is None or not finding.reason or finding.reason in told:
            continue
        told.add(finding.reason)
        own = [place for place in map(place_of, finding.evidence) if place in left]
        left = [place for place in left if place not in own]
        absent = _absence(rule, has_notes=checked.has_notes) if finding.result == "not_shown" else ""
        found.append(Evidence(finding.reason, _at(own, places), absent))
    rest = [words for words in _said(row, ReasonKind.FINDING) if words not in told]
    found += [Evidence(words) for words in (*rest, *_said(row, ReasonKind.CODES))]
    if quotes := _at(left, places):
        found.append(Evidence("The note says", quotes))
    return tuple(found), " ".join(_said(row, ReasonKind.WAY))


def _said(row: Suggestion, kind: ReasonKind) -> list[str]:
    """Return the reasons of one kind; those against it and what billers chose stand on the page in figures of their own."""
    return [reason["words"] for reason in row.reasons if reason["kind"] == kind]


def _absence(rule: Rule, *, has_notes: bool) -> str:
    """Return where a thing was looked for: in the note, on file, or (a record such as a signature) in both."""
    if rule.basis in {"content", "arithmetic"}:
        return "Not found in the note" if has_notes else "No note yet"
    return "Not found" if rule.basis == "record" else "Not on file"


def _against(checked: Checked, row: Suggestion, places: Mapping[Place, QuoteView]) -> Iterator[Evidence]:
    left = [place_of(quote) for quote in row.against]
    for finding in checked.passes(row):
        own = [place_of(quote) for quote in finding.evidence][:_MOST_QUOTES_AGAINST]
        left = [place for place in left if place not in own]
        yield Evidence(finding.reason, _at(own, places))
    if quotes := _at(left, places):
        yield Evidence("The note says", quotes)


def _at(keys: Iterable[Place], places: Mapping[Place, QuoteView]) -> tuple[QuoteView, ...]:
    return tuple(places[key] for key in keys if key in places)
