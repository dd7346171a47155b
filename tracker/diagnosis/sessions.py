"""The minutes of one visit set against the codes billed for it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tracker.diagnosis.contents import family_of
from tracker.diagnosis.findings import Quote, quote
from tracker.domain.case import CaseLine
from tracker.domain.once import once
from tracker.domain.units import UnitCount, count_units
from tracker.knowledge import ProcedureCode
from tracker.reading.minutes import Minutes, ServiceMinutes, SharedMinutes, TimeBlock
from tracker.reading.note import ReadNote
from tracker.reading.people import helpers_named
from tracker.reading.services import lowered
from tracker.reading.techniques import within
from tracker.reading.times import Time

_LEAST_SERVICE = 8  # a shorter stretch of the clock is a break or no service that could be billed
_LEAST_BY_WORDS = 5  # a shorter length of time within a sentence is a hold or a rest
_LABEL_REACH = 70
_LONGEST = 100_000
_TREATMENT = re.compile(
    r"(?m)^[ \t]*(?:treatment|intervention|tx|rx)[ :=-]{1,3}(\d{1,3})[ ]?min(?:utes)?\b", re.IGNORECASE
)
_CLAUSE_REACH = 45
_TOTALS_APART = 24  # "Timed 34 / Total 34", and what stands between in a table
_CLAUSE = re.compile(r"[,;:|\n(\[]|\.(?:[ ]|$)|[ ]{2,}")


class CodeMinutes(NamedTuple):
    """Minutes of one code with the places they were read from; ``inferred`` from the total or a description."""

    minutes: int
    quotes: tuple[Quote, ...]
    inferred: bool = False


@dataclass(frozen=True)
class Session:
    """What the note of a visit says about time.

    ``by_code`` holds timed codes only, ``entries`` what the note lists for each of them; ``least`` and ``most`` bound the total timed minutes (None: not told).
    ``helper`` is the place where the note names an aide or student, whose minutes would not count.
    """

    note: int
    text: str
    minutes: Minutes
    by_code: Mapping[str, CodeMinutes]
    entries: Mapping[str, tuple[ServiceMinutes, ...]]
    stated: int | None
    listed: int | None
    least: int | None
    most: int | None
    helper: Quote | None

    def count(self, method: str) -> UnitCount:
        """Return the units the timed minutes make by a way of counting (``cms``, ``spm``, ``hybrid``)."""
        return self._counts[method]

    @once
    def _counts(self) -> Mapping[str, UnitCount]:
        minutes = {code: each.minutes for code, each in self.by_code.items()}
        return {method: count_units(method, minutes) for method in ("cms", "spm", "hybrid")}

    @once
    def quotes(self) -> tuple[Quote, ...]:
        """Return the places the minutes stand at: per code, then the total."""
        found = [each for code in self.by_code.values() for each in code.quotes]
        if not found:
            found = [self._at(block) for block in self.minutes.blocks if block.minutes >= _LEAST_SERVICE]
        found += [quote(self.note, self.text, each.start, each.end) for each in self.minutes.shared]
        return (*found[:3], *self.total_quote)

    @once
    def total_quote(self) -> tuple[Quote, ...]:
        """Return the place of the timed total."""
        total = self.minutes.timed
        if total is None:
            return ()
        end = total.end
        treatment = self.minutes.treatment
        if treatment is not None and total.end <= treatment.start <= total.end + _TOTALS_APART:
            end = treatment.end  # Timed 34 / Total 34
        return (quote(self.note, self.text, total.start, end),)

    @once
    def clock_quotes(self) -> tuple[Quote, ...]:
        """Return the lines that tell when the visit or its parts were."""
        places: list[TimeBlock | ServiceMinutes] = [*self.minutes.blocks]
        places += [service for service in self.minutes.services if service.clock]
        if places or len(self.minutes.stretches) > 1:
            places += self.minutes.stretches  # times under a word that names no service: INDIVIDUAL 10:40-10:56
        if not places and self.minutes.session is not None:
            return (_line_quote(self.note, self.text, self.minutes.session.start, self.minutes.session.end),)
        return tuple(self._at(place) for place in sorted(places, key=lambda place: place.start))

    def _at(self, place: TimeBlock | ServiceMinutes) -> Quote:
        return _line_quote(self.note, self.text, place.start, place.end)


def read_session(
    notes: Sequence[tuple[int, ReadNote]], billed: Sequence[CaseLine], codes: Mapping[str, ProcedureCode]
) -> Session:
    """Return the session told by the notes of one visit (number, as read): the note that tells most about time."""
    index, read = max(notes, key=lambda each: _information(each[1].minutes))
    return _Reader(index, read, billed, codes).session()


def _information(minutes: Minutes) -> tuple[bool, int, bool, int]:
    return (minutes.timed is not None, len(minutes.services), minutes.session is not None, len(minutes.blocks))


class _Reader:
    def __init__(
        self,
        index: int,
        read: ReadNote,
        billed: Sequence[CaseLine],
        codes: Mapping[str, ProcedureCode],
    ) -> None:
        self._index, self._read, self._codes = index, read, codes
        self._text, self._minutes = read.text, read.minutes
        self._billed = tuple(dict.fromkeys(line.code for line in billed))
        self._timed = tuple(code for code in self._billed if self._is_timed(code))
        self._untimed_billed = len(self._timed) < len(self._billed)

    def session(self) -> Session:
        services = self._by_code()
        stated = self._minutes.timed.minutes if self._minutes.timed else self._with_shared(services)
        listed_codes = {code: self._counted(items, stated, services) for code, items in services.items()}
        entries = {code: items for code, items in listed_codes.items() if self._is_timed(code)}
        by_code = {code: self._sum(items) for code, items in entries.items()}
        by_code |= self._only_block(by_code, {code for code in self._billed if code not in listed_codes})
        by_code = by_code or self._by_words(stated)
        by_code |= self._treatment_beside_evaluation(by_code)
        if stated is None:
            by_code |= self._told_in_prose(by_code)
        listed = sum(each.minutes for each in by_code.values()) if by_code else None
        complete = all(code in by_code for code in self._timed)
        if not complete and stated is not None:
            by_code |= self._remainder(by_code, stated)
        least, most = self._bounds(stated, listed if complete else None)
        helper = helpers_named(lowered(self._text))
        return Session(
            self._index,
            self._text,
            self._minutes,
            by_code,
            entries,
            stated,
            listed,
            least,
            most,
            quote(self._index, self._text, *helper) if helper else None,
        )

    def _is_timed(self, code: str) -> bool:
        return code in self._codes and self._codes[code].timed

    def _by_code(self) -> dict[str, list[ServiceMinutes]]:
        found: dict[str, list[ServiceMinutes]] = {}
        for service in self._minutes.services:
            code = next((code for code in service.codes if code in self._billed), service.codes[0])
            found.setdefault(code, []).append(service)
        for shared, billed in self._shared:
            if len(billed) == 1:
                found.setdefault(billed[0], []).append(ServiceMinutes(billed, shared.minutes, shared.start, shared.end))
        return found

    @once
    def _shared(self) -> tuple[tuple[SharedMinutes, tuple[str, ...]], ...]:
        """Return the minutes services have together, with those of their codes that were billed."""
        return tuple(
            (each, tuple(code for code in self._billed if any(code in name for name in each.names)))
            for each in self._minutes.shared
        )

    def _with_shared(self, services: Mapping[str, Sequence[ServiceMinutes]]) -> int | None:
        """Return the timed minutes where services that have theirs together make the list of timed codes complete."""
        several = [(each, codes) for each, codes in self._shared if len(codes) > 1]
        together = {code for _, codes in several for code in codes}
        if not several or not together.isdisjoint(services) or not together.issubset(self._timed):
            return None
        if not together.union(services).issuperset(self._timed):
            return None
        single = sum(item.minutes for code, items in services.items() if self._is_timed(code) for item in items)
        return single + sum(each.minutes for each, _ in several)

    def _counted(
        self, items: Sequence[ServiceMinutes], stated: int | None, services: Mapping[str, Sequence[ServiceMinutes]]
    ) -> tuple[ServiceMinutes, ...]:
        """Return the entries of a code; a figure that stands twice counts once unless the total wants it twice.

        So does a length told by the clock and in minutes, where the total wants it once.
        """
        once = tuple({(item.minutes, item.clock): item for item in items}.values())
        everything = sum(item.minutes for code in services if self._is_timed(code) for item in services[code])
        if everything == stated:
            return tuple(items)
        lengths = tuple({item.minutes: item for item in once}.values())
        others = everything - sum(item.minutes for item in items)
        return lengths if others + sum(item.minutes for item in lengths) == stated else once

    def _sum(self, items: Sequence[ServiceMinutes]) -> CodeMinutes:
        quotes = tuple(quote(self._index, self._text, item.start, _clause_end(self._text, item.end)) for item in items)
        return CodeMinutes(sum(item.minutes for item in items), quotes)

    def _only_block(self, known: Mapping[str, CodeMinutes], missing: set[str]) -> dict[str, CodeMinutes]:
        """Give the one stretch of the clock without a name to the one billed code without minutes."""
        blocks = [block for block in self._minutes.blocks if block.minutes >= _LEAST_SERVICE]
        if len(blocks) != 1 or len(missing) != 1 or not missing <= set(self._timed) or not known:
            return {}
        place = _line_quote(self._index, self._text, blocks[0].start, blocks[0].end)
        return {missing.pop(): CodeMinutes(blocks[0].minutes, (place,))}

    def _by_words(self, stated: int | None) -> dict[str, CodeMinutes]:
        """Give sentences or lines with minutes but no service's name to the billed codes whose words they hold.

        Only where each timed code gets one of them and they add up to the total.
        """
        found: dict[str, CodeMinutes] = {}
        whole = self._minutes.treatment or self._minutes.session
        total = stated or (whole.minutes if whole is not None and not self._untimed_billed else None)
        if total is None or len(self._timed) < 2:
            return {}
        past = 0
        for time in self._read.times:
            if time.kind == "number" or time.minutes < _LEAST_BY_WORDS:
                continue
            code = self._code_beside(time, past)
            past = time.end
            if code is None:
                continue
            if code in found:
                return {}
            found[code] = CodeMinutes(time.minutes, (_line_quote(self._index, self._text, time.start, time.end),))
        fits = len(found) == len(self._timed) and sum(each.minutes for each in found.values()) == total
        return found if fits else {}

    def _code_beside(self, time: Time, past: int) -> str | None:
        """Return the code of the words before a length of time in its sentence, else behind it.

        Where it ends a sentence (``... scar mobilization. 30 min.``) those of the sentence before.
        """
        passage = self._read.passage_at(time.start)
        before = self._code_in_words(max(passage.start, past), time.start)
        if before is None and self._text[time.end - 1 : time.end + 1].startswith(".") and passage.start:
            earlier = self._read.passage_at(passage.start - 1)
            return self._code_in_words(earlier.start, earlier.end)
        return before or self._code_in_words(time.end, passage.end)

    def _code_in_words(self, start: int, end: int) -> str | None:
        """Return the billed timed code that the words of a stretch show, the one with most of them."""
        words = [each for each in within(self._read.techniques, start, end) if "generic" not in each.shows]
        counts = {
            code: sum((family in each.proves) + (family in each.shows) for each in words)
            for code, family in ((code, family_of(code)) for code in self._timed)
        }
        best = max(counts, key=counts.__getitem__)
        return best if counts[best] else None

    def _treatment_beside_evaluation(self, known: Mapping[str, CodeMinutes]) -> dict[str, CodeMinutes]:
        """Give "Treatment 11 min" to the one timed code billed beside an untimed one, where nothing else is told."""
        match = _TREATMENT.search(self._text[:_LONGEST])
        if match is None or known or len(self._timed) != 1 or not self._untimed_billed or self._minutes.timed:
            return {}
        return {self._timed[0]: CodeMinutes(int(match[1]), (quote(self._index, self._text, *match.span()),))}

    def _told_in_prose(self, known: Mapping[str, CodeMinutes]) -> dict[str, CodeMinutes]:
        """Give minutes told in running text to the one billed timed code without minutes that the sentence describes."""
        missing = [code for code in self._timed if code not in known]
        parts = self._read.told_parts if missing and known and not self._minutes.shared else ()
        found: dict[str, CodeMinutes] = {}
        for time, passage in parts:
            shown = {family for each in within(self._read.techniques, *passage) for family in each.shows}
            fitting = [code for code in missing if family_of(code) in shown]
            if len(fitting) == 1:
                before = found.get(fitting[0], CodeMinutes(0, ()))
                place = quote(self._index, self._text, *passage)
                found[fitting[0]] = CodeMinutes(before.minutes + time.minutes, (*before.quotes, place), inferred=True)
        return found

    def _remainder(self, known: Mapping[str, CodeMinutes], stated: int) -> dict[str, CodeMinutes]:
        """Give what is left of the total to the one billed timed code without minutes."""
        missing = [code for code in self._timed if code not in known]
        left = stated - sum(each.minutes for each in known.values())
        return {missing[0]: CodeMinutes(left, (), inferred=True)} if len(missing) == 1 and left > 0 else {}

    def _bounds(self, stated: int | None, listed: int | None) -> tuple[int | None, int | None]:
        told = [minutes for minutes in (stated, listed) if minutes is not None]
        if told:
            return min(told), max(told)
        blocks = self._minutes.blocks
        if blocks and not self._untimed_billed:
            every = [block.minutes for block in blocks]
            return sum(minutes for minutes in every if minutes >= _LEAST_SERVICE), sum(every)
        whole = self._minutes.treatment or self._minutes.session
        if whole is not None and len(self._billed) == len(self._timed) == 1:
            return whole.minutes, whole.minutes  # nothing else was given in that time
        return None, whole.minutes if whole is not None else None


def _clause_end(text: str, end: int) -> int:
    """Return where the words right after minutes end ("19 min scar mobilization"), ``end`` when they run on."""
    stop = _CLAUSE.search(text, end, min(end + _CLAUSE_REACH, len(text)))
    return stop.start() if stop is not None else end


def _line_quote(index: int, text: str, start: int, end: int) -> Quote:
    """Return the place with the words around it on its line, cut at a sentence's end."""
    line_start = text.rfind("\n", max(0, start - _LABEL_REACH), start) + 1
    line_start = line_start if line_start or start <= _LABEL_REACH else start
    line_end = text.find("\n", end, end + _LABEL_REACH)
    stop = line_end if line_end >= 0 else min(len(text), end + _LABEL_REACH)
    for mark in (". ", "; ", ": "):
        cut = text.find(mark, end + 2, stop)
        stop = cut if cut >= 0 else stop
    return quote(index, text, line_start, stop)
