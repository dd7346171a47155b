"""Each of the thirty checks of a finished product has a test that carries its number in its name."""

import re

from tests.architecture.sources import ROOT

CHECKS = {
    1: "after sign-in the queue opens with the nearest clock, overdue first",
    2: "on a laptop eight comfortable or eleven compact rows, Next step not clipped",
    3: "the number and dollars of each tile are its rows",
    4: "filters travel in the address, Back returns",
    5: "a searched name is in no address, title, history or log",
    6: "browser storage holds nothing of a patient",
    7: "rows are chosen with keys, the bar says how many and their sum",
    8: "single keys can be switched off and never fire while typing",
    9: "what has the focus is never covered",
    10: "no accessibility violation on any screen, light and dark",
    11: "targets are large enough",
    12: "no screen scrolls sideways at 320 pixels",
    13: "without colors clocks are told apart by shape and words",
    14: "text twice as large and forced colors",
    15: "everything works without JavaScript",
    16: "from an 835 to the signed PDF in six clicks, from a row in three",
    17: "importing changes nothing before it is confirmed, and twice adds nothing",
    18: "a bad file is named and the good ones go on",
    19: "undoing an import restores counts, and is refused with a reason",
    20: "every change in the queue can be undone",
    21: "an empty form says what to enter and leads there",
    22: "errors are said in plain words",
    23: "the answer of a denial stands above the fold",
    24: "each quote is found word for word in the note and leads to its mark",
    25: "a gap blocks signing and is named",
    26: "every number of a chart leads to that many rows, and a table holds its values",
    27: "a month in progress is named and in no comparison; small groups get a reason, not a rate",
    28: "a line denied three times is one denial",
    29: "the monthly report: letter size, tagged, in color, no patient",
    30: "a first start shows its steps, and the demo can be removed",
}

_NAME = re.compile(r"def test_checks?_(\d\d)(?:_to_(\d\d))?_")


def test_every_check_is_tried_by_a_test_of_its_number():
    tried = set[int]()
    for path in (ROOT / "tests").rglob("test_*.py"):
        for first, last in _NAME.findall(path.read_text()):
            tried.update(range(int(first), int(last or first) + 1))
    assert tried == CHECKS.keys()
