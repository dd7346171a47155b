"""Who furnished the minutes of a visit: therapist or assistant, per code, as far as its notes and signatures tell."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import Quote, quote
from tracker.domain.units import Furnished
from tracker.reading.people import author_of
from tracker.reading.treaters import Share


class Writer(NamedTuple):
    """Who wrote a visit's note: the name, whether an assistant, the places that show it; ``signed`` from a signature."""

    name: str
    is_assistant: bool
    quotes: tuple[Quote, ...]
    signed: bool


class SharesOfCode(NamedTuple):
    """The shares a note tells for a code, with their places."""

    shares: tuple[Share, ...]
    quotes: tuple[Quote, ...]


def signer(facts: LineFacts) -> Writer | None:
    """Return the first clinician who signed a note of the visit whose author is not known otherwise."""
    for index, note in facts.notes:
        signed = facts.claim.read(index).signatures.by_clinicians
        if author_of(note.author or "") is None and signed and (person := signed[0].clinician) is not None:
            place = quote(index, note.text, signed[0].start, signed[0].end)
            return Writer(f"{person.name}, {person.letters}", person.rank == "assistant", (place,), signed=True)
    return None


def shares_by_code(facts: LineFacts) -> Mapping[str, SharesOfCode]:
    """Return what the notes of the visit tell of who gave each billed code; empty where they name no assistant's part."""
    billed = tuple(dict.fromkeys(line.code for line in facts.case.claim.lines if line.service_date == facts.day))
    found: dict[str, SharesOfCode] = {}
    for index, note in facts.notes:
        for share in facts.claim.read(index).shares:
            code = next((each for each in share.codes if each in billed), None)
            if code is None and not share.codes and len(facts.timed_units) == 1:
                code = next(iter(facts.timed_units))
            if code is not None:
                known = found.get(code, SharesOfCode((), ()))
                place = quote(index, note.text, share.start, share.end)
                found[code] = SharesOfCode((*known.shares, share), (*known.quotes, place))
    if any(share.rank == "assistant" for each in found.values() for share in each.shares):
        return found
    return {}


def furnished(facts: LineFacts, shares: Mapping[str, SharesOfCode], *, by_assistant: bool) -> dict[str, Furnished]:
    """Return the minutes of each timed code whose minutes are told; what names nobody is the note's writer's."""
    listed = facts.session.by_code if facts.session is not None else {}
    found: dict[str, Furnished] = {}
    for code in facts.timed_units:
        total = listed[code].minutes if code in listed else None
        if code in shares:
            parts = divided(total, shares[code].shares)
        elif total is not None:
            parts = Furnished(0, total) if by_assistant else Furnished(total, 0)
        else:
            parts = None
        if parts is not None:
            found[code] = parts
    return found


def divided(total: int | None, shares: Sequence[Share]) -> Furnished | None:
    """Return a code's minutes as therapist's (time together included) and assistant's alone; None where it stays open.

    ``total`` is what the note lists for the code. Where both parts are told they make up the code's minutes.
    """
    assistant, therapist = _minutes(shares, "assistant"), _minutes(shares, "therapist")
    together = _minutes(shares, "together") or 0
    whole = next((share.of for share in shares if share.of is not None), total)
    if assistant is not None and therapist is not None:
        return Furnished(therapist + together, assistant)
    if whole is None:
        return None
    if assistant is not None:
        return Furnished(whole - assistant, assistant) if assistant + together <= whole else None
    if any(share.rank == "assistant" for share in shares):
        rest = whole - together - (therapist or 0)
        return Furnished(whole - rest, rest) if rest >= 0 else None
    return Furnished(whole, 0)


def _minutes(shares: Iterable[Share], rank: str) -> int | None:
    """Return the minutes told of a rank; None where none are, or where all of the service is meant."""
    told = [share.minutes for share in shares if share.rank == rank]
    if not told or None in told:
        return None
    return sum(minutes for minutes in told if minutes is not None)
