from hypothesis import given
from hypothesis import strategies as st

from tracker.knowledge.entries import RootCause
from tracker.reports.months import Month
from tracker.reports.pareto import UNCLASSIFIED, pareto_heading, root_cause_pareto
from tracker.reports.tallies import CauseTally

OCTOBER = Month(2026, 10)
CAUSES = {
    code: RootCause(code, title, group, "", "therapist", True, "test")
    for code, title, group in (
        ("mn_skill_not_shown", "Skilled need not shown in the note", "medical necessity"),
        ("auth_exceeded_or_mismatch", "Visits exceed authorization", "authorization"),
        ("bun_modifier_needed", "Modifier 59/XS missing", "bundling"),
        ("mod_discipline", "GP/GO/GN modifier missing", "modifier"),
    )
}


def pareto(**cents):
    tallies = [CauseTally("" if code == "none" else code, 10, value) for code, value in cents.items()]
    return root_cause_pareto(OCTOBER, tallies, CAUSES)


def test_causes_stand_by_dollars_with_not_classified_last():
    result = pareto(none=900_000, mod_discipline=100, mn_skill_not_shown=500, bun_modifier_needed=300)
    assert [cause.title for cause in result.causes] == [
        "Skilled need not shown in the note",
        "Modifier 59/XS missing",
        "GP/GO/GN modifier missing",
        UNCLASSIFIED,
    ]
    assert [cause.running_cents for cause in result.causes] == [500, 800, 900, 900_900]


def test_a_cause_the_library_does_not_know_shows_its_code():
    assert pareto(old_cause=100).causes[0].title == "old_cause"


@given(st.dictionaries(st.sampled_from(["", *CAUSES]), st.integers(0, 10**9)))
def test_the_running_share_ends_at_everything(cents):
    result = root_cause_pareto(OCTOBER, [CauseTally(code, 1, value) for code, value in cents.items()], CAUSES)
    assert sum(cause.cents for cause in result.causes) == sum(cents.values()) == result.cents
    assert not result.causes or result.causes[-1].running_cents == result.cents
    if "" in cents:
        assert result.causes[-1].code == ""


def test_the_heading_names_how_few_causes_make_half_of_the_dollars():
    assert (
        pareto_heading(pareto(mn_skill_not_shown=600, mod_discipline=400))
        == "One cause makes up 60% of October dollars"
    )
    three = pareto(mn_skill_not_shown=300, mod_discipline=250, bun_modifier_needed=240, auth_exceeded_or_mismatch=210)
    assert pareto_heading(three) == "Two causes make up 55% of October dollars"


def test_the_heading_says_when_most_is_not_classified():
    assert pareto_heading(pareto(none=700, mod_discipline=300)) == "70% of October dollars are not classified yet"


def test_the_heading_does_not_rank_a_handful():
    few = root_cause_pareto(OCTOBER, [CauseTally("mod_discipline", 4, 900)], CAUSES)
    assert pareto_heading(few) == "Too few denials in October to rank causes"
    assert pareto_heading(root_cause_pareto(OCTOBER, [], CAUSES)) == "No denials in October"
