"""Maintenance care: the aim of holding a level, why that takes a therapist, and what speaks against the need of one.

Improvement is no condition: skilled care to hold a level or slow its loss is covered where the patient's condition
makes it complex or unsafe in other hands (Medicare Benefit Policy Manual chapter 15 s.220.2.D; Jimmo v. Sebelius).
"""

from dataclasses import dataclass

from tracker.reading.lexicon import Lexicon, Sign

_AIM = (
    "maintenance program*", "maintenance therapy", "maintenance phase", "maintenance care", "maintenance level", "maintenance goal*", "maintenance visit*", "maintenance plan", "maintenance pt", "maintenance ot", "maintenance only", "skilled maintenance", "functional maintenance", "on maintenance", "maintenance", "goal maintain", "goal: maintain", "goal is to maintain", "aim is to maintain", "aim: maintain", "goal to maintain",
    "maintain* _ level", "maintain* level", "maintain* _ function*", "maintain* function*", "maintain* _ status", "maintain* status", "maintain* rom", "maintain* strength", "maintain* mobility", "maintain* _ mobility", "maintain* _ ability", "maintain* _ abilities", "maintain* _ independence", "maintain* independence", "maintain* range", "maintain* tolerance", "maintain* what", "prevent* decline", "prevent* _ decline", "prevent* further", "prevent* _ deterioration", "prevent* deterioration", "prevent* loss", "prevent* _ loss", "prevent* regression", "slow* decline", "slow* _ decline", "slow* _ progression", "slow* deterioration", "preserve* function*", "preserve* _ function*", "preserve* mobility", "preserve* strength", "preserve* rom",
    "keep _ where it is", "keep _ as it is", "keep _ where he is", "keep _ where she is", "keep _ from getting worse", "hold steady", "hold _ level", "no new ability", "not expected to improve", "no improvement expected", "no _ gains expected", "no gains expected", "improvement is not expected", "improvement not expected",
    "not lose", "to keep _ transfers", "stay at _ level", "keep _ level", "hold _ present level", "keep _ current level", "keep current level", "hold current level", "stay at current level", "keep present level", "keep fit", "stay fit", "keep in shape", "stay in shape", "stay limber", "stay loose", "keep limber", "keep moving", "goals held", "goal held", "fmp", "keep _ at min", "keep _ at mod", "keep _ at max", "keep _ at #", "keep _ at -#",
)  # fmt: skip
# Events and conditions that make simple care unsafe in other hands.
_RISK = (
    "clonus", "unsafe", "not safe", "risk of", "at risk", "high risk", "fall risk", "fell", "slid", "near fall*", "aspirat*", "desat*", "spo2", "fvc", "orthostasis", "orthostatic hypotens*", "orthostatic drop", "orthostatic symptom*", "hypotens*", "dysreflex*", "breakdown", "fractur*", "unstable", "brittle", "complex*", "comorbid*", "choking", "choked", "cough*", "seizure*", "osteopor*", "subluxat*", "bruis*", "injur*",
    "fluctuat*", "tone varies", "cannot be safely", "cannot be _ handed", "cannot be _ delegated", "cannot be _ left to", "not be safely", "cannot safely", "could not safely", "unable to safely", "not able to safely", "unable to perform", "caregiver* unable", "caregiver* cannot", "caregiver* could not", "unskilled attempt*", "attempt* by", "tried the", "when _ tried", "attempted the",
)  # fmt: skip
# What only a therapist does: design, instruct, judge, change, review.
_THERAPIST = (
    "skilled", "therapist's skill*", "skills of a therapist", "skills of a", "requires a therapist", "needs a therapist", "why me", "establish*", "design*", "instruct*", "taught", "train*", "teach*", "return demo*", "returned demo*", "reviewed every", "review every", "review in", "review # days", "reassess* every", "re evaluat*", "reevaluat*", "adjust*", "modif*", "adapt*", "graded", "monitor*", "vitals", "titrat*", "re plan", "pace change*", "on the spot", "tailor*", "load chosen", "dose chosen", "chosen by", "cue*", "facilitat*", "inhibit*", "position* chang*",
)  # fmt: skip
_OTHERS_DO = (
    "daughter does", "son does", "wife does", "husband does", "spouse does", "mother does", "mom does", "father does", "dad does", "brother does", "sister does", "aide does", "aide can", "family does", "family can", "staff does", "staff can", "nursing does", "cna does", "caregiver* does", "caregiver* do", "caregiver* can", "her aide does", "his aide does", "needs no help", "caregiver* independent*", "caregiver* is independent",
    "does the same _ at home", "does same _ at home", "does these at home", "does them at home", "done with aide", "done by aide", "done with the aide", "by the aide", "with an aide", "with aide", "with tech", "done at home by", "performed at home by", "can be done by", "could be done by",
    "wife knows the *", "husband knows the *", "spouse knows the *", "daughter knows the *", "son knows the *", "family knows the *", "caregiver* knows the *", "aide knows the *", "has _ equipment at home", "have _ equipment at home", "for the company", "prefer* to come",
    "daughter confident", "wife confident", "husband confident", "son confident", "spouse confident", "caregiver* confident", "family confident", "daughter independent*", "wife independent*", "husband independent*", "son independent*", "family independent*", "without trouble", "without difficulty", "likes to come", "enjoys coming", "likes coming", "enjoys the",
)  # fmt: skip
_STEADY = (
    "no falls", "falls 0", "falls since last: 0", "falls: 0", "falls none", "0 falls", "zero falls", "no pain", "no skin", "no new illness", "no concern*", "no safety concern*", "no safety issue*", "no risk*", "tone mild", "skin fine", "skin ok", "skin good", "no questions", "medicines unchanged", "no complication*", "medically stable", "condition stable", "is stable",
)  # fmt: skip

_LEXICON = Lexicon({"others": _OTHERS_DO, "steady": _STEADY, "risk": _RISK, "therapist": _THERAPIST, "aim": _AIM})


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Signs of maintenance care by what they say, each with its place.

    ``aim``: a level is to be held; ``risk`` and ``therapist``: why that takes a therapist; ``others``: somebody else
    does it; ``steady``: nothing is amiss.
    """

    aim: tuple[Sign, ...] = ()
    risk: tuple[Sign, ...] = ()
    therapist: tuple[Sign, ...] = ()
    others: tuple[Sign, ...] = ()
    steady: tuple[Sign, ...] = ()


def read_maintenance(low: str) -> Maintenance:
    """Return what a note in lower case says of maintenance care."""
    signs = _LEXICON.find(low)
    return Maintenance(
        **{kind: tuple(sign for sign in signs if sign.kind == kind) for kind in Maintenance.__dataclass_fields__}
    )
