"""Notes put together from services, what was done in them, and layouts: what fits its code is never blamed."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.diagnosis.short_cases import short_case
from tracker.diagnosis.checks.contents import intervention_matches
from tracker.diagnosis.diagnosing import answers_of
from tracker.diagnosis.facts import ClaimFacts
from tracker.diagnosis.findings import Result, Strength
from tracker.knowledge import load

_DONE = {
    "97110": ["SLR 2# 3x10, cue to lock knee", "leg press 50 lb 3x12, raised from 40", "hamstring stretch 3x30 s, strap"],
    "97112": ["tandem stance on foam 4x20 s with perturbation", "SLS 5x15 s, tactile cue at pelvis", "PNF D2 x10 manual resistance"],
    "97116": ["hall 3x80 ft SPC, min A, cue longer R step", "stairs x8 step-to with rail, CGA", "treadmill 1.4 mph, mirror for trendelenburg"],
    "97140": ["gr III inferior GH glides 3x45 s", "STM to L upper trap, rotation 45 to 58 after", "manual traction C5-6 4x30 s"],
    "97530": ["box lift 15 lb floor to waist 2x8, cue hip hinge", "sit to stand 17 in 2x8 no hands", "car transfer x4, SBA"],
    "97535": ["sock aid and reacher for LB dressing, mod A to min A", "tub bench transfer with grab bar, CGA, cue"],
}  # fmt: skip
_NAMES = {
    "97110": ["97110", "Ther ex", "THERAPEUTIC EXERCISE", "TE"],
    "97112": ["97112", "Neuro re-ed", "NMR"],
    "97116": ["97116", "Gait training"],
    "97140": ["97140", "Manual therapy", "MT"],
    "97530": ["97530", "Ther act", "Therapeutic activities"],
    "97535": ["97535", "Self-care", "ADL training"],
}
_LAYOUTS = ["{name} {minutes} min: {done}", "{name} x {minutes} min - {done}.", "{name} ({minutes} min)\n  {done}", "* {name}, {minutes} minutes: {done}"]  # fmt: skip
_BLAME = frozenset({"doc_intervention_vague", "cod_wrong_code", "cod_one_on_one_vs_group", "mn_skill_not_shown"})


@st.composite
def notes(draw: st.DrawFn) -> tuple[list[str], str]:
    codes = draw(st.lists(st.sampled_from(sorted(_DONE)), min_size=1, max_size=3, unique=True))
    layout = draw(st.sampled_from(_LAYOUTS))
    lines = [
        layout.format(
            name=draw(st.sampled_from(_NAMES[code])),
            minutes=draw(st.integers(15, 22)),
            done=draw(st.sampled_from(_DONE[code])),
        )
        for code in codes
    ]
    return codes, "S: pain 3/10, slept well.\n" + "\n".join(lines) + "\nA: less cueing than last visit.\nP: 2x/wk."


@settings(max_examples=60, deadline=None)
@given(notes())
def test_what_fits_its_code_is_not_blamed(made):
    codes, text = made
    facts = ClaimFacts(
        short_case({"payer": "medicare_b", "lines": [f"{code}-GP x1" for code in codes], "note": text}), load()
    ).lines[0]

    blamed = [
        (answer.rule.id, answer.outcome.reason)
        for answer in answers_of(facts)
        if answer.rule.id.startswith(("CODE_", "TIME_NON"))
        and answer.outcome.result in {Result.FAILED, Result.NOT_SHOWN}
        and answer.cause in _BLAME
        and answer.outcome.strength is not Strength.WEAK
    ]

    assert blamed == []


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(_LAYOUTS),
    st.sampled_from(_NAMES["97140"]),
    st.sampled_from(
        ["effleurage and petrissage to lumbar paraspinals", "kneading and stroking of both calves, effleurage"]
    ),
)
def test_massage_under_manual_therapy_is_another_code(layout, name, done):
    text = layout.format(name=name, minutes=15, done=done)
    facts = ClaimFacts(short_case({"payer": "medicare_b", "lines": ["97140-GP x1"], "note": text}), load()).lines[0]

    outcome = intervention_matches(facts, load().rules["CODE_MATCHES_INTERVENTION"])

    assert outcome.result is Result.FAILED
    assert all(facts.case.notes[each.note].text[each.start : each.end] == each.quote for each in outcome.evidence)
