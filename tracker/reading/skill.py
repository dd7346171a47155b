"""What a note shows of a clinician's skill, and what it says that needs none.

Skill shows as cueing, assistance, hands on the patient, grading, watching over risk, analysis and teaching (Medicare
Benefit Policy Manual chapter 15 s.220.2). Routine words alone ("tolerated well") show none of it.
"""

from dataclasses import dataclass

from tracker.reading.lexicon import Lexicon, Sign

# Kinds of skill.
_CUES = (
    "cue*", "cuing", "prompt*", "tactile", "verbal feedback", "visual feedback", "mirror*", "biofeedback", "feedback",
    "feed back", "hand over hand", "facilitat*", "inhibit*", "re taught", "retaught", "reminder*", "reminded _ to", "reminded to", "reminded for", "redirect*",
    "model*", "scaffold*", "errorless", "chaining", "placement", "shaped", "shaping", "recast*", "minimal pair*", "metronome",
    "one word from me", "word from me",
    "told _ to", "asked _ to", "told her", "told him", "demo", "demo'd", "demonstrat*", "instruct*", "vc", "vcs", "tc", "tcs", "v/c", "t/c",
    "hoh", "knowledge of performance", "knowledge of results", "stopped _ at", "blocking", "blocked", "block",
)  # fmt: skip
_ASSISTED = (
    "min a", "mod a", "max a", "min assist*", "mod assist*", "max assist*", "minimal assist*", "moderate assist*", "maximal assist*",
    "maximum assist*", "cga", "sba", "contact guard*", "stand by assist*", "standby assist*", "steadying", "hands on", "guarded", "guarding", "gait belt",
    "assisted", "aarom", "spotted", "spotting", "#% assist*",
)  # fmt: skip
_HANDS = (
    "mobiliz*", "mobilis*", "mobs", "glide", "glides", "gr i*", "gr v", "gr #", "grade i*", "grade v", "grade #", "stm", "soft tissue", "iastm", "myofascial", "mfr",
    "trigger point*", "manipulat*", "pnf", "perturbation*", "rhythmic stabiliz*", "contract relax", "hold relax", "muscle energy", "strain counterstrain",
    "upglide*", "downglide*", "overpressure", "prom", "passive rom", "passive stretch*", "lymph*", "mld", "bandag*", "debrid*", "needl*", "filiform",
    "scar mob*", "scar massage", "taping", "taped", "manual traction", "manual resist*", "manual contact*", "manual cue*", "manual facilit*", "pressure release", "pin and stretch", "positional release", "splint fabricat*", "orthosis fabricat*", "splint adjust*", "distraction*", "reposition*", "epley", "tapping", "approximation",
    "ischemic", "thiele", "trp", "trps", "anastomosis", "decongest*", "fibrosis tech*", "by hand", "my hand", "my hands", "i held", "i supported", "i guided",
    "handling", "laryngeal", "depressor", "effleurage", "petrissage", "friction",
)  # fmt: skip
_GRADED = (
    "progress* to", "progress* from", "progress* with", "progressed", "advance*", "upgrad*", "downgrad*", "regress*", "increased", "decreased", "raised", "lowered", "reduced", "dropped back",
    "dropped to", "dropped _ to", "drop to", "cut to", "cut back", "up from", "down from", "was #", "stepped back", "stepped down", "went from", "from # to", "faded", "fading", "fade", "weaned", "wean", "weaning",
    "graded", "grading", "modif*", "adapt*", "adjust*", "switched", "changed", "swapped", "substituted", "replaced", "introduced", "added", "add", "lengthened", "shortened", "slowed",
    "sped up", "moved to", "moved _ to", "back to", "resumed", "rested when", "held at", "terminated", "discontinued", "dropped _ level", "level dropped", "heavier", "harder", "easier", "last set",
    "held _ due", "rewrote", "rewritten", "simplified", "new exercise*", "new item*",
)  # fmt: skip
_WATCHED = (
    "monitor*", "symptoms checked", "symptom monitoring", "symptoms after", "vitals", "hr #", "heart rate", "bp #", "spo2", "o2 sat*", "sats", "rpe", "borg", "orthosta*", "dizz*", "palpat*", "auscult*", "listened", "watched for", "observed for", "safety awareness",
    "semg", "emg", "surface emg", "in the water with",
    "skin clear", "skin intact", "skin check*", "fall risk", "loss of balance", "lob", "lobs", "near fall", "aspirat*", "wet voice", "irritab*", "red flag*", "respiration*",
)  # fmt: skip
_ANALYSED = (
    "compensat*", "substitut*", "deviation*", "valgus", "trendelenburg", "circumduct*", "hip hike", "hike*", "trunk lean", "leans", "pattern*", "quality", "technique*", "correct*", "alignment", "mechanics", "posture",
    "assessed", "reassess*", "re assess*", "symptoms asked", "retest*", "re test*", "measured", "analy*", "because", "due to", "bcs", "secondary to", "limited by", "limiting", "barrier*", "suggest*", "indicat*", "consistent with",
    "breath hold*", "valsalva", "bearing down", "overactiv*", "co contract*", "coactivat*", "accessory muscle*", "exhale timing", "halo",
    "carryover", "carry over", "carries over", "carried over", "error*", "strateg*", "sequenc*", "motor plan*", "motor control", "motor learning", "clinical reasoning", "problem solv*", "end feel", "capsular", "centraliz*", "peripheraliz*", "hypomob*", "guarding",
    "when fatigued", "as fatigue", "stops when", "self correct*", "trial*", "accuracy", "re plan", "criterion",
)  # fmt: skip
_TAUGHT = (
    "urge suppress*", "urge drill*", "knack", "down training", "downtraining",
    "educat*", "taught", "trained", "shown the", "shown how", "showed _ how", "teach*", "coach*", "return demo*", "returned demo*", "teach back", "hep updated", "updated hep", "hep revised", "hep progressed", "hep advanced", "issued", "handout", "reviewed hep", "hep reviewed", "guided", "guidance", "advised",
)  # fmt: skip
_CLAIMED = ("skilled", "requires pt", "requires therapy", "needs a therapist", "therapist's skill*")

# What needs no skill, or says nothing of it.
_ROUTINE = (
    "tol* well", "tol* tx well", "tol* treatment well", "tol* tx", "tol* treatment", "tol* session", "tol* session well", "tol* rx", "tol* rx well", "tol* all _ well", "tol* ex* well", "tol* therapy well", "tol* today's _ well",
    "cont poc", "cont per poc", "cont* poc", "cont* per poc", "cont* with poc", "cont* w/ poc", "cont* current poc", "cont* plan of care", "cont* with plan of care", "cont* per plan of care", "cont* current plan", "cont* plan", "cont* with plan", "cont* with current plan", "cont per sheet", "cont* same", "cont* as before", "cont* per plan",
    "per flow sheet", "per flowsheet", "see flow sheet", "see flowsheet", "on flow sheet", "per sheet", "per exercise log", "see log", "per log", "per _ sheet", "per _ log", "as per _ sheet", "same as home", "same as hep", "per protocol", "per grid", "see grid",
    "took part well", "carry on with", "at an appropriate level", "remains motivated", "in line with the plan", "good job",
    "did well", "doing well", "did great", "did fine", "good effort", "good session", "no complaint*", "no c/o", "no new c/o", "no new complaint*", "no issue*", "no problem*", "no changes", "no adverse", "without complaint*", "without incident", "pleasant", "good participation", "participated well", "worked hard", "trying hard", "will benefit from", "would benefit from", "benefit from continued", "same as last", "same as before", "as usual", "usual routine", "usual program*", "usual exercise*", "usual ex", "completed all exercise*", "performed all exercise*", "did all exercise*", "all exercise* completed", "exercise* completed", "completed exercise*", "routine ex*", "warmed up", "warm up", "same three", "same _ each visit", "same _ every visit", "same _ each time", "same treatment*", "same modalit*", "same program*", "same routine", "same ex*", "same list",
)  # fmt: skip
_ALONE = (
    "without help", "without assist*", "without any help", "without any assist*", "without cue*", "without any cue*", "without verbal cue*", "without prompt*", "without instruction*", "without correction*", "without guidance", "without supervision", "without staff",
    "no assist*", "no help", "no correction*", "no prompt*", "nothing noted", "nothing to correct", "no cue*", "no _ cue* needed", "no verbal cue*", "no assist* needed", "no assist* required", "no help needed", "no instruction*", "no correction*", "needs no cue*", "needed no cue*", "requires no cue*", "required no cue*", "needed no help", "needs no help", "did not need _ cue*", "did not need cue*", "did not require _ cue*", "cue* not needed",
    "knows the routine", "knows _ routine", "knows _ exercise*", "knows _ program*", "knows _ by heart", "knows what to do", "familiar with _ program*", "familiar with _ exercise*", "familiar with _ routine", "memorized", "sets up _ own", "set up _ own", "sets _ own", "picks _ own", "gets _ own",
    "on his own", "on her own", "on their own", "by himself", "by herself", "by themselves", "start to finish", "self directed", "self paced", "self guided", "self managed", "all independent*", "indep* with all", "indep* w/ all", "independent* completed", "completed independent*", "performed independent*", "did _ independent*", "supervised only", "supervision only", "supervision throughout", "supervised throughout", "distant supervision", "for supervision only", "patient led", "pt led", "client led", "sat with her", "sat with him", "sat with pt", "sat with patient", "sat by", "present in gym", "present in the gym", "present in room", "in the area", "stood by", "nearby", "looked in", "watched the news", "watched tv", "available for questions", "at desk", "company on", "pushed own", "watched pt", "watched patient", "observed pt", "observed patient", "supervised ex*", "supervised pt", "supervised patient", "supervised while", "independent, does", "does all of it", "does everything", "from the desk", "across the gym", "from across", "while charting",
    "all goals met", "all _ goals met", "discharged from goals", "no new goal*", "no new aim*",
    "no skilled need*", "no skilled", "skill* not required", "does not need skilled", "does not require skilled", "no longer need* skilled", "no longer require* skilled",
)  # fmt: skip
_AT_HOME = (
    "same list _ at home", "same list at home", "has the same _ at home", "does the same _ at home", "does same _ at home", "same exercise* at home", "same exercises _ at home", "same program* at home", "same _ at home", "does these at home", "does them at home", "does it at home", "can do these at home", "can do _ at home", "could do _ at home",
    "does it off days", "does them _ off days", "does it daily", "same _ at the gym", "at his gym", "at her gym", "gym member*", "health club", "fitness cent*", "silver sneakers",
    "independent with hep", "independent w/ hep", "independent in hep", "indep* with hep", "indep* w/ hep", "indep* in hep", "ind* w/ hep", "ind* with hep", "(i) with hep", "i with hep", "independent with home ex*", "independent with home program*", "independent in home ex*", "independent with his home ex*", "independent with her home ex*", "independent with _ home program*", "hep independent*",
)  # fmt: skip

SKILLED = {
    "cue": _CUES, "assist": _ASSISTED, "hands": _HANDS, "grade": _GRADED, "watch": _WATCHED, "analysis": _ANALYSED, "teach": _TAUGHT,
}  # fmt: skip
_LEXICON = Lexicon({"alone": _ALONE, "home": _AT_HOME, "routine": _ROUTINE, **SKILLED, "claim": _CLAIMED})


@dataclass(frozen=True, slots=True)
class Skill:
    """Signs of a clinician's skill, and statements of routine, of doing it alone and of doing the same at home.

    ``claimed`` are bare words like "skilled therapy needed", which show nothing by themselves.
    """

    shown: tuple[Sign, ...] = ()
    routine: tuple[Sign, ...] = ()
    alone: tuple[Sign, ...] = ()
    at_home: tuple[Sign, ...] = ()
    claimed: tuple[Sign, ...] = ()


def read_skill(low: str) -> Skill:
    """Return the signs of skill and of routine in a note in lower case."""
    signs = _LEXICON.find(low)
    return Skill(
        shown=tuple(sign for sign in signs if sign.kind in SKILLED),
        routine=tuple(sign for sign in signs if sign.kind == "routine"),
        alone=tuple(sign for sign in signs if sign.kind == "alone"),
        at_home=tuple(sign for sign in signs if sign.kind == "home"),
        claimed=tuple(sign for sign in signs if sign.kind == "claim"),
    )
