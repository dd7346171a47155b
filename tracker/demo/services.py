"""The services the demo's practices give: fees, minutes, and how a note tells what was done. Figures are invented."""

from collections.abc import Mapping
from typing import NamedTuple


class Service(NamedTuple):
    """One code: charge and allowed amount of a unit in cents, whether it is timed, words for notes."""

    code: str
    charge_cents: int
    allowed_cents: int
    timed: bool
    label: str
    short: str


class Condition(NamedTuple):
    """Why a patient comes: diagnoses, the daily problem, the goal, a measure with its first value and aim.

    ``visits`` are the sets of codes a visit can have, ``work`` tells by code what is done.
    """

    diagnoses: tuple[str, ...]
    problem: str
    goal: str
    measure: str
    unit: str
    first: int
    aim: int
    visits: tuple[tuple[str, ...], ...]
    work: Mapping[str, tuple[str, ...]]


_ROWS = (
    Service("97110", 6800, 2890, True, "Therapeutic exercise", "TE"),
    Service("97112", 7400, 3310, True, "Neuromuscular re-education", "NMR"),
    Service("97140", 6600, 2710, True, "Manual therapy", "MT"),
    Service("97530", 7900, 3590, True, "Therapeutic activities", "TA"),
    Service("97116", 6200, 2880, True, "Gait training", "GT"),
    Service("97535", 7600, 3250, True, "Self-care and home management training", "ADL"),
    Service("97760", 8800, 4570, True, "Orthotic management and training", "Orth"),
    Service("97150", 3600, 1780, False, "Group exercise", "GRP"),
    Service("97161", 16500, 9720, False, "Physical therapy evaluation, low complexity", "Eval"),
    Service("97165", 17200, 9850, False, "Occupational therapy evaluation, low complexity", "Eval"),
    Service("92507", 13800, 7430, False, "Speech and language treatment", "ST"),
    Service("92526", 14600, 8190, False, "Treatment of swallowing", "SW"),
    Service("92523", 29500, 21800, False, "Evaluation of speech sounds and language", "Eval"),
)
SERVICES = {service.code: service for service in _ROWS}
EVALUATIONS = {"PT": "97161", "OT": "97165", "SLP": "92523"}
MODIFIERS = {"PT": "GP", "OT": "GO", "SLP": "GN"}

_GROUP = ("group of three, posture and breathing circuit",)
_SPLINT = ("volar wrist splint molded, straps and skin check taught", "dynamic splint adjusted by 10 deg")

CONDITIONS = {
    "PT": (
        Condition(
            ("M25.511", "M62.81"), "cannot reach the second shelf", "put plates on the second shelf", "shoulder flexion",
            "deg", 118, 160,
            (("97110", "97140"), ("97110", "97530"), ("97112", "97110", "97140")),
            {
                "97110": ("side-lying external rotation 2 lb 3x12", "resisted row, green band 3x12, tactile cue at the scapula"),
                "97112": ("scapular setting in prone with palpation of the lower trapezius",),
                "97140": ("grade III posterior glides, then soft tissue work to the upper trapezius",),
                "97530": ("reach to the second shelf with 2 lb, 3x8, cue to keep the shoulder down",),
                "97150": _GROUP,
            },
        ),
        Condition(
            ("Z96.651", "R26.89"), "needs the rail with both hands on stairs", "climb 12 stairs with one rail",
            "knee flexion", "deg", 82, 120,
            (("97110", "97116"), ("97110", "97530", "97140"), ("97110", "97140")),
            {
                "97110": ("mini squats to 60 deg 3x10, stopped twice for form", "step-ups 6 in 3x10, knee kept over the second toe"),
                "97116": ("step length cued with floor marks, cane, 4 x 60 ft",),
                "97140": ("patellar glides and scar mobilization",),
                "97530": ("stair training with a laundry basket, 12 steps x 4",),
                "97150": _GROUP,
            },
        ),
        Condition(
            ("M54.50",), "stops after ten minutes of standing", "stand 45 minutes at the press", "standing time", "min", 10,
            45,
            (("97110", "97530"), ("97530", "97112"), ("97110", "97140")),
            {
                "97110": ("bird-dog 3x10 with a dowel on the back", "side plank from the knees 4 x 20 s"),
                "97112": ("abdominal bracing in standing with perturbation",),
                "97140": ("grade III central glides L4 to S1",),
                "97530": ("lift of a 10 lb crate from floor to waist 3x6, cue for the hip hinge",),
                "97150": _GROUP,
            },
        ),
        Condition(
            ("M54.2", "G44.209"), "cannot turn to check the blind spot", "drive 40 minutes", "cervical rotation", "deg", 41,
            70,
            (("97110", "97140"), ("97112", "97110", "97140")),
            {
                "97110": ("deep neck flexor holds 8 x 10 s with a pressure cuff", "band rows 3x12, chin kept in"),
                "97112": ("head repositioning with a laser, 10 each way, 7 within target",),
                "97140": ("grade III facet glides C3 to C6, suboccipital release",),
                "97530": ("blind-spot checks seated, mirror for feedback",),
                "97150": _GROUP,
            },
        ),
        Condition(
            ("I69.351", "R26.81"), "fell twice in the kitchen", "walk to the mailbox without a cane",
            "Berg balance score", "points", 37, 48,
            (("97112", "97116"), ("97110", "97116"), ("97530", "97112")),
            {
                "97110": ("sit to stand without hands 3x8, rested after each set",),
                "97112": ("single-leg stance on foam with ball toss, 3 losses of balance corrected by hand",),
                "97116": ("turns and backward walking along the rail, 6 x 20 ft",),
                "97140": ("ankle mobilization, grade III",),
                "97530": ("carries a cup from counter to table, 10 times, 2 spills",),
                "97150": _GROUP,
            },
        ),
    ),
    "OT": (
        Condition(
            ("S52.501D",), "cannot open jars since the fracture", "open a jar and a car door", "grip strength", "lb", 22, 55,
            (("97530", "97140"), ("97110", "97530"), ("97140", "97110", "97530")),
            {
                "97110": ("wrist curls 3 lb 3x12, dropped to 2 lb when the ulnar side ached",),
                "97140": ("grade II radiocarpal glides, scar mobilization over the incision",),
                "97530": ("jar lids of three sizes, 4 of 6 opened with a grip aid",),
                "97760": _SPLINT,
            },
        ),
        Condition(
            ("M65.4",), "drops cups with a painful thumb", "lift a full kettle", "pinch strength", "lb", 6, 14,
            (("97530", "97140"), ("97535", "97110")),
            {
                "97110": ("thumb opposition against putty 3x10, pain kept at 3 or less",),
                "97140": ("soft tissue work to the first dorsal compartment",),
                "97530": ("pouring from a kettle filled to a third, wrist kept straight by cue",),
                "97535": ("buttoning and bottle opening with a built-up grip",),
                "97760": _SPLINT,
            },
        ),
        Condition(
            ("G56.01",), "wakes with numb fingers every night", "type for an hour", "grip strength", "lb", 28, 50,
            (("97535", "97110"), ("97110", "97140")),
            {
                "97110": ("tendon glides in 5 positions x10, median nerve glides 2x8",),
                "97140": ("scar and pillar massage, carpal row glides grade II",),
                "97530": ("ten minutes at a keyboard, wrists level, stopped at the first tingling",),
                "97535": ("night splint put on alone, desk height changed with the patient",),
                "97760": _SPLINT,
            },
        ),
    ),
    "SLP": (
        Condition(
            ("F80.2",), "is understood by strangers half of the time", "be understood by the teacher", "speech understood",
            "percent", 48, 85,
            (("92507",),),
            {"92507": ("minimal pairs /k/ and /t/ in phrases, 41 of 50 right with a visual cue", "/s/ clusters in words, 33 of 50 right after a model")},
        ),
        Condition(
            ("R13.12",), "coughs at most meals", "eat a soft meal without coughing", "meals without a cough", "of 10", 3, 9,
            (("92526",),),
            {"92526": ("effortful swallow with nectar, 2 of 12 trials with a cough", "lateral chew with soft solids, cue to alternate sides")},
        ),
        Condition(
            ("F80.1",), "uses two-word phrases", "tell what happened at school", "words in a phrase", "words", 2, 5,
            (("92507",),),
            {"92507": ("picture sequences told in order, 3 of 5 with one question", "two-step directions with one repetition, 14 of 20 right")},
        ),
    ),
}  # fmt: skip
