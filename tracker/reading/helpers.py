"""Aides, technicians and students in a note: what they did there, and where the therapist was meanwhile.

An aide of the patient's own (home, school), a hearing aid, a stand pivot transfer (SPT) or a patient who studies is none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from tracker.reading.credentials import Clinician
from tracker.reading.passages import Passage

_MOST = 200
_REACH = 45  # characters between a helper and the word that says what was done

_AIDE = re.compile(
    r"\b(?:(?:rehab(?:ilitation)?|therapy|pt|ot|clinic|gym)[ -])?(?:tech(?:nician)?s?|aides?)\b"
    r"|\bathletic trainers?\b|\bmassage therapists?\b|\bexercise physiologists?\b|\b(?:personal|fitness)[ ](?:trainers?|instructors?)\b"
    r"|\bunlicensed (?:staff|person\w*|assistant)\b|\b(?:clinic|rehab|therapy)[ ]volunteers?\b"
)
# Words without which neither is found: no passage of such a note has to be looked at.
_ANY_AIDE = re.compile(
    r"tech(?:nician)?s?\b|aides?\b|trainer|massage therapist|physiologist|instructor|unlicensed|volunteer"
)
_ANY_STUDENT = re.compile(r"student|intern|extern|grad|spt|sot|ots\b|otas\b")
_NO_AIDE_BEFORE = re.compile(
    r"(?:\b(?:restorative|fibrosis|relaxation|breathing|manual|release|mobilization|scar|massage|compensatory|swallow|handling|home|health|her|his|their|the patient['’]?s|patient['’]?s|hearing|visual|school|classroom|teacher['’]?s|teaching|nurses?['’]?s?|nursing|care|caregiver|personal|hospice"
    r"|bedside|paid|hired|night|live-in|first|kindergarten|family|wife['’]s|facility|one-to-one|walking|mobility|memory|hi|high|low|assistive|x-?ray|lab|vet|radiology|pharmacy|surgical|it|dental|nail"
    r"|mri|ct|ekg|computer|auto|hvac|speech|bio|ultrasound|works as an?|job as an?|is an?|was an?|worked as an?|as an?|former|retired|adaptive|dialysis|or|aac|school['’]s)[ -])$"
)
_NO_AIDE_AFTER = re.compile(
    r"(?:s)?[ ](?:neck|support|job|company|industry|devices?|savvy|school|sergeant|sgt|work(?:er)?|college|trial|in [a-z]+ing|with [a-z]+ing|from (?:the |her |his )?(?:group|facility|school|home|agency|day))\b|[ ]?:[ ]?(?:aac|none|n/a|no\b)"
)
_STUDENT = re.compile(
    r"\bstudent (?:pt|pta|ot|ota|slp|physical|occupational|speech|therapists?|clinicians?|intern|extern)\b"
    r"|\b(?:dpt|pta?|ota?|slp|otd|therapy|graduate|grad|speech|msot|clinical|fieldwork|fw[ ]?(?:i|ii|1|2)|level (?:i|ii|1|2|one|two)(?: fieldwork)?|extern|affiliate)[ -](?:student|intern|extern)s?\b"
    r"|\bgrad(?:uate)?[ ](?:student[ ])?clinicians?\b|\bclinical (?:intern|extern)\b|\b(?:pt|ot|slp) interns?\b|\b(?:by|my|our)[ ](?:a[ ]|the[ ]|my[ ]|our[ ])?student\b(?!['’]s)"
    r"|\bstudent (?:under (?:my|direct|the|line)|supervis|involvement|participation|present|assisted under|treated under|led (?:the )?(?:session|treatment|ther|all|exercis|activit))"
    r"|\b(?:the|my|our)[ ]spta?\b(?![ ]?(?:transfer|w/|with|to|from|x\d|bed))|\b(?:led|treated|seen|run|supervised|instructed|directed|guided)[ ]by[ ](?:the[ ]|an?[ ])?(?:spta?|ots|otas)\b"
    r"|\b(?:spta?|ots|otas|sots?)[ ](?:\([^)\n]{1,40}\)[ ])?(?:(?!(?:with|w|to|from|transfers?|min|mod|max|cga|sba|cues?|training|assist\w*|using|via|for|into|onto|technique|was|is)\b)[a-z][a-z.'’\-]{1,20}[ ]){0,3}(?:led|ran|treated|instructed|guided)\b"
    r"|\bspta?[ ](?:led|treated|performed treatment|ran|instructed|cued|guided|provided|directed|under (?:my|direct))\b|\bots[ ](?:led|treated|ran|instructed|cued|guided|provided|directed|under)\b"
)
_LETTER = re.compile(r"(?:s?pta?|ots|otas|sots?)\b")

_DONE = (
    r"(?:led|leads?|leading|ran|runs?|running|took|takes|taking|perform(?:ed|s|ing)?|provid(?:ed|es|ing)|gave|gives|giving|given|treat(?:ed|s|ing)?|did|does|done|instruct(?:ed|s|ing)?|supervis(?:ed|es|ing)|guid(?:ed|es|ing)"
    r"|cued?|cues|cueing|conduct(?:ed|s|ing)?|deliver(?:ed|s|ing)?|complet(?:ed|es|ing)|monitor(?:ed|s|ing)?|count(?:ed|s|ing)?|work(?:ed|s|ing)?|progress(?:ed|es|ing)?|walk(?:ed|s|ing)?|finish(?:ed|es|ing)?"
    r"|start(?:ed|s|ing)?|appl(?:ied|ies|ying)|administer(?:ed|s|ing)?|carr(?:ied|ies|ying) out|direct(?:ed|s|ing)?|taught|teach(?:es|ing)?|handl(?:ed|es|ing)|oversaw|overs(?:ees|eeing)|coach(?:ed|es|ing)?|stay(?:ed|s|ing)? with|facilitat(?:ed|es|ing)|implement(?:ed|s|ing)?"
    r"|(?:assist|help)(?:ed|s|ing)? (?:the )?(?:pt|patient|client|her|him|them|mr|mrs|ms)[a-z .]{0,15}(?:with|through|during|in)|watch(?:ed|es|ing)? (?:her|him|pt|patient)s?[a-z ]{0,10}(?:do|through|perform|exercis))"
)
_BY_BEFORE = re.compile(
    rf"\b(?:{_DONE}|handed (?:off|over)|passed|turned over|seen|assisted|spent|session|exercis\w*|gym|minutes?|min|remainder|rest|program|circuit|reps?|sets?)\b[^.;\n]{{0,{_REACH}}}\b(?:by|to|under|w/|with)[ ](?:(?:the|a|our|my|an|clinic)[ ])?(?:[a-z][a-z.'’\-]{{0,20}},?[ ]){{0,3}}\(?$"
)
_WITH_BEFORE = re.compile(r"(?:\bwith|\bw/)[ ](?:(?:the|a|our|my|an)[ ])?(?:[a-z][a-z.'’\-]{0,20},?[ ]){0,3}\(?$")
_LED = re.compile(r"\b(?:led|ran|treated|seen by|guided by|instructed|supervised|directed|took over|run by)\b")
_TREATMENT = re.compile(
    r"\d[ ]?(?:min|['’′]|m\b)|\b9\d{4}\b|\d[ ]?x[ ]?\d|exercis|\bther|gait|bike|treadmill|\bsession|\breps?\b|\bsets?\b"
)
_DID_AFTER = re.compile(rf"[^;\n]{{0,{_REACH}}}?\b{_DONE}\b(?!-)")
_HARMLESS = re.compile(
    r"\b(?:clean(?:ed|s|ing)?|disinfect\w*|laundry|set(?:s)?[ -]?up|set (?:the|out|equipment)|wip(?:ed|es|ing)|prepared?|prepping|escort\w*|transport\w*|brought|fetch\w*|h[eo]ld(?:ing|s)? (?:the )?(?:door|chair|equipment|walker|gait belt|iv|line|lines|o2)"
    r"|stood by|stand(?:s|ing)?[ -]?by|spott\w*|observ(?:ed|es|ing|ation)|shadow\w*|follow(?:ed|ing|s)? with|(?:w/?c|wheelchair|chair)[ -](?:follow|behind)|vitals?|weighed|for safety|second person|extra (?:set of )?hands|(?:\+|max |mod |min |assist(?:ance)? )(?:a )?x?[ ]?2|schedul\w*|check(?:ed)? in|greet\w*"
    r"|hot pack|cold pack|ice pack|unloaded|pushed|guarding|steadied|non-?skilled|unskilled|not (?:part|involved|used|present|treating)|did not treat|no hands-on|no treatment)\b"
)
_NOT_BILLED = re.compile(
    r"\bnot (?:been )?(?:billed|bill|counted|charged|included|timed|claimed|part of)\b|\bnon-?bill(?:able|ed)\b|\bunbilled\b|\bno charge\b|\bexcluded\b|\bunattended[, ]+(?:not|no)\b|\bnot in (?:the )?(?:billed|timed|total)|\bno (?:billed|billable|charge)|\bdeducted|\bsubtracted"
)
# What nobody bills: where it is said of this, it says nothing of the helper.
_NEVER_BILLED = re.compile(
    r"\b(?:ice|cold|hot|heat|pack|mhp|cp|hp|rests?|break|warm[ -]?up|cool[ -]?down|charting|set[ -]?up)\b"
)
_NEGATED = re.compile(
    r"\b(?:no|without|not|neither|nor|never|n/a)[ ](?:an?[ ]|the[ ]|any[ ])?(?:[a-z]+[ ](?:or|nor|/)[ ]|[a-z]+,[ ](?:or[ ])?){0,2}$"
)
_ABSENT = re.compile(
    r"\bline[ -]of[ -]sight\b|\blooked in\b|\bpeeked in\b|\bpopped in\b|\bchecked (?:in (?:on|at|every|twice|once|briefly|periodically|intermittently)|on (?:him|her|pt|patient|them|progress|both)|back)\b"
    r"|\bfrom (?:the |my |our )?(?:observation|office|desk|hall(?:way)?|next|doorway|across|other side|window|adjacent|nurses?)\b|\b(?:next|other|adjoining) (?:door|booth|room|bay|table|cubicle|plinth|mat|bed|station)\b|\badjacent (?:room|bay|booth|table)\b|\b(?:one-way|two-way) (?:mirror|glass)\b"
    r"|\b(?:between|on|taking|took|during)[ ](?:a |the |my |phone )?(?:calls?|phone|conference call)\b"
    r"|\bwhile (?:i|this (?:pt|therapist)|the (?:therapist|pt|ot|slp)|therapist|pt|ot|slp|supervising \w+)[ ](?:treat|evaluat|saw|sees|see|was|worked|finished|document|did|took|ran|start|completed an|helped|had|with|went|charted|attended|returned|answer)"
    r"|\b(?:with|treating|seeing|saw)[ ](?:(?:his|her|their|my)[ ])?own (?:patient|pt|client|caseload)s?\b|\b(?:with|treating|seeing|saw) (?:a different|the next) (?:patient|pt|client)\b"
    r"|\b(?:an)?other (?:patient|pt|client|eval\w*|appointment)s?\b|\b(?:new |an? )eval(?:uation)? (?:in|next|at|across|with)\b|\bsecond patient\b"
    r"|\bin (?:my|the|his|her) office\b|\bat (?:my|the|his|her) desk\b|\bin (?:a |the )?meeting\b|\bat lunch\b|\bavailable (?:by (?:phone|text|telephone)|if needed|in the (?:building|clinic|next)|on[ -]?site|nearby)\b|\bon[ -]call\b"
    r"|\bstepped (?:out|away)\b|\bleft the (?:room|gym|area|clinic)\b|\bout of (?:the )?(?:room|clinic|building|office)\b|\bnot in (?:the )?(?:room|clinic|building)\b|\b(?:was|were|is) not present\b|\boff[ -]?site\b|\bcame (?:in|back)[ ](?:for|at|only)[ ](?:the )?(?:last|end|final|first|beginning|close)\b|\breturned (?:for|at) the (?:end|last)\b|\bintermittent(?:ly)? supervis"
)
_NOT_SO = re.compile(r"\b(?:no|not|nor|never|without|none|neither|did ?n['o]t|was ?n['o]t|n['’]t)\b[^.;\n]{0,40}$")
_PRESENT = re.compile(
    r"\b(?:i|we|pt|ot|slp|ccc-slp|therapist|clinician|instructor|ci)\b[^.;\n]{0,25}\b(?:sat|stayed|stood|remained|was)\b[^.;,\n]{0,35}\b(?:all|entire|whole|full|every)[ ](?:of )?(?:the )?(?:session|visit|treatment|time|minute|hour)\b"
    r"|\b(?:treated|saw|seeing|treating|helped|attended(?: to)?|with)[ ](?:no one|nobody|no-one|no other \w+)(?: else)?\b|"
    r"\bin (?:the )?(?:treatment |same |therapy )?(?:room|booth|bay|gym)\b[^.;\n]{0,30}\b(?:entire|whole|full|throughout|all|100|every|at all times|duration)\b"
    r"|\bpresent\b[^.;\n]{0,25}\b(?:throughout|entire|whole|full|duration|100|at all times|all of|every minute|whole time)\b|\bthroughout (?:the )?(?:entire |whole )?(?:session|treatment|visit|encounter)\b|\b(?:entire|whole|full)[ ](?:session|visit|treatment|time|encounter|duration)\b"
    r"|\b100[ ]?%[^.;\n]{0,25}\b(?:present|supervis\w*|direct\w*|session|time)\b|\b(?:never left|did not leave|didn['’]t leave)\b|\b(?:beside|alongside|next to|with)[ ](?:the )?student (?:throughout|the (?:entire|whole)|at all times)\b|\bat all times\b"
    r"|\b(?:no|not|nor|never|without)\b[^.;\n]{0,30}\bother (?:patient|pt|client)s?\b|\bthe room with\b[^.;\n]{0,40}\bthroughout\b|\bhand[ -]over[ -]hand guidance of (?:the )?student\b"
)


class Helper(NamedTuple):
    """A helper in a note: ``treats`` says that the passage tells of treatment given; the place is the passage's."""

    is_student: bool
    treats: bool
    at: int
    passage: Passage


@dataclass(frozen=True, slots=True)
class Helpers:
    """Helpers of a note, and the passages that say the therapist was elsewhere or there all the time."""

    found: tuple[Helper, ...] = ()
    elsewhere: tuple[Passage, ...] = ()
    present: tuple[Passage, ...] = ()

    @property
    def treating_aides(self) -> tuple[Helper, ...]:
        """Return the aides and technicians who gave treatment."""
        return tuple(each for each in self.found if each.treats and not each.is_student)

    @property
    def treating_students(self) -> tuple[Helper, ...]:
        """Return the students who gave treatment."""
        return tuple(each for each in self.found if each.treats and each.is_student)


def read_helpers(low: str, passages: Sequence[Passage], clinicians: Sequence[Clinician]) -> Helpers:
    """Return the helpers of a note in lower case; ``clinicians`` are its names with letters behind them."""
    if not any(
        sign in low
        for sign in (
            "tech",
            "aide",
            "stude",
            "train",
            "inter",
            "massage",
            "grad",
            "spt",
            "ots",
            "unlic",
            "volun",
            "physiol",
            "exter",
        )
    ):
        return Helpers()
    by_letters = [person for person in clinicians if person.rank == "student"]
    found = tuple(islice(_helpers(low, passages, by_letters), _MOST))
    if not found:
        return Helpers()
    return Helpers(found, tuple(_elsewhere(low, passages)), tuple(islice(_matching(low, passages, _PRESENT), _MOST)))


def _helpers(low: str, passages: Sequence[Passage], students: Sequence[Clinician]) -> Iterator[Helper]:
    may_be_aide, may_be_student = _ANY_AIDE.search(low) is not None, _ANY_STUDENT.search(low) is not None
    for passage in passages if may_be_aide or may_be_student or students else ():
        named = [person for person in students if passage.start <= person.start < passage.end]
        for person in named[:1]:
            yield Helper(True, _treats(low, passage, person.start, person.end), person.start, passage)
        if (
            may_be_student
            and not named
            and (match := _STUDENT.search(low, passage.start, passage.end))
            and not _is_negated(low, passage, match.start())
        ):
            yield Helper(True, _treats(low, passage, match.start(), match.end()), match.start(), passage)
        for match in islice(_AIDE.finditer(low, passage.start, passage.end), 3) if may_be_aide else ():
            if _is_clinics_own(low, passage, match):
                yield Helper(False, _treats(low, passage, match.start(), match.end()), match.start(), passage)


def _is_clinics_own(low: str, passage: Passage, match: re.Match[str]) -> bool:
    """Whether an aide or technician is the clinic's, not the patient's own or a word for something else."""
    begin = max(passage.start, match.start() - 30)
    if _NO_AIDE_BEFORE.search(low[begin : match.start()]) or _NO_AIDE_AFTER.match(low, match.end(), passage.end):
        return False
    return not _is_negated(low, passage, match.start())


def _is_negated(low: str, passage: Passage, at: int) -> bool:
    return _NEGATED.search(low[max(passage.start, at - 40) : at]) is not None


def _treats(low: str, passage: Passage, start: int, end: int) -> bool:
    """Whether a passage says that the helper gave treatment which counts."""
    words = low[passage.start : passage.end]
    if _is_not_billed(low, passage, start, end) or _PRESENT.search(words):
        return False
    before = low[max(passage.start, start - 120) : start]
    by = _BY_BEFORE.search(before)
    did = _DID_AFTER.match(low, end, min(passage.end, end + 2 * _REACH))
    if _HARMLESS.search(words):
        return _LED.search(low, max(passage.start, start - _REACH), min(passage.end, end + _REACH)) is not None
    with_helper = _WITH_BEFORE.search(before) and _TREATMENT.search(words)
    return bool(by or did or with_helper or _LED.search(low, start, end))


def _is_not_billed(low: str, passage: Passage, start: int, end: int) -> bool:
    """Whether a passage leaves the helper's time out of the bill: not where that is said of something else in it."""
    for match in _NOT_BILLED.finditer(low, passage.start, passage.end):
        clause = max(low.rfind(mark, passage.start, match.start()) for mark in ",;(") + 1
        if clause <= end and match.end() >= start:
            return True
        if not _NEVER_BILLED.search(low, clause, match.start()):
            return True
    return False


def _elsewhere(low: str, passages: Sequence[Passage]) -> Iterator[Passage]:
    for passage in islice(passages, 4_000):
        match = _ABSENT.search(low, passage.start, passage.end)
        if match is not None and not _NOT_SO.search(low[max(passage.start, match.start() - 60) : match.start()]):
            yield passage


def _matching(low: str, passages: Sequence[Passage], pattern: re.Pattern[str]) -> Iterator[Passage]:
    return (passage for passage in passages if pattern.search(low, passage.start, passage.end))
