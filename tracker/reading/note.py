"""One note as it is read: each subject once, and only when somebody asks."""

from functools import cached_property

from tracker.reading.blocks import Block, find_blocks, find_labels
from tracker.reading.company import Company, find_company
from tracker.reading.idle import Idle, bouts, find_idle
from tracker.reading.minutes import Minutes, read_minutes
from tracker.reading.passages import Heading, Passage, headings, passages
from tracker.reading.sections import Section, sections
from tracker.reading.services import ServiceName, find_services, lowered
from tracker.reading.techniques import Technique, find_techniques
from tracker.reading.times import Time, find_times


class ReadNote:
    """A note's text with what is read from it. Every fact carries the place it stands at (``text[start:end]``)."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def low(self) -> str:
        """Return the text in lower case with every character at its own place."""
        return lowered(self.text)

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Return its sentences and lines."""
        return passages(self.text)

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        """Return its headings with what stands under them."""
        return headings(self.text)

    @cached_property
    def services(self) -> tuple[ServiceName, ...]:
        """Return the services it names."""
        return tuple(find_services(self.text, self.low))

    @cached_property
    def minutes(self) -> Minutes:
        """Return its minutes per service, totals and times of day."""
        return read_minutes(self.text)

    @cached_property
    def _labels(self) -> tuple[Block, ...]:
        return find_labels(self.low, self.minutes.services, self.services)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Return its lines by what they tell of: what was done, or something else."""
        timed = frozenset(service.start for service in self.minutes.services)
        return sections(self.low, timed, frozenset(label.start for label in self._labels if label.is_firm))

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Return the stretches that describe single services."""
        return find_blocks(self.low, self._labels, self.sections)

    @cached_property
    def techniques(self) -> tuple[Technique, ...]:
        """Return what its words show of the services."""
        return find_techniques(self.low)

    @cached_property
    def times(self) -> tuple[Time, ...]:
        """Return the lengths of time it names."""
        return tuple(find_times(self.low))

    @cached_property
    def company(self) -> tuple[Company, ...]:
        """Return where it tells who shared the time."""
        return find_company(self.text, self.low)

    @cached_property
    def idle(self) -> tuple[Idle, ...]:
        """Return where it tells of time that counts for no service."""
        return find_idle(self.low, self.times)

    @cached_property
    def bouts(self) -> tuple[int, ...]:
        """Return the minutes of all bouts together, where it writes them so."""
        return tuple(bouts(self.low))
