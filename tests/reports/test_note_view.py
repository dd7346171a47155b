from hypothesis import given
from hypothesis import strategies as st

from tracker.reports.note_view import Span, line_of, mark_of, merge_spans, note_lines

TEXTS = st.text(alphabet="ab \n", max_size=60)
SPANS = st.lists(st.builds(Span, st.integers(-2, 70), st.integers(-2, 70)), max_size=6)


@given(TEXTS, SPANS)
def test_no_character_of_a_note_is_lost_or_moved(text: str, spans: list[Span]):
    lines = note_lines(text, merge_spans(spans, len(text)))
    assert "\n".join("".join(piece.text for piece in line.pieces) for line in lines) == text


@given(TEXTS, SPANS)
def test_exactly_the_quoted_characters_are_marked(text: str, spans: list[Span]):
    marks = merge_spans(spans, len(text))
    marked = "".join(piece.text for line in note_lines(text, marks) for piece in line.pieces if piece.mark is not None)
    inside = [any(mark.start <= place < mark.end for mark in marks) for place in range(len(text))]
    assert marked == "".join(char for char, yes in zip(text, inside, strict=True) if yes and char != "\n")


@given(TEXTS, SPANS)
def test_every_quote_inside_the_text_has_one_mark_to_jump_to(text: str, spans: list[Span]):
    marks = merge_spans(spans, len(text))
    for span in spans:
        if 0 <= span.start < span.end <= len(text):
            assert mark_of(span, marks) is not None


def test_a_quote_over_two_lines_is_one_mark_that_opens_once():
    text = "Ther ex 3x10\ntolerated well"
    lines = note_lines(text, merge_spans([Span(8, 22)], len(text)))
    pieces = [piece for line in lines for piece in line.pieces if piece.mark == 1]
    assert [(piece.text, piece.opens) for piece in pieces] == [("3x10", True), ("tolerated", False)]


def test_lines_count_from_one():
    assert [line_of("a\nb\nc", place) for place in (0, 2, 4)] == [1, 2, 3]
