"""The sheet that asks a therapist about a note: what it does not show, by rule, and what an addendum may say.

It never offers words for what happened in treatment; it says what is not shown and leaves room for an answer.
"""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from tracker.letters.document import document, fact_rows
from tracker.letters.pdf import make_pdf
from tracker.letters.words import short_date

ADDENDUM = (
    "State only facts that you take from something recorded at the time: a flowsheet, the schedule, a log, an audit trail.",
    "Name that source. If there is none, tick the box and write nothing else.",
    "Label it as a late entry or addendum, date it with the day you write it, and sign it with your credential.",
    "Leave the original note as it is. Nothing in it is changed, replaced or deleted.",
    "A payer may give an addendum written after a denial little weight.",
)
ADDENDUM_SOURCE = (
    "Medicare Program Integrity Manual chapter 3 s.3.3.2.5 (amendments, corrections and delayed entries); practice "
    "knowledge, not confirmed at its source"
)


@dataclass(frozen=True, slots=True)
class Question:
    """One rule whose requirement the note does not show. ``not_shown`` is what was looked for, in our words."""

    rule_id: str
    title: str
    requirement: str
    not_shown: str
    source: str


@dataclass(frozen=True, slots=True)
class AskSheet:
    """What a therapist is asked about one denied line. ``notes`` name the documents that were read."""

    label: str
    practice: str
    patient: str
    service_date: date | None
    code: str
    meaning: str
    notes: tuple[str, ...]
    author: str
    answer_by: date
    questions: tuple[Question, ...]

    @property
    def title(self) -> str:
        """Return the document's title, which names no patient."""
        return f"Questions about the note, {self.label}"


_BODY = Markup("""<body class="record">
<main>
<h1 data-header="{title}">{title}</h1>
<table class="subject">
<tbody>
{rows}</tbody>
</table>
<h2>If you write an addendum</h2>
<ul>
{addendum}</ul>
<p class="source">Source: {source}.</p>
{questions}<div class="signature">
<p class="line"></p>
<p>Name, credential and signature; date of this entry</p>
</div>
</main>
</body>
""")
_ITEM = Markup("<li>{}</li>\n")
_QUESTION = Markup("""<section class="question">
<h2>{number}. {title}</h2>
<p>{requirement}</p>
<p><b>Not shown in the note:</b> {not_shown}</p>
<p class="source">Rule {rule}. Source: {source}.</p>
<p class="box">Answer, and the record made at the time that it is taken from:</p>
<p>&#9744; No record made at the time shows this.</p>
</section>
""")


def ask_sheet_html(sheet: AskSheet) -> str:
    """Return the sheet as a document to print."""
    day = short_date(sheet.service_date) if sheet.service_date else ""
    rows = [
        ("Practice", sheet.practice), ("Patient", sheet.patient), ("Date of service", day),
        ("Service", f"{sheet.code}, {sheet.meaning}" if sheet.meaning else sheet.code),
        ("Read", "; ".join(sheet.notes)), ("Answer by", short_date(sheet.answer_by)),
    ]  # fmt: skip
    body = _BODY.format(
        title=sheet.title,
        rows=fact_rows(rows),
        addendum=Markup("").join(_ITEM.format(words) for words in ADDENDUM),
        source=ADDENDUM_SOURCE,
        questions=Markup("").join(
            _QUESTION.format(
                number=number, title=each.title, requirement=each.requirement, not_shown=each.not_shown,
                rule=each.rule_id, source=each.source,
            )
            for number, each in enumerate(sheet.questions, 1)
        ),
    )  # fmt: skip
    return document(sheet.title, sheet.practice, body)


def make_ask_sheet(sheet: AskSheet) -> bytes:
    """Return the sheet as a PDF. Raises what ``make_pdf`` raises."""
    return make_pdf(ask_sheet_html(sheet))
