"""Checks of assistants: CQ and CO where one furnished the service, and evaluations, which only a therapist gives."""

import re
from collections.abc import Mapping

from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.diagnosis.furnishing import SharesOfCode, Writer, furnished, shares_by_code, signer
from tracker.diagnosis.words import units_word
from tracker.domain.units import AssistantAnswer, Furnished, assistant_split, untimed_assistant_answer
from tracker.knowledge.rules import EVALUATIONS, RE_EVALUATIONS, Rule
from tracker.reading.lines import lines_with
from tracker.reading.note import ReadNote
from tracker.reading.people import author_of
from tracker.reading.services import ServiceName
from tracker.reading.treaters import Share

_DISCIPLINE_OF = {"CQ": "GP", "CO": "GO"}
_BESIDE = re.compile(r"[^.,;\n]{0,20}")
_LETTERS = ("PTA", "OTA", "COTA")


def assistant_modifier(facts: LineFacts, _rule: Rule) -> Outcome:
    """CQ or CO stands where an assistant gave the service, with its discipline, and nowhere else."""
    marked = _marked(facts)
    if marked is not None and _DISCIPLINE_OF[marked] not in facts.line.modifiers:
        reason = f"{marked} stands without {_DISCIPLINE_OF[marked]}; the two belong together on the line."
        return Outcome(Result.FAILED, reason, "mod_assistant", cure=f"{_DISCIPLINE_OF[marked]} beside {marked}.")
    if facts.code in EVALUATIONS | RE_EVALUATIONS:
        return NOT_APPLICABLE
    writer = _writer(facts)
    shares = shares_by_code(facts)
    if shares:
        return _by_minutes(facts, shares, by_assistant=writer is not None and writer.is_assistant)
    return _by_writer(facts, writer) if writer is not None else NOT_APPLICABLE


def _marked(facts: LineFacts) -> str | None:
    return next((modifier for modifier in _DISCIPLINE_OF if modifier in facts.line.modifiers), None)


def _wanted(facts: LineFacts) -> str:
    return "CO" if facts.discipline == "OT" else "CQ"


def _by_minutes(facts: LineFacts, shares: Mapping[str, SharesOfCode], *, by_assistant: bool) -> Outcome:
    """Set the line against the units that the minutes of therapist and assistant make."""
    quotes = shares[facts.code].quotes[:3] if facts.code in shares else ()
    if facts.code not in facts.timed_units:
        return _untimed(facts, shares, quotes, by_assistant=by_assistant)
    parts = furnished(facts, shares, by_assistant=by_assistant)
    split = next((each for each in assistant_split(parts) if each.code == facts.code), None)
    if split is None or split.open_units:
        return NOT_APPLICABLE
    told = _told(parts[facts.code])
    if (marked := _marked(facts)) is not None and not split.with_modifier:
        reason = f"{marked} is on the line, but {told}: no unit of {facts.code} carries it."
        return Outcome(Result.FAILED, reason, "mod_assistant", evidence=quotes, cure=f"{facts.code} without {marked}.")
    if marked is None and split.with_modifier > _units_with_modifier(facts):
        wanted = _wanted(facts)
        reason = f"{told.capitalize()}: {units_word(split.with_modifier)} of {facts.code} carry {wanted}, {units_word(split.without)} none; the line carries none."
        cure = f"{wanted} on {units_word(split.with_modifier)} of {facts.code}."
        return Outcome(Result.FAILED, reason, "mod_assistant", evidence=quotes, cure=cure)
    return passed(f"{told.capitalize()}; {marked or 'no assistant modifier'} fits.", *quotes)


def _told(parts: Furnished) -> str:
    return f"the therapist gave {parts.therapist} minutes and the assistant alone {parts.assistant}"


def _units_with_modifier(facts: LineFacts) -> float:
    """Return the units of the code billed with CQ or CO on other lines of the day."""
    return sum(
        other.line.units
        for other in facts.same_day
        if other.claim is None and other.line.code == facts.code and not _DISCIPLINE_OF.keys().isdisjoint(other.line.modifiers)
    )  # fmt: skip


def _untimed(
    facts: LineFacts, shares: Mapping[str, SharesOfCode], quotes: tuple[Quote, ...], *, by_assistant: bool
) -> Outcome:
    """An untimed service carries the modifier where the assistant alone gave more than a tenth of it."""
    told = shares[facts.code].shares if facts.code in shares else ()
    if told and all(share.minutes is not None for share in told):
        alone = sum(share.minutes or 0 for share in told if share.rank == "assistant")
        whole = next((share.of for share in told if share.of), None) or sum(share.minutes or 0 for share in told)
        answer = untimed_assistant_answer(whole, alone)
    else:
        assisted = any(share.rank == "assistant" for share in told) or (by_assistant and not told)
        answer = AssistantAnswer.YES if assisted else AssistantAnswer.NO
    marked, wanted = _marked(facts), _wanted(facts)
    if answer is AssistantAnswer.YES and marked is None:
        reason = f"An assistant gave {facts.code}; the line carries no {wanted}."
        return Outcome(Result.FAILED, reason, "mod_assistant", Strength.LIKELY, quotes, cure=f"{wanted} on the line.")
    if answer is AssistantAnswer.NO and marked is not None:
        reason = f"{marked} is on the line; the note shows {facts.code} by the therapist."
        return Outcome(Result.NOT_SHOWN, reason, "mod_assistant", Strength.LIKELY, quotes)
    return NOT_APPLICABLE if answer is AssistantAnswer.BORDERLINE else passed("The modifiers fit who gave it.", *quotes)


def _by_writer(facts: LineFacts, writer: Writer) -> Outcome:
    """Set the line against who wrote the note: what a note does not divide is its writer's own work."""
    marked = _marked(facts)
    if marked is None and writer.is_assistant:
        wanted = _wanted(facts)
        reason = f"The note of the visit is by an assistant ({writer.name}); the line carries no {wanted}."
        sure = len(facts.notes) == 1 and not writer.signed
        strength = Strength.STRONG if sure else Strength.LIKELY
        return Outcome(Result.FAILED, reason, "mod_assistant", strength, writer.quotes, cure=f"{wanted} on the line.")
    if marked is not None and not writer.is_assistant:
        return _without_assistant(facts, marked)
    return passed(f"{marked or 'No assistant modifier'} fits the author of the note.")


def _writer(facts: LineFacts) -> Writer | None:
    """Return the author of the note with the lines that name an assistant; where none is known, who signed first."""
    for index, note in facts.notes:
        author = author_of(note.author or "")
        if author is not None and note.author is not None:
            surname = note.author.split(",")[0].split()[-1]
            places = lines_with(note.text, surname, *_LETTERS) if author.is_assistant else []
            quotes = tuple(quote(index, note.text, *place) for place in places[:2])
            return Writer(note.author, author.is_assistant, quotes, signed=False)
    return signer(facts)


def _without_assistant(facts: LineFacts, modifier: str) -> Outcome:
    if any(lines_with(note.text, "", *_LETTERS, "assistant") for _, note in facts.notes):
        return passed(f"{modifier} is on the line and the note names an assistant.")
    reason = f"{modifier} is on the line; no assistant is shown in the note of the visit."
    return Outcome(Result.NOT_SHOWN, reason, "mod_assistant", Strength.LIKELY)


def evaluation_by_therapist(facts: LineFacts, _rule: Rule) -> Outcome:
    """An evaluation is a therapist's own work and carries no assistant modifier."""
    if (said := _said_by_assistant(facts)) is not None:
        reason = "The note says that an assistant gave the evaluation; only a therapist evaluates."
        return Outcome(Result.FAILED, reason, "prov_personnel_unqualified", Strength.LIKELY, (said,), path="write_off")
    writers = _writers(facts)
    by_assistant = next((writer for writer in writers if writer.is_assistant), None)
    by_therapist = any(not writer.is_assistant for writer in writers)
    if by_assistant is not None and not by_therapist:
        reason = f"The note of the evaluation is by an assistant ({by_assistant.name}); only a therapist evaluates."
        strength = Strength.LIKELY if by_assistant.signed else Strength.STRONG
        return Outcome(
            Result.FAILED, reason, "prov_personnel_unqualified", strength, by_assistant.quotes, path="write_off"
        )
    if (marked := _marked(facts)) is not None:
        reason = f"{marked} stands on {facts.code}; it never belongs on an evaluation."
        return Outcome(Result.FAILED, reason, "mod_assistant", cure=f"{facts.code} without {marked}.")
    return passed("No assistant is shown on the evaluation.") if by_therapist else NOT_APPLICABLE


def _said_by_assistant(facts: LineFacts) -> Quote | None:
    """Return where a note says right beside the evaluation's name that an assistant gave it."""
    for index, _ in facts.notes:
        read = facts.claim.read(index)
        names = [name for name in read.services if facts.code in name.codes]
        for share in read.shares:
            if share.rank == "assistant" and any(_is_beside(read, share, name) for name in names):
                return quote(index, read.text, *read.passage_at(share.start))
    return None


def _is_beside(read: ReadNote, share: Share, name: ServiceName) -> bool:
    first, second = (name, share) if name.start < share.start else (share, name)
    return _BESIDE.fullmatch(read.low, first.end, second.start) is not None


def _writers(facts: LineFacts) -> list[Writer]:
    """Return the authors of the visit's notes, and of notes without one those who signed."""
    found = []
    for index, note in facts.notes:
        author = author_of(note.author or "")
        if author is not None and note.author is not None:
            surname = note.author.split(",")[0].split()[-1]
            places = lines_with(note.text, surname, *_LETTERS)[:2]
            quotes = tuple(quote(index, note.text, *place) for place in places)
            found.append(Writer(note.author, author.is_assistant, quotes, signed=False))
            continue
        for signed in facts.claim.read(index).signatures.by_clinicians:
            assert signed.clinician is not None
            place = quote(index, note.text, signed.start, signed.end)
            is_assistant = signed.clinician.rank == "assistant"
            found.append(
                Writer(f"{signed.clinician.name}, {signed.clinician.letters}", is_assistant, (place,), signed=True)
            )
    return found


CHECKS = {"assistant_modifier": assistant_modifier, "evaluation_by_therapist": evaluation_by_therapist}
