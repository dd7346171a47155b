"""The threat model names code and tests that are there, and every control and abuse case has its line."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "threat-model.md").read_text()
ROWS = {row.split("|")[1].strip(): row for row in PAGE.splitlines() if re.match(r"\| [CX]-?\d", row)}


def named(row: str) -> list[tuple[str, list[str]]]:
    """The paths of a row with the tests named after each."""
    found: list[tuple[str, list[str]]] = []
    for word in re.findall(r"`([^`]+)`", row):
        if re.fullmatch(r"[\w./-]+/[\w./-]+\.\w+", word) and not word.startswith("./"):
            found.append((word, []))
        elif word.startswith("test_"):
            found[-1][1].append(word)
    return found


def test_every_control_and_every_abuse_case_has_a_line():
    assert set(ROWS) == {f"C-{number:02}" for number in range(1, 56)} | {f"X{number}" for number in range(1, 15)}


@pytest.mark.parametrize("name", sorted(ROWS))
def test_what_a_line_names_is_there(name):
    for path, tests in named(ROWS[name]):
        assert (ROOT / path).is_file(), path
        for test in tests:
            assert re.search(rf"^def {test}\(", (ROOT / path).read_text(), re.MULTILINE), (path, test)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_line_proves_itself_or_says_in_words_why_not(name):
    tests = [test for _, found in named(ROWS[name]) for test in found]
    assert tests or re.search(r"not built|operator|Operator|ruff", ROWS[name])
