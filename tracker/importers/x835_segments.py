"""What single segments of an 835's claim and service loops mean.

Each segment becomes a fact: the place of a field in ClaimPayment or ServicePayment and its value. Places from ADJUSTMENTS
on are no fields; they say what else is to be done with the value.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from tracker.domain.remittance import Adjustment, ClaimPayment, Person, ServicePayment
from tracker.importers.x12 import ELEMENT
from tracker.importers.x12_values import padded, read_cents, read_date, read_procedure, read_quantity

Fact = tuple[int, Any]

# Places beyond the fields.
ADJUSTMENTS, REMARKS, RENDERING, NOTE, NOTHING = range(100, 105)

_claim_field = ClaimPayment._fields.index
_line_field = ServicePayment._fields.index

_UNUSED: Fact = (NOTHING, None)
_OF_AN_835 = frozenset(
    {
        "ST",
        "BPR",
        "NTE",
        "TRN",
        "CUR",
        "REF",
        "DTM",
        "N1",
        "N2",
        "N3",
        "N4",
        "PER",
        "RDM",
        "LX",
        "TS2",
        "TS3",
        "CLP",
        "CAS",
    }
    | {"NM1", "MIA", "MOA", "AMT", "QTY", "SVC", "LQ", "PLB", "SE"}
)


def read_claim_segment(text: str) -> Fact:
    """Return what a segment between CLP and the first SVC tells about the claim. Raises NotMoney."""
    elements = padded(text.split(ELEMENT), 4) if text.count(ELEMENT) < 3 else text.split(ELEMENT)
    read = _CLAIM_READERS.get(elements[0])
    if read is not None:
        return read(elements)
    return _unused(elements[0], _CLAIM_UNUSED, "a claim")


def read_line_segment(text: str) -> Fact:
    """Return what a segment after an SVC tells about the service line. Raises NotMoney."""
    elements = padded(text.split(ELEMENT), 4) if text.count(ELEMENT) < 3 else text.split(ELEMENT)
    read = _LINE_READERS.get(elements[0])
    if read is not None:
        return read(elements)
    return _unused(elements[0], _LINE_UNUSED, "a service line")


def read_service(text: str) -> tuple[Any, ...]:
    """Return the first nine fields of a ServicePayment from the elements of an SVC. Raises NotMoney.

    An empty SVC05 means one unit (TR3 005010X221), but payers leave it empty on unpaid lines too, where SVC07 tells the
    units billed. SVC06 is the procedure as billed when the payer changed or bundled it.
    """
    procedure, charge, paid, revenue, units, submitted, billed = padded(text.split(ELEMENT), 7)
    done = read_procedure(procedure)
    sent = read_procedure(submitted) if submitted.strip() else None
    units_paid = read_quantity(units)
    if units_paid is None:
        units_paid = 1.0
    units_billed = read_quantity(billed)
    if done.qualifier == "NU":  # a revenue code in place of a procedure
        revenue = revenue or done.code
    return (
        done.code,
        done.modifiers,
        read_cents(charge),
        read_cents(paid),
        units_paid,
        units_paid if units_billed is None else units_billed,
        sent.code if sent else None,
        sent.modifiers if sent else (),
        revenue.strip(),
    )


def _unused(name: str, known: frozenset[str], place: str) -> Fact:
    if name in known:
        return _UNUSED
    if name in _OF_AN_835:
        return NOTE, f"{name} does not belong in {place} and was left out."
    return NOTE, f"{name[:10]} is no segment of an 835 and was left out."


def read_adjustments(elements: list[str]) -> Fact:
    """Return the adjustments of a CAS (up to six: reason, amount, quantity) with their sum in cents."""
    group, found = elements[1].strip().upper(), []
    for at in range(2, len(elements), 3):
        carc, amount, quantity = padded(elements[at : at + 3], 3)
        if carc.strip() or amount.strip():
            found.append(Adjustment(group, carc.strip().upper(), read_cents(amount), read_quantity(quantity)))
    return ADJUSTMENTS, (tuple(found), sum(each.amount_cents for each in found))


def _date(place: int) -> Callable[[list[str]], Fact]:
    def read(elements: list[str]) -> Fact:
        found = read_date(elements[2].strip())
        return (place, found) if found else (NOTE, _not_a_date(elements[2]))

    return read


def _not_a_date(text: str) -> str:
    return f"{text[:20]} is not a date between 1990 and 2100." if text.strip() else "The date is missing."


def _text(place: int) -> Callable[[list[str]], Fact]:
    return lambda elements: (place, elements[2].strip())


def _cents(place: int) -> Callable[[list[str]], Fact]:
    return lambda elements: (place, read_cents(elements[2]))


def read_person(text: str) -> Person:
    """Return whom an NM1 names."""
    elements = text.split(ELEMENT)
    if len(elements) < 10:
        elements += [""] * (10 - len(elements))
    return Person(elements[3].strip(), elements[4].strip(), elements[5].strip(), elements[9].strip())


def _person(field: str) -> Callable[[str], Fact]:
    place = _claim_field(field)
    return lambda text: (place, read_person(text))


def _reference(place: int) -> Callable[[str], Fact]:
    return lambda text: (place, text.split(ELEMENT, 3)[2].strip() if text.count(ELEMENT) > 1 else "")


def _rendering(elements: list[str]) -> Fact:
    values = [value.strip() for value in padded(elements, 10)]
    name = f"{values[3]}, {values[4]}" if values[4] else values[3]
    return RENDERING, (values[9] if values[8] == "XX" else "", name)


def _by_qualifier(readers: dict[str, Callable[[list[str]], Fact]]) -> Callable[[list[str]], Fact]:
    def read(elements: list[str]) -> Fact:
        reader = readers.get(elements[1].strip())
        return reader(elements) if reader is not None else _UNUSED

    return read


def _remarks_at(*places: int) -> Callable[[list[str]], Fact]:
    def read(elements: list[str]) -> Fact:
        found = (elements[place].strip().upper() for place in places if place < len(elements))
        return REMARKS, tuple(remark for remark in found if remark)

    return read


def _line_remark(elements: list[str]) -> Fact:
    code = elements[2].strip().upper()
    return (REMARKS, (code,)) if code and elements[1].strip() in {"HE", ""} else _UNUSED


_STATEMENT_FROM = _date(_claim_field("statement_from"))
_RECEIVED = _date(_claim_field("received_on"))
_LINE_FROM, _LINE_TO = _date(_line_field("service_from")), _date(_line_field("service_to"))

_CLAIM_READERS: dict[str, Callable[[list[str]], Fact]] = {
    "CAS": read_adjustments,
    "NM1": _by_qualifier(
        {"82": _rendering, "TT": lambda elements: (_claim_field("crossover_payer"), elements[3].strip())}
    ),
    "MIA": _remarks_at(5, 20, 21, 22, 23),
    "MOA": _remarks_at(3, 4, 5, 6, 7),
    "REF": _by_qualifier({"1L": _text(_claim_field("group_number"))}),
    "DTM": _by_qualifier(
        {
            "232": _STATEMENT_FROM,
            "472": _STATEMENT_FROM,
            "233": _date(_claim_field("statement_to")),
            "050": _RECEIVED,
            "50": _RECEIVED,
        }
    ),
    "AMT": _by_qualifier({"AU": _cents(_claim_field("allowed_cents"))}),
}  # fmt: skip
# Names and references are seldom the same in two claims, so remembering them would only take room.
CLAIM_SEGMENTS_READ_ONCE: Mapping[str, Callable[[str], Fact]] = MappingProxyType(
    {
        f"NM1{ELEMENT}QC": _person("patient"),
        f"NM1{ELEMENT}IL": _person("subscriber"),
        f"NM1{ELEMENT}74": _person("corrected_patient"),
        f"REF{ELEMENT}F8": _reference(_claim_field("original_reference")),
    }
)
_CLAIM_UNUSED = frozenset({"PER", "QTY", "TS2", "TS3", "N3", "N4", "NTE"})

_LINE_READERS: dict[str, Callable[[list[str]], Fact]] = {
    "CAS": read_adjustments,
    "DTM": _by_qualifier(
        {"472": _LINE_FROM, "150": _LINE_FROM, "151": _LINE_TO, "232": _LINE_FROM, "233": _LINE_TO}
    ),
    "REF": _by_qualifier({"0K": _text(_line_field("policy"))}),
    "AMT": _by_qualifier({"B6": _cents(_line_field("allowed_cents"))}),
    "LQ": _line_remark,
}  # fmt: skip
LINE_SEGMENTS_READ_ONCE: Mapping[str, Callable[[str], Fact]] = MappingProxyType(
    {f"REF{ELEMENT}6R": _reference(_line_field("control_number"))}
)
_LINE_UNUSED = frozenset({"QTY", "TS2", "TS3", "NTE", "PER"})
