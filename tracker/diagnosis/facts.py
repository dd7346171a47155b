"""Everything the checks ask about a case, computed once: lines with their class, same-day services, notes, minutes."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from tracker.diagnosis.contents import Content, read_contents
from tracker.diagnosis.payers import PayerProfile, profile_of
from tracker.diagnosis.sessions import Session, read_session
from tracker.domain.case import Case, CaseLine, CaseNote, LineAnswer, OtherClaim
from tracker.domain.classification import AdjustmentClass, ClassifiedLine, LineClass, LineToClassify, classify_line
from tracker.domain.once import once
from tracker.knowledge import Knowledge, NcciEdit, ProcedureCode
from tracker.reading.note import ReadNote
from tracker.reading.people import author_of

DISCIPLINE_MODIFIERS = {"GP": "PT", "GO": "OT", "GN": "SLP"}
# 59 and its four finer forms: a distinct service.
DISTINCT_MODIFIERS = frozenset({"59", "XE", "XP", "XS", "XU"})
VISIT_NOTES = frozenset({"daily", "evaluation", "re_evaluation", "flowsheet", "progress_report", "discharge"})


class SameDay(NamedTuple):
    """Another line of the same day, of this claim or (``claim`` set) of another one."""

    line: CaseLine
    claim: OtherClaim | None

    @property
    def discipline(self) -> str | None:
        """Return PT, OT or SLP from the line's modifier."""
        return discipline_of(self.line)


def discipline_of(line: CaseLine) -> str | None:
    """Return the discipline a line's modifier names (42 CFR 410.59(e), 410.60(e), 410.62(d))."""
    return next((DISCIPLINE_MODIFIERS[each] for each in line.modifiers if each in DISCIPLINE_MODIFIERS), None)


class Pair(NamedTuple):
    """Another line of the day that an edit can join with this one, and the edit where there is one."""

    other: SameDay
    edit: NcciEdit | None


class NoteOfVisit(NamedTuple):
    """A note with its number in the case."""

    number: int
    note: CaseNote


class ClaimFacts:
    """The facts of one case that its lines share."""

    def __init__(self, case: Case, knowledge: Knowledge) -> None:
        self.case, self.knowledge = case, knowledge
        self.payer: PayerProfile = profile_of(case.payer, knowledge)
        self._read: dict[int, ReadNote] = {}
        self._sessions: dict[tuple[date, str | None], Session | None] = {}
        self.lines: tuple[LineFacts, ...] = tuple(LineFacts(self, line) for line in case.claim.lines)

    def forget(self) -> None:
        """Let go of the lines, which hold the claim in turn: all that was read is then freed at once, not by the collector of cycles."""
        self.lines = ()

    def notes_of(self, day: date, discipline: str | None) -> list[NoteOfVisit]:
        """Return the notes of a visit: of that day, by the discipline where the author shows one."""
        return [
            NoteOfVisit(index, note)
            for index, note in enumerate(self.case.notes)
            if _is_of_a_visit(note) and note.service_date == day and _may_be_by(note, discipline)
        ]

    def read(self, number: int) -> ReadNote:
        """Return a note of the case, by its number, as it is read."""
        if number not in self._read:
            self._read[number] = ReadNote(self.case.notes[number].text)
        return self._read[number]

    def session(self, day: date, discipline: str | None) -> Session | None:
        """Return the minutes of a visit as its note tells them, or None when there is no note of it."""
        key = (day, discipline)
        if key not in self._sessions:
            notes = [(each.number, self.read(each.number)) for each in self.notes_of(day, discipline)]
            billed = [line for line in self.case.claim.lines if line.service_date == day]
            self._sessions[key] = read_session(notes, billed, self.knowledge.codes) if notes else None
        return self._sessions[key]

    @once
    def has_visit_notes(self) -> bool:
        """Whether the case holds any note of a visit."""
        return any(_is_of_a_visit(note) for note in self.case.notes)


def _is_of_a_visit(note: CaseNote) -> bool:
    """Whether a note tells of a visit: by its kind, or a paper without a kind that a clinician wrote (a test's report)."""
    return note.kind in VISIT_NOTES or (note.kind == "other" and author_of(note.author or "") is not None)


def _may_be_by(note: CaseNote, discipline: str | None) -> bool:
    author = author_of(note.author or "")
    return discipline is None or author is None or author.discipline == discipline


class LineFacts:
    """One claim line with the payer's answer and what belongs to its day."""

    def __init__(self, claim: ClaimFacts, line: CaseLine) -> None:
        self.claim, self.line = claim, line
        self.case, self.payer, self.knowledge = claim.case, claim.payer, claim.knowledge
        self.code, self.day = line.code, line.service_date
        self.procedure: ProcedureCode | None = claim.knowledge.codes.get(line.code)
        self.answer: LineAnswer | None = claim.case.answer(line.line)

    @once
    def discipline(self) -> str | None:
        """Return PT, OT or SLP: the line's modifier, else the rendering clinician's."""
        rendering = self.case.claim.rendering_provider
        return discipline_of(self.line) or (rendering.discipline if rendering else None)

    @once
    def remarks(self) -> tuple[str, ...]:
        """Return the remarks of the line and the claim."""
        remittance = self.case.remittance
        return (*(self.answer.remarks if self.answer else ()), *(remittance.claim_remarks if remittance else ()))

    @once
    def adjustments(self) -> tuple[tuple[str, str], ...]:
        """Return (group, CARC) of every adjustment of the line and the claim."""
        return tuple((each.group, each.carc) for each in self._classifiable.adjustments) if self._classifiable else ()

    @once
    def _classifiable(self) -> LineToClassify | None:
        remittance = self.case.remittance
        if remittance is None or (self.answer is None and not remittance.claim_adjustments):
            return None
        answer, line = self.answer, self.line
        paid = answer.paid_cents if answer else 0
        units_paid = answer.units_paid if answer else None
        return LineToClassify(
            charge_cents=line.charge_cents,
            paid_cents=paid,
            units_billed=line.units,
            units_paid=units_paid if units_paid is not None else line.units if paid > 0 else 0,
            adjustments=(*(answer.adjustments if answer else ()), *remittance.claim_adjustments),
            remarks=self.remarks,
            modifiers=line.modifiers,
            payer_kind=self.payer.kind,
            claim_status=remittance.claim_status,
        )

    @once
    def classified(self) -> ClassifiedLine | None:
        """Return what the payer's answer is; None for a line nobody answered."""
        line = self._classifiable
        return classify_line(line, self.knowledge.adjustment_table) if line is not None else None

    @once
    def said(self) -> frozenset[str]:
        """Return the reason codes (CARC) of what was not paid, and the remarks that can be causes."""
        line, classified = self._classifiable, self.classified
        if line is None or classified is None:
            return frozenset()
        carcs = {
            adjustment.carc
            for adjustment, found in zip(line.adjustments, classified.adjustment_classes, strict=True)
            if found in _REASONS
        }
        if classified.primary is not None:
            carcs.add(classified.primary.carc)
        return frozenset(carcs.union(self.knowledge.adjustment_table.causes(self.remarks)))

    def says(self, codes: frozenset[str]) -> bool:
        """Whether the payer gave one of these reason or remark codes."""
        return not self.said.isdisjoint(codes)

    @property
    def group(self) -> str:
        """Return the group code of the denied amount: CO, PR, OA, PI, or nothing."""
        primary = self.classified.primary if self.classified else None
        return primary.group if primary else ""

    @once
    def same_day(self) -> tuple[SameDay, ...]:
        """Return the other lines of the same day, this claim's first."""
        return tuple(self._same_day())

    def _same_day(self) -> Iterator[SameDay]:
        for line in self.case.claim.lines:
            if line.line != self.line.line and line.service_date == self.day:
                yield SameDay(line, None)
        for claim in self.case.history.other_claims:
            for line in claim.lines:
                if line.service_date == self.day:
                    yield SameDay(line, claim)

    @once
    def timed_units(self) -> dict[str, float]:
        """Return the units of each 15-minute code billed for the line's day."""
        found: dict[str, float] = {}
        for line in self.case.claim.lines:
            procedure = self.knowledge.codes.get(line.code)
            if line.service_date == self.day and procedure is not None and procedure.timed:
                found[line.code] = found.get(line.code, 0) + line.units
        return found

    @once
    def pairs(self) -> tuple[Pair, ...]:
        """Return the lines of the day with their NCCI edits.

        Edits join the services of one provider: facility claims across disciplines, others within one.
        """
        setting = self.case.practice.setting
        return tuple(
            Pair(other, self.knowledge.ncci_edit(self.code, other.line.code, self.day, setting))
            for other in self.same_day
            if other.line.code != self.code and (setting == "facility" or self._is_of_same_provider(other))
        )

    def _is_of_same_provider(self, other: SameDay) -> bool:
        return other.claim is None or None in {other.discipline, self.discipline} or other.discipline == self.discipline

    @once
    def has_paid_sibling(self) -> bool:
        """Whether the payer paid another line of the same claim and day: then the claim as a whole was in order."""
        return any(
            other is not self
            and other.day == self.day
            and other.answer is not None
            and other.answer.paid_cents > 0
            and other.classified is not None
            and other.classified.line_class in _PAID
            for other in self.claim.lines
        )

    @once
    def session(self) -> Session | None:
        """Return the visit's minutes, or None without a note of the day."""
        return self.claim.session(self.day, self.discipline)

    @once
    def contents(self) -> tuple[Content, ...]:
        """Return what the notes of the visit show of the line's code."""
        billed = frozenset(line.code for line in self.case.claim.lines if line.service_date == self.day)
        return read_contents([(each.number, self.claim.read(each.number)) for each in self.notes], self.code, billed)

    @once
    def notes(self) -> list[NoteOfVisit]:
        """Return the notes of the visit."""
        return self.claim.notes_of(self.day, self.discipline)


_REASONS = frozenset({AdjustmentClass.DENIAL, AdjustmentClass.UNCLASSIFIED})
_PAID = frozenset({LineClass.PAID, LineClass.REDUCED, LineClass.PATIENT_SHARE})
