"""The shapes of what the product knows: one frozen fact per row of a data file, each with its source."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple


class Source(NamedTuple):
    """Where a fact comes from. ``confidence`` is ``source``, ``knowledge``, ``old``, ``conflicting`` or ``assumed``."""

    tag: str
    title: str
    checked_on: date
    confidence: str


class Carc(NamedTuple):
    """A claim adjustment reason code, in our own words. ``route`` is a product path."""

    code: str
    meaning: str
    category: str
    default_class: str
    appealable: str
    route: str
    status: str
    started_on: date | None
    stopped_on: date | None
    rarc_required: bool
    therapy_note: str
    usual_groups: tuple[str, ...]
    replaced_by: str
    core_scenario: str
    source: Source


class Rarc(NamedTuple):
    """A remittance advice remark code, in our own words. ``route`` is a product path.

    ``bars_appeal`` is empty, ``always``, or ``unless_duplicate``.
    """

    code: str
    meaning: str
    category: str
    is_alert: bool
    hint: str
    route: str
    status: str
    replaced_by: str
    relevance: str
    bars_appeal: str
    source: Source


class ProcedureCode(NamedTuple):
    """A therapy procedure code, in our own words.

    ``time_basis`` is ``15_minutes``, ``untimed``, ``hour`` ...; ``timed`` means that its minutes make 15-minute units.
    ``therapy_status`` is ``always``, ``sometimes`` or ``none``; ``medicare_status`` the fee schedule's status letter;
    ``mppr`` says that the multiple-procedure cut applies; ``add_on_to`` is the code it cannot stand without.
    """

    code: str
    meaning: str
    time_basis: str
    timed: bool
    contact: str
    disciplines: tuple[str, ...]
    therapy_status: str
    mppr: bool
    note: str
    source: Source
    medicare_status: str
    typical_minutes: int | None
    add_on_to: str


class Modifier(NamedTuple):
    """A modifier: what it says, what to check, and what follows when it is missing or wrong."""

    code: str
    meaning: str
    check: str
    when_wrong: str
    source: Source


class RootCause(NamedTuple):
    """A cause of denials. ``starts_at`` is therapist, front desk, biller, payer or patient."""

    code: str
    title: str
    group: str
    definition: str
    starts_at: str
    avoidable: bool
    source: str


class NcciEdit(NamedTuple):
    """A pair of codes not paid together.

    ``indicator`` 0 never, 1 with a modifier and separate time. ``exact_quarter`` is False when the table of the date
    of service's own quarter is not loaded.
    """

    column1: str
    column2: str
    indicator: int
    rationale: str
    quarter: str
    exact_quarter: bool
    source: Source


class EndedEdit(NamedTuple):
    """A pair of codes that was an edit once and is none in the quarter's table: (last day, indicator) per row.

    A row with indicator 9 was deleted back to its start: it never was in force.
    """

    column1: str
    column2: str
    ended: tuple[tuple[date, int], ...]
    quarter: str
    exact_quarter: bool
    source: Source


class Mue(NamedTuple):
    """The most units of a code a day. ``mai`` 2 is absolute, 3 can be overturned with records."""

    code: str
    units: int
    mai: int
    quarter: str
    exact_quarter: bool
    source: Source


class Figure(NamedTuple):
    """A yearly Medicare amount in cents. ``pool`` is ``pt_slp`` or ``ot``."""

    cents: int
    year: int
    pool: str
    source: str
    checked_on: date


class Cited(NamedTuple):
    """Why a default is what it is."""

    source: str
    confidence: str
    checked_on: date


class PayerDefaults(NamedTuple):
    """What holds for a kind of payer until a practice knows better; ``cited[name]`` gives each field's source.

    ``counting_method`` is ``cms``, ``spm`` or ``hybrid``. ``nonpayable_codes`` gives each code's reason in words.
    ``habits`` are the values of ``tracker.domain.payer_habits``; they and ``filing_days`` are None where nothing
    general can be said.
    """

    kind: str
    title: str
    counting_method: str
    requires_discipline_modifier: bool
    uses_kx: bool
    filing_days: int | None
    nonpayable_codes: Mapping[str, str]
    habits: Mapping[str, bool | int | None]
    cited: Mapping[str, Cited]


class Play(NamedTuple):
    """The usual meaning of a denial and the best response. ``path`` and ``other_path`` are product paths."""

    rank: int
    meaning: str
    category: str
    response: str
    path: str
    other_path: str
    letters: tuple[str, ...]
    evidence: str
    source: Source
