"""A list of open denials out of another program: which column is what, and what each row says."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from tracker.domain.money import MoneyError
from tracker.domain.remittance import Person
from tracker.importers.table import Row, Table
from tracker.importers.typed import (
    DateError,
    Reason,
    ReasonError,
    ServiceLine,
    read_amount,
    read_date,
    read_line,
    read_reason,
)
from tracker.knowledge import Knowledge

Columns = Mapping[str, int]
"""The place of each fact's column, from 0."""

_EARLIEST = date(1990, 1, 1)  # security.md C-30
_EARLIEST_BIRTH = date(1900, 1, 1)
_EXCEL_DAY_0 = date(1899, 12, 30)
_EXCEL_DAY = re.compile(r"[3-7]\d{4}", re.ASCII)
_TIME = re.compile(r"[ T]+(?:\d{1,2}:\d{2}.*|00:00.*)$", re.ASCII)
_WRITTEN_OUT = ("%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%b %d, %Y", "%B %d, %Y", "%d %B %Y", "%Y/%m/%d")
_BETWEEN = re.compile(r"[\s,;/|+]+")
_SPLIT_REASON = re.compile(r"^([A-Z]{2})[\s:-]+([A-Z]?\d)")
_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact a column can hold: its label on screens and the headers by which it is known, in small letters and digits."""

    label: str
    headers: frozenset[str]
    most: int = 160


def _fact(label: str, *headers: str, most: int = 160) -> Fact:
    return Fact(label, frozenset(_plain(header) for header in (label, *headers)), most)


def _plain(header: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", header.lower())


# The headers are those that billing programs and billers' own sheets use.
FACTS: Mapping[str, Fact] = {
    "payer": _fact(
        "Payer", "Insurance", "Insurance Name", "Insurance Company", "Ins", "Ins Name", "Ins Co", "Carrier",
        "Payer Name", "Payor", "Payor Name", "Primary Insurance", "Primary Payer", "Current Payer", "Plan", "Plan Name",
        most=120,
    ),
    "patient": _fact(
        "Patient", "Patient Name", "Pt", "Pt Name", "Client", "Client Name", "Name", "Patient Full Name", "Member Name",
    ),
    "last_name": _fact("Patient's last name", "Last Name", "Patient Last Name", "Pt Last Name", "Lastname", "Last", "Surname", most=80),
    "first_name": _fact("Patient's first name", "First Name", "Patient First Name", "Pt First Name", "Firstname", "First", most=80),
    "birth_date": _fact(
        "Patient's date of birth", "DOB", "Date of Birth", "Birth Date", "Birthdate", "Patient DOB", "Pt DOB", "Patient Birth Date",
    ),
    "member_id": _fact(
        "Member id", "Member ID", "Member Number", "Member #", "Subscriber ID", "Insured ID", "Policy Number", "Policy #", "Insurance ID", "Ins ID",
        most=80,
    ),
    "claim_number": _fact(
        "Claim number", "Claim", "Claim #", "Claim No", "Claim ID", "Claim Num", "Patient Control Number", "PCN",
        "Pt Control No", "Account", "Account Number", "Account #", "Acct", "Acct #", "Acct No", "Invoice", "Invoice Number",
        "Invoice #", "Encounter", "Encounter ID", "Encounter Number", "Ticket", "Ticket Number", "Visit ID", "Voucher",
        most=80,
    ),
    "service_date": _fact(
        "Service date", "DOS", "Date of Service", "Svc Date", "Visit Date", "Service From", "From DOS", "DOS From",
        "From Date", "Date From", "Service Start Date", "Appt Date", "Treatment Date",
    ),
    "denied_on": _fact(
        "Denial date", "Denied On", "Date Denied", "Denied Date", "EOB Date", "ERA Date", "Remit Date", "Remittance Date",
        "Check Date", "Paid Date", "Payment Date", "Posted Date", "Post Date", "Process Date", "Processed Date",
        "Date Processed", "Adjudication Date", "Response Date",
    ),
    "reason": _fact(
        "Reason code", "Denial Code", "Denial Codes", "Denial Reason Code", "CARC", "CARC Code", "Reason", "Denial Reason", "Adj Code",
        "Adjustment Code", "Adjustment Reason Code", "Adj Reason", "Group and reason", "Claim Adjustment Reason Code", most=60,
    ),
    "group": _fact("Group code", "Group", "Adj Group", "Adjustment Group", "Adjustment Group Code", "CAGC", most=2),
    "remarks": _fact("Remark codes", "RARC", "RARC Code", "RARC Codes", "Remark", "Remark Code", "Remarks", "Remittance Remark Code", most=60),
    "code": _fact(
        "Line code", "CPT", "CPT Code", "CPT/HCPCS", "HCPCS", "HCPCS Code", "Procedure", "Procedure Code", "Proc", "Proc Code", "Service Code",
        "Code", most=40,
    ),
    "modifiers": _fact("Modifiers", "Modifier", "Mod", "Mods", "Mod 1", "Modifier 1", most=20),
    "units": _fact("Units", "Unit", "Qty", "Quantity", "Service Units", most=10),
    "amount": _fact(
        "Denied amount", "Amount", "Amount Denied", "Denied", "Denied Amt", "Denial Amount", "Balance", "Open Balance", "Balance Due",
        "Insurance Balance", "Ins Balance", "Outstanding", "Outstanding Balance", "Outstanding Amount", "Amount Due", "AR Balance", "Charge", "Charges",
        "Charge Amount", "Billed", "Billed Amount", "Billed Charges", "Total Charge", "Total Charges",
    ),
    "file_by": _fact("File-by date", "File By", "Appeal Deadline", "Appeal By", "Deadline", "Appeal Due", "Appeal Due Date", "Due Date", "Due"),
}  # fmt: skip

_WANTED = ("payer", "claim_number", "service_date", "denied_on", "reason", "amount")


class CellProblem(NamedTuple):
    """What cannot be read, and where: the row's number in the file, the column's letter and header."""

    row: int
    column: str
    why: str


@dataclass(frozen=True, slots=True)
class BacklogRow:
    """A denial as a row tells it; ``file_by`` only where the list has a day of its own."""

    row: int
    payer: str
    patient: Person
    claim_number: str
    service_date: date
    denied_on: date
    reason: Reason
    line: ServiceLine
    amount_cents: int
    file_by: date | None


def header_row(rows: Iterable[tuple[int, Sequence[str]]]) -> int | None:
    """Return the number of the row whose cells are most like headers, the first with text if none is, None without rows."""
    with_text = [(number, cells) for number, cells in rows if any(cell.strip() for cell in cells)]
    best = max(with_text[:20], key=lambda row: (len(guess_columns(row[1])), -row[0]), default=None)
    return best[0] if best is not None else None


def guess_columns(headers: Sequence[str]) -> dict[str, int]:
    """Return the column of each fact that a header names; the first name of a fact's list that is there wins."""
    plain = [_plain(header) for header in headers]
    found: dict[str, int] = {}
    for name, fact in FACTS.items():
        own = _plain(fact.label)
        places = sorted(
            (place for place, header in enumerate(plain) if header in fact.headers), key=lambda at: plain[at] != own
        )
        free = [place for place in places if place not in found.values()]
        if free:
            found[name] = free[0]
    return found


def missing_columns(columns: Columns) -> list[str]:
    """Return the facts without which no denial can be logged and that no column holds."""
    missing = [name for name in _WANTED if name not in columns]
    if "patient" not in columns and not {"last_name", "first_name"} <= set(columns):
        missing.append("patient")
    return missing


def column_letter(place: int) -> str:
    """Return the letter by which spreadsheets name a column, from 0: A, B ... Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def is_a_denial(row: Row, columns: Columns) -> bool:
    """Whether a row speaks of a claim at all: sums at the end of a list do not."""
    names = ("claim_number", "patient", "last_name", "service_date")
    return any(row.cells[columns[name]] for name in names if name in columns)


def read_backlog(
    table: Table, columns: Columns, knowledge: Knowledge, today: date
) -> tuple[list[BacklogRow], list[CellProblem]]:
    """Return the rows that can be read and what hinders the others, each once for every cell that has to be mended."""
    found, problems = list[BacklogRow](), list[CellProblem]()
    for row in table.rows:
        if not is_a_denial(row, columns):
            continue
        reader = _RowReader(row, table.headers, columns, knowledge, today)
        read = reader.read()
        if read is not None:
            found.append(read)
        problems += reader.problems
    return found, problems


class _RowReader:
    """Reads the cells of one row; what cannot be read is kept as a problem."""

    def __init__(
        self, row: Row, headers: Sequence[str], columns: Columns, knowledge: Knowledge, today: date
    ) -> None:  # fmt: skip
        self._row, self._headers, self._columns = row, headers, columns
        self._knowledge, self._today = knowledge, today
        self.problems: list[CellProblem] = []

    def read(self) -> BacklogRow | None:
        """Return the row's denial, None when a cell cannot be read."""
        payer, number = self._text("payer"), self._text("claim_number")
        patient = self._patient()
        service_date, denied_on = self._day("service_date"), self._day("denied_on")
        reason, line, cents = self._reason(), self._line(), self._amount()
        file_by = self._day("file_by", may_come=True) if self._cell("file_by") else None
        if service_date and denied_on and denied_on < service_date:
            self._refuse("denied_on", "Denial date must not be before the service date")
        if self.problems:
            return None
        assert patient is not None
        assert service_date is not None
        assert denied_on is not None
        assert reason is not None
        assert line is not None
        return BacklogRow(
            self._row.number, payer, patient, number, service_date, denied_on, reason, line, cents, file_by
        )

    def _cell(self, name: str) -> str:
        return self._row.cells[self._columns[name]] if name in self._columns else ""

    def _refuse(self, name: str, why: str) -> None:
        place = self._columns[name]
        header = self._headers[place]
        where = f"column {column_letter(place)}" + (f" ({header[:40]})" if header else "")
        self.problems.append(CellProblem(self._row.number, where, why))

    def _text(self, name: str) -> str:
        text, label = self._cell(name), FACTS[name].label
        if not text:
            self._refuse(name, f"Enter the {label[0].lower()}{label[1:]}")
        elif text in _ERRORS or text.startswith("="):
            self._refuse(name, f"{label} must be a value, not a formula or its error")
        elif len(text) > FACTS[name].most:
            self._refuse(name, f"{label} must be {FACTS[name].most} characters or fewer")
        return text

    def _patient(self) -> Person | None:
        if "last_name" in self._columns and "first_name" in self._columns:
            return Person(self._text("last_name"), self._text("first_name"), **self._who())
        text = self._text("patient")
        last, comma, first = (part.strip() for part in text.partition(","))
        if text and (not comma or not last or not first):
            self._refuse("patient", "Patient must be last name and first name with a comma between, like Okafor, Nina")
        return Person(last[:80], first[:80], **self._who())

    def _who(self) -> dict[str, Any]:
        """Return what tells a patient from another of the same name, where the list has it."""
        born = self._day("birth_date") if self._cell("birth_date") else None
        return {"birth_date": born, "member_id": self._text("member_id") if self._cell("member_id") else ""}

    def _day(self, name: str, *, may_come: bool = False) -> date | None:
        text, label = self._text(name), FACTS[name].label
        if not text:
            return None
        try:
            day = read_day(text)
        except DateError:
            self._refuse(name, f"{label} must be a date like 11/29/2026")
            return None
        if day > self._today and not may_come:
            self._refuse(name, f"{label} must be {'in the past' if name == 'service_date' else 'today or in the past'}")
        elif day < (earliest := _EARLIEST_BIRTH if name == "birth_date" else _EARLIEST):
            self._refuse(name, f"{label} must be after {earliest:%m/%d/%Y}")
        return day

    def _reason(self) -> Reason | None:
        text = self._text("reason")
        if not text:
            return None
        if self._cell("group") and text[:1].isdigit():
            text = f"{self._cell('group')}-{text}"
        try:
            return read_reason(_reason_words(f"{text} {self._cell('remarks')}"), self._knowledge)
        except ReasonError as problem:
            self._refuse("reason", str(problem))
            return None

    def _line(self) -> ServiceLine | None:
        code, units = self._cell("code"), self._cell("units")
        words = [*_BETWEEN.split(code.replace("-", " ")), *_BETWEEN.split(self._cell("modifiers").replace("-", " "))]
        if units:
            words.append(f"x{units.removesuffix('.00').removesuffix('.0')}")
        try:
            return read_line(" ".join(words) if code else "")
        except ValueError as problem:
            self._refuse("code", str(problem))
            return None

    def _amount(self) -> int:
        text = self._text("amount")
        try:
            cents = read_amount(text)
        except MoneyError:
            cents = 0
        if text and cents <= 0:
            self._refuse("amount", "Denied amount must be in dollars, like 148.20")
        return cents


def read_day(text: str) -> date:
    """Return the day of a cell: as people type dates, with a time behind, written out, or as Excel counts days.

    Raises DateError for anything else.
    """
    text = _TIME.sub("", text.strip())
    if _EXCEL_DAY.fullmatch(text):
        return _EXCEL_DAY_0 + timedelta(days=int(text))
    for form in _WRITTEN_OUT:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    return read_date(text)


def _reason_words(text: str) -> str:
    """Return a cell like ``CO 16; N115`` or ``CO16/M76`` as people type it into the form: ``CO-16 N115``."""
    words = " ".join(_BETWEEN.split(text.upper().strip())).strip()
    return _SPLIT_REASON.sub(r"\1-\2", words)
