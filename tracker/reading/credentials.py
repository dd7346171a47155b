"""Clinicians a note names: a name with the letters behind it, what those letters make of the person, and the place."""

import re
from itertools import islice
from typing import NamedTuple

MOST_NAMES = 2_000  # no note names more people; a text that does is not read to its end
_NAME_REACH = 60  # characters before the letters in which the name stands
_MOST_NAME_WORDS = 4

_RANKS = (
    ("student", r"SPTA|SPT|S/?PT|SOTA|OTAS|OTS|SOT"),
    ("assistant", r"L?PTA|P\.T\.A\.|COTA(?:/L)?|C\.O\.T\.A\.(?:/L)?|OTA(?:/L)?|SLPA|SLP-A"),
    (
        "therapist",
        (
            r"t?DPT|MS?PT|RPT|L?PT|P\.T\.|OTR(?:/L)?|O\.T\.R\.(?:/L)?|OTD|MS?OT|OT(?:/L)?"
            r"|CCC[-/ ]{1,3}SLP|SLP[-/ ]?CCC|CF[-/ ]{1,3}SLP|SLP[-/ ]CF|SLPD|SLP"
        ),
    ),
    ("physician", r"MD|M\.D\.|DO|D\.O\.|DPM|OD|NP|FNP(?:-?BC)?|ARNP|APRN|CNP|CNS|DNP|PA-?C|DC|DDS"),
    ("helper", r"LAT|ATC|LMT|CNA|CSCS|BA|BS"),
)
_LETTERS = "|".join(f"(?P<{rank}>{letters})" for rank, letters in _RANKS)
CREDENTIAL = re.compile(rf"(?<![A-Za-z/.\-])(?:{_LETTERS})(?![A-Za-z\-])")
_LOWER = re.compile(CREDENTIAL.pattern, re.IGNORECASE)
_MORE = re.compile(
    r"[ \t]{0,2},?[ \t]{0,2}(?:[A-Z][A-Za-z]{0,2}\.?[A-Z][A-Z./\-]{0,9}|MS|MA|PhD|EdD|BC-?[A-Z]{2,4})(?![a-z])"
)
_PARTICLES = frozenset({"de", "da", "di", "del", "der", "den", "van", "von", "la", "le", "bin", "al", "du", "y", "st."})
_NAME_WORD = re.compile(r"[A-Z][A-Za-zÀ-ÿ'’\-]*\.?|[A-Z]\.[A-Z]\.?|[A-Z]+\.[A-Z]+(?:\.[A-Z]+)?")
_NAME_WORD_LOW = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ'’\-]*\.?")
_DEGREES = frozenset({"MS", "MA", "M.S.", "M.A.", "BS", "BA", "PHD", "EDD", "MED", "M.ED."})
# Words with a capital that stand before letters and are no names.
_NO_NAMES = frozenset(
    {
        "signed", "signature", "sign", "sig", "by", "therapist", "clinician", "provider", "treating", "supervising",
        "physical", "occupational", "speech", "licensed", "electronically", "authenticated", "skilled", "continue",
        "cont", "initial", "outpatient", "inpatient", "daily", "home", "the", "this", "with", "and", "per", "seen",
        "referred", "referral", "for", "to", "from", "of", "in", "no", "on", "plan", "pt", "ot", "slp", "md", "patient", "acute", "pediatric",
        "discipline", "dept", "visit", "note", "primary", "evaluating", "rendering", "author", "date", "time",
        "physician", "student", "dr", "dr.", "mr.", "mrs.", "ms.", "agreed", "certified", "supervisor",
        "co-signed", "cosigned", "cosign", "countersigned", "reviewed", "approved", "previous", "prior", "further", "ongoing", "recommend", "receiving", "another", "evaluation", "attending",
    }
)  # fmt: skip


class Clinician(NamedTuple):
    """A person with letters behind the name: rank is student, assistant, therapist, physician or helper."""

    name: str
    letters: str
    rank: str
    discipline: str | None
    start: int
    end: int

    @property
    def surname(self) -> str:
        """Return the last word of the name in lower case."""
        return self.name.split()[-1].lower().strip(".")


def find_clinicians(
    text: str, start: int = 0, end: int | None = None, *, any_case: bool = False
) -> tuple[Clinician, ...]:
    """Return the people with letters behind their names in ``text[start:end]``, in their order.

    With ``any_case`` letters count in lower case too, as on a line that says it is a signature.
    """
    pattern = _LOWER if any_case else CREDENTIAL
    found: list[Clinician] = []
    stop = len(text) if end is None else end
    for match in islice(pattern.finditer(text, start, stop), MOST_NAMES):
        last = found[-1] if found else None
        if last is not None and match.start() <= last.end:
            if _stronger(match, last):
                found[-1] = last._replace(rank=_rank(match), discipline=_discipline(match[0]), letters=match[0])
            continue
        if (person := _person(text, start, match, stop, any_case=any_case)) is not None:
            found.append(person)
    return tuple(found)


def _person(text: str, start: int, match: re.Match[str], stop: int, *, any_case: bool) -> Clinician | None:
    line = text.rfind("\n", max(start, match.start() - _NAME_REACH), match.start()) + 1
    begin = max(line, start, match.start() - _NAME_REACH)
    name = _name_before(text, begin, match.start(), any_case=any_case)
    if name is None:
        return None
    end = match.end()
    while (more := _MORE.match(text, end, stop)) is not None:
        end = more.end()
    return Clinician(text[slice(*name)], match[0], _rank(match), _discipline(match[0]), name[0], end)


def _name_before(text: str, begin: int, end: int, *, any_case: bool) -> tuple[int, int] | None:
    """Return the place of the name that ends before ``end``: words with capitals, particles, initials."""
    words = [(match.group(), match.start(), match.end()) for match in re.finditer(r"[^\s,]+", text[begin:end])]
    comma = "," in text[begin:end].rstrip()[-1:] or text[begin:end].rstrip().endswith(",")
    while words and words[-1][0].upper() in _DEGREES:
        words.pop()
        comma = True
    shape = _NAME_WORD_LOW if any_case else _NAME_WORD
    taken: list[tuple[str, int, int]] = []
    while words and len(taken) < _MOST_NAME_WORDS:
        word = words[-1]
        low = word[0].lower()
        if (
            low.strip(".:") in _NO_NAMES
            or CREDENTIAL.fullmatch(word[0].strip("."))
            or not (shape.fullmatch(word[0]) or (taken and low in _PARTICLES))
        ):
            break
        taken.insert(0, words.pop())
    while taken and (
        taken[0][0].lower() in _PARTICLES or (len(taken) > 1 and taken[0][0][-1] == "." and len(taken[0][0]) > 3)
    ):
        taken.pop(0)
    if not taken or not _is_name([word for word, _, _ in taken], comma=comma):
        return None
    return begin + taken[0][1], begin + taken[-1][2]


def _is_name(words: list[str], *, comma: bool) -> bool:
    """One capitalised word is a name only before a comma; several, or an initial and a word, are one by themselves."""
    long = [word for word in words if len(word.strip(".")) > 1]
    return bool(long) and (comma or len(words) > 1 or (long[0].istitle() and len(long[0]) > 3))


def _rank(match: re.Match[str]) -> str:
    return str(match.lastgroup)


def _stronger(match: re.Match[str], last: Clinician) -> bool:
    """Whether further letters behind one name say more: ``BS, PTA``."""
    return last.rank == "helper" and _rank(match) != "helper"


def _discipline(letters: str) -> str | None:
    plain = letters.upper().replace(".", "")
    if "SLP" in plain:
        return "SLP"
    if "OT" in plain and "PT" not in plain:
        return "OT"
    return "PT" if "PT" in plain else None
