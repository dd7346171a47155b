"""Sentences of a note that speak of matters outside the treatment: accidents, insurance, referrals, signatures, notices."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from tracker.reading.passages import Passage

# Words as notes use them for a subject; plain words of the trade, no sentence of any note.
SUBJECTS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        subject: re.compile(rf"\b(?:{words})\b")
        for subject, words in {
            "accident": r"at work|on the job|on (?:his|her|their|the)? ?shift|work[- ]?(?:related|injury|comp)|workers'? comp\w*|employer"
            r"|supervisor|foreman|incident (?:form|report)|first report|accident|collision|crash(?:ed)?|mv[ac]|rear[- ]ended|no[- ]fault"
            r"|adjuster|warehouse|loading dock|job ?site|construction site|other insurance|spouse'?s (?:plan|insurance)",
            "authorization": r"pre-?cert\w*|(?:prior |pre-?)?auth(?:oriz\w+|s)?|approv(?:al|ed)|not (?:yet )?faxed|packet",
            "insurance": r"new (?:job|card|insurance|plan|coverage|employer)|insurance (?:changed|ended|lapsed|card)|cobra|laid off"
            r"|lost (?:his |her |their )?(?:job|coverage|insurance)|changed (?:jobs|insurance|plans)|marketplace|retired (?:in|on|last)",
            "referral": r"direct access|self[- ]refer\w*|came (?:direct|directly|on (?:his|her|their) own)|walk(?:ed)?[- ]in|called us directly"
            r"|no (?:pcp|referral|order|prescription|script|(?:doctor|physician|dr|md)'?s? order)[ \w]*|without (?:a |any )?(?:referral|order)|pcp|referral|prescription",
            "enrolment": r"link(?:ed|ing) to|group tin|npi|onboard\w*|panel(?:ed|led)?|new hire|credential(?:ing|ed|ling)|effective date|enrol\w*|locum|provisional|in[- ]network|network",
            "certification": r"cert(?:if\w*| period)?|recert\w*|not (?:yet )?returned|unsigned|not (?:yet )?signed|awaiting|outbox|fax(?:ed)?|status sent|sent to (?:dr|physician|md)"
            r"|no (?:doctor|physician)|start of care|soc|plan of \d[\d/]*",
            "progress report": r"progress (?:report|note|summary)|(?:10|ten)(?:th)?[- ](?:visit|day)|tenth visit|no summary|summary written"
            r"|(?:visit|session|v) ?#?(?:1\d|[2-9]\d)",
            "notice": r"notice of non-?coverage|no notice|abn|advance (?:beneficiary )?notice|self[- ]pay|out of pocket|private pay|wish(?:es|ed)? to (?:go on|continue|keep)"
            r"|waiver|agreed to pay|goals met",
            "absence": r"missed|no[- ]show|did(?: not|n't) (?:come|attend)|cancel\w*|out of town|vacation|away|on business|holiday|closed",
            "assistant": r"pta|c?ota|assistant|did(?: not|n't) see|not seen by|treated (?:entirely |only )?by|seen by|only",
            "discipline": r"(?:physical|occupational|speech)(?:[- ]language)? (?:therapy|therapist|patholog\w+)|(?:pt|ot|slp|st) (?:eval\w*|re-?eval\w*|treatment|plan|poc|visit|note)",
            "other agency": r"home (?:health|agency|care|nurse)|agency|hospice|visiting nurse|skilled nursing|snf|part a (?:stay|day)|nursing (?:home|facility)|inpatient|swing bed",
            "habilitation or repetition": r"never \w+|not yet (?:able|acquired|learned)|habilitative|developmental|milestones?"
            r"|(?:one|single|second|2nd|two) (?:session|visit)s?|twice|morning and afternoon",
        }.items()
    }
)


def mentions(low: str, found: tuple[Passage, ...], subject: str, most: int = 2) -> list[Passage]:
    """Return the passages of a note (in lower case) that speak of a subject, those with most of its words first."""
    if not SUBJECTS[subject].search(low):
        return []
    counted = ((len({*SUBJECTS[subject].findall(low, each.start, each.end)}), each) for each in found)
    best = sorted((each for each in counted if each[0]), key=lambda each: (-each[0], each[1].start))
    return [passage for _, passage in best[:most]]
