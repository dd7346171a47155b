"""What a note says in words of the course: better, the same, worse, a plateau, and what was done about it.

Figures set against earlier ones are read in ``measures``.
"""

from tracker.reading.lexicon import Lexicon, Sign

# Words of progress that carry no figure.
_VAGUE = (
    "progressing well", "pain improved", "rom improved", "strength improved", "pain is better", "posture is better", "mobility improved", "function improved", "range improved", "balance improved", "endurance improved", "goal* progressing", "improved", "is better", "good job", "good gains", "great progress", "progressing nicely", "progressing as expected", "progressing _ goals", "doing better", "doing well", "doing great", "getting better", "getting stronger", "getting there",
    "feels better", "feeling better", "making progress", "making _ progress", "making gains", "making _ gains", "some progress", "good progress", "steady progress", "slow progress", "gradual progress", "nice progress", "slow but steady",
    "improving slowly", "improving nicely", "improving overall", "improving gradually", "improved overall", "overall improve*", "some improvement*", "much improved", "shows improvement*", "showing improvement*", "shows _ improvement*", "has improved", "continues to improve", "continues to progress",
    "coming along", "moving better", "a little better", "a bit better", "somewhat better", "slightly better", "slight improvement*", "people understand _ more", "nice gains", "did well", "more confident", "increased confidence",
)  # fmt: skip
_SAME = (
    "no change", "no changes", "no _ change", "unchanged", "about the same", "same as on", "same as last", "same as before", "same as prior", "all as on", "same on #", "no improvement*", "no _ improvement*", "no gain*", "no _ gain*", "no progress", "no _ progress", "not improv*", "not progress*",
    "remain* the same", "stay* the same", "status quo", "no different", "no better", "same at every", "as on #", "not changed", "has not changed", "have not changed", "continues to have _ pain",
)  # fmt: skip
_PLATEAU = (
    "plateau*", "leveled off", "levelled off", "maximum benefit", "max benefit", "maximum _ potential", "maximum potential", "max potential", "maximal potential", "maximal benefit", "at mmi", "reached mmi", "maximum medical improvement", "no further gain*", "no further improvement*", "no further progress",
)  # fmt: skip
_WORSE = ("worse*", "regress*", "declin*", "setback*", "flare*", "exacerbat*", "deteriorat*", "relapse*", "lost ground")
# A changed plan, or a reason why there is no gain.
_ANSWERED = (
    "plan changed", "change* of plan", "change* in plan", "change* to plan", "change* _ plan", "plan revised", "revis* _ plan", "revis* plan", "updat* plan", "updat* _ plan", "modif* plan", "modif* _ plan", "new goal*", "revis* goal*", "updat* goal*", "upgrad* goal*", "modif* goal*", "goal* revised", "goal* updated", "goal* upgraded", "goal* modified", "goal* added",
    "different approach", "new approach", "change* approach", "switch* to", "chang* to", "trial of", "refer* to", "refer* back", "contact* physician", "contact* dr", "contact* md", "call* dr", "call* md", "discharge", "discharged", "d/c", "dc to", "wean*", "reduc* frequency", "decreas* frequency", "frequency reduced", "taper*", "re plan", "reevaluat*", "re evaluat*",
    "hospital*", "surgery", "illness", "ill with", "after a fall", "infection", "pneumonia", "medication change*", "med change*", "injection", "complicat*", "interrupt*", "missed # visits", "missed _ weeks",
)  # fmt: skip

_LEXICON = Lexicon(
    {"plateau": _PLATEAU, "same": _SAME, "vague": _VAGUE, "worse": _WORSE, "answered": _ANSWERED}
)  # fmt: skip


def read_progress(low: str) -> tuple[Sign, ...]:
    """Return statements of the course in a note in lower case.

    Their kinds: ``vague`` (better, without a figure), ``same``, ``plateau``, ``worse``, and ``answered`` for a changed
    plan or a reason for the lack of gain.
    """
    return _LEXICON.find(low)
