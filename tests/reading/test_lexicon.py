"""Word lists that find signs."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.reading.lexicon import Lexicon

LEXICON = Lexicon({"alone": ("without cue*", "sets up _ own"), "cue": ("cue*", "verbal cue*"), "pain": ("pain #/10",)})


def found(text: str) -> list[tuple[str, str]]:
    return [(sign.kind, text[sign.start : sign.end]) for sign in LEXICON.find(text)]


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("cues for form", [("cue", "cues")]),
        ("walked without cueing", [("alone", "without cueing")]),
        ("sets up her own weights", [("alone", "sets up her own")]),
        ("sets up all of the chairs at his own pace", []),
        ("pain 4/10", [("pain", "pain 4/10")]),
        ("rescued", []),
        ("verbal-cueing", [("cue", "verbal-cueing")]),
    ],
)
def test_phrases_are_found_as_written(text, signs):
    assert found(text) == signs


@given(
    st.lists(
        st.sampled_from(["cue", "cues", "without", "sets", "up", "own", "pain", "4/10", ".", "\n", "x"]), max_size=60
    )
)
def test_signs_stand_in_order_without_overlapping(words):
    text = " ".join(words)
    signs = LEXICON.find(text)
    assert all(one.end <= other.start for one, other in pairwise(signs))
    assert all(0 <= sign.start < sign.end <= len(text) for sign in signs)
