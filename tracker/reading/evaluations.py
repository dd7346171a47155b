"""Parts of an evaluation: what bears on the plan, what was examined, how the condition presents, how hard the decisions were.

Levels are 0 (low), 1 (moderate), 2 (high), as the CY2017 fee schedule divides PT and OT evaluations.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from tracker.reading.services import LONGEST_NOTE, MOST_PLACES
from tracker.reading.techniques import is_denied

_NO_FACTORS = re.compile(
    r"(?:(?:no|without|denies|denied|0|zero|neg(?:ative)?(?: for)?)(?: (?:other|known|significant|relevant|personal|major|past))* (?:comorbid\w*|co-morbid\w*|medical (?:history|problems|conditions)|conditions?|health (?:problems|conditions)|pmh|personal factors|meds\b|medications|medicines|factors)"
    r"|(?:pmh|pmhx|past medical history|medical history|comorbidit(?:y|ies))[ :=/-]{1,3}(?:none|neg(?:ative)?|unremarkable|nil|noncontributory|non-contributory|no\b)"
    r"|(?:otherwise |generally )?healthy\b(?! snacks| weight))"
)
_FACTOR = re.compile(
    r"\b(?:diabet\w*|t2dm|dm2|dm ?ii|iddm|htn|hypertension|copd|emphysema|asthma|chf|heart failure|cad|a-?fib|atrial fib\w*|pacemaker|cabg|obes\w*|bmi ?\d\d|osteopor\w*|osteopenia|rheumatoid|lupus"
    r"|depress\w*|anxi\w*|ptsd|cancer|chemo\w*|radiation|cva|stroke|tia|neuropath\w*|ckd|renal|dialysis|dementia|mci|cognitive impairment|parkinson\w*|multiple sclerosis|smok\w*|tobacco|falls? (?:x ?\d|history|in)|hx of falls"
    r"|lives alone|anticoag\w*|warfarin|eliquis|low vision|macular|hearing loss|hypothyroid\w*|fibromyalgia|prior (?:tka|tha|surgery|fusion|fracture|stroke|injury|episode)|previous (?:tka|tha|surgery|fusion|fracture|injury)|chronic pain|sleep apnea"
    r"|anemi\w*|hiv|hepatitis|seizure\w*|epilep\w*|insomnia|language barrier|caregiver for|osa|pvd|dvt|\boa\b|arthritis)\b"
)
_ELEMENTS: Mapping[str, str] = {
    "range": r"rom\b|flex(?:ion)?\b|ext(?:ension)?\b|abd(?:uction)?\b|rotation\b|\b(?:er|ir|df|pf)\b|inversion\b",
    "strength": r"mmt\b|strength\b|\d[+-]?/5\b|dynamomet|grip\b|pinch\b",
    "pain": r"pain\b|nprs\b|vas\b",
    "gait": r"gait\b|ambulat|walk",
    "balance": r"balance\b|romberg\b|tandem\b|\bsls\b|single[- ]leg|berg\b|\btug\b|mini-?best|\bfga\b|\bdgi\b",
    "sensation": r"sensation\b|sensory\b|light touch|monofilament|numb|dermatom|reflex|myotom|\bslr\b|2-?pt",
    "posture": r"postur|alignment\b|scoli|kypho",
    "swelling": r"edema\b|swelling\b|effusion\b|girth\b",
    "tissue": r"palpat|tender|incision\b|scar\b|skin\b|integument|wound\b",
    "joint": r"joint (?:play|mobility)|drawer\b|lachman\b|valgus\b|varus\b|end[- ]?feel|special test|squeeze\b|hawkins\b|neer\b|spurling",
    "tone": r"tone\b|ashworth\b|spastic|coordinat|ataxi|clonus\b",
    "endurance": r"6mwt\b|2mwt\b|endurance\b|spo2\b|vitals?\b|hr\b|cardiopulm",
    "transfers": r"transfer|sit[- ]to[- ]stand|5xsts\b|bed mobility|chair rise|chair stand",
    "stairs": r"stair|steps\b|curb",
    "self care": r"dress|bath|groom|toilet|\badls?\b|feeding|shower",
    "home": r"lift|carry|clean|laundry|cook|kitchen|garden|household|iadl|shopping|driv|reach",
    "part taken": r"work\b|job\b|sport|run\b|school|church|hobby|caregiv|community|leisure|return to",
    "measure": r"lefs\b|odi\b|ndi\b|dash\b|quickdash|koos|hoos|womac|spadi\b|faam\b|psfs\b|am-?pac|promis|kos\b",
}  # fmt: skip
_ELEMENT = {name: re.compile(rf"(?<![a-z])(?:{pattern})") for name, pattern in _ELEMENTS.items()}
_PRESENTATION = (
    (2, re.compile(r"(?:unstable|unpredictable)\b")),
    (1, re.compile(r"(?:evolving|changing (?:characteristics|presentation|symptoms)|fluctuat\w+|variable (?:symptoms|presentation))\b")),
    (0, re.compile(r"(?:(?<!un)(?<!hemodynamically )(?<!medically )stable\b(?! gait| surface| vital| for)|uncomplicated\b)")),
)  # fmt: skip
_DECISION = (
    (2, re.compile(r"high(?:[- ]level)? (?:complexity|decision)|(?:complexity|decision[- ]making)[ :=]{1,3}(?:is |was )?high\b|multiple (?:treatment )?options")),
    (1, re.compile(r"mod(?:erate)?\.? (?:complexity|decision)|(?:complexity|decision[- ]making)[ :=]{1,3}(?:is |was )?mod(?:erate)?\b|several (?:treatment )?options")),
    (0, re.compile(r"low(?:[- ]level)? (?:complexity|decision)|(?:complexity|decision[- ]making)[ :=]{1,3}(?:is |was )?low\b|level low\b|straight-?forward\b|(?:one|1|single|limited|few) (?:treatment )?options?\b|low irritability")),
)  # fmt: skip
_PROFILE = (
    (2, re.compile(r"extensive (?:occupational )?(?:profile|history|review|chart)")),
    (1, re.compile(r"expanded (?:occupational )?(?:profile|history|review|chart)")),
    (0, re.compile(r"brief (?:occupational )?(?:profile|history|review|chart)")),
)
_MODIFICATION = (
    (2, re.compile(r"significant (?:task )?modification|max(?:imal|imum)? (?:assist|modification)")),
    (1, re.compile(r"(?:min(?:imal|imum)?|mod(?:erate)?|min-mod|min to mod)\.? (?:task )?(?:modification|assistance to complete)|tasks? (?:was |were |had to be )?(?:modified|adapted)|modified (?:the )?(?:task|assessment)")),
    (0, re.compile(r"no (?:task )?modifications?|without (?:task )?modification|modification (?:was |of tasks )?not needed")),
)  # fmt: skip
_LISTED = re.compile(r"\((\d{1,2})\)|\b(\d{1,2})\)")
_DEFICITS = re.compile(r"(?:deficits?|limitations?|performance)\b[^.\n]{0,20}[:=]")

_ROUTINE = re.compile(
    r"(?:due for|routine (?:re-?eval\w*|re-?assess\w*|progress)|(?:10|10th|tenth)[- ](?:visit|day)|progress note\b|(?:continue|cont\.?) (?:with )?(?:current |same |the )?(?:plan|poc)|(?:plan of care|plan|poc)(?: is| remains)? (?:unchanged|the same|appropriate)"
    r"|goals? (?:remain|remains|are|still) (?:appropriate|the same|unchanged)|no new (?:problems?|findings?|complaints?|issues?|symptoms?|injur\w+)|progressing (?:well |steadily )?as expected|no changes? (?:in|to) (?:the )?(?:plan|poc|goals|frequency|interventions)|same plan|scheduled re-?eval\w*|monthly re-?eval\w*|30[- ]day re-?eval\w*|recert\w*)"
)
_TRIGGER = re.compile(
    r"(?:new (?:finding|clinical|injury|onset|diagnosis|dx|symptom|fall|surgery|referral|pain|radicular|weakness|numbness|problem|complaint|order|condition|shooting|tear|fracture|stroke)\w*|significant (?:change|decline|improvement)|sudden\w*|unexpected\w*|unanticipated|not (?:responding|improving|progressing)"
    r"|fail(?:ed|ure|s|ing)? to (?:respond|progress|improve)|lack of progress|plateau\w*|worse\w*|declin(?:e|ed|ing)|exacerbat\w*|flare|re-?injur\w*|hospital\w*|admitted|fell\b|post-?op\w*|since surgery|surgery on|regress\w*|relapse)"
)
_REVISED = re.compile(
    r"(?:(?:plan|poc|plan of care|goals?|frequency|program)\b[^.\n]{0,30}\b(?:changed|revised|updated|modified|increased|decreased|added|upgraded|discontinued)|(?:revis|chang|updat|modif|upgrad)\w+ (?:the )?(?:plan|poc|goals?|frequency)|new goals?\b|new plan\b|add(?:ed|ing)? [^.\n]{0,30} to (?:the )?plan)"
)


class Sign(NamedTuple):
    """A place that speaks for a level of one component: ``history``, ``presentation``, ``decision``, ``tasks``."""

    component: str
    level: int
    start: int
    end: int


class Evaluation(NamedTuple):
    """What the note of an evaluation shows: signs of its level, factors, kinds of things examined, deficits listed."""

    signs: tuple[Sign, ...]
    factors: int
    elements: int
    deficits: int | None


def read_evaluation(low: str) -> Evaluation:
    """Return the parts of an evaluation a note (in lower case) shows."""
    low = low[:LONGEST_NOTE]
    signs = sorted(_signs(low), key=lambda each: each.start)
    found = (match for match in islice(_FACTOR.finditer(low), MOST_PLACES) if not is_denied(low, *match.span()))
    factors = {match[0][:5] for match in found}
    elements = sum(pattern.search(low) is not None for pattern in _ELEMENT.values())
    return Evaluation(tuple(signs), len(factors), elements, _deficits(low))


def _signs(low: str) -> Iterator[Sign]:
    for match in islice(_NO_FACTORS.finditer(low), MOST_PLACES):
        yield Sign("history", 0, *match.span())
    for component, patterns in (
        ("presentation", _PRESENTATION),
        ("decision", _DECISION),
        ("history", _PROFILE),
        ("tasks", _MODIFICATION),
    ):
        for level, pattern in patterns:
            for match in islice(pattern.finditer(low), MOST_PLACES):
                start = match.start()
                if (start == 0 or not low[start - 1].isalnum()) and (
                    component == "tasks" or not is_denied(low, *match.span())
                ):
                    yield Sign(component, level, *match.span())


def _deficits(low: str) -> int | None:
    """Return how many performance deficits a numbered list names, or None when there is none."""
    named = _DEFICITS.search(low)
    if named is None:
        return None
    numbers = [int(one or other) for one, other in _LISTED.findall(low[named.end() : named.end() + 600])]
    return max(numbers, default=None)


class Reassessment(NamedTuple):
    """Places of a re-evaluation: that it was routine, what made it necessary, that the plan was changed."""

    routine: tuple[tuple[int, int], ...]
    triggers: tuple[tuple[int, int], ...]
    revised: tuple[tuple[int, int], ...]


def read_reassessment(low: str) -> Reassessment:
    """Return what a note (in lower case) says of why a re-evaluation was done and what came of it."""
    low = low[:LONGEST_NOTE]
    return Reassessment(_places(low, _ROUTINE), _places(low, _TRIGGER), _places(low, _REVISED))


def _places(low: str, pattern: re.Pattern[str]) -> tuple[tuple[int, int], ...]:
    return tuple(
        match.span()
        for match in islice(pattern.finditer(low), MOST_PLACES)
        if (match.start() == 0 or not low[match.start() - 1].isalnum()) and not is_denied(low, *match.span())
    )
