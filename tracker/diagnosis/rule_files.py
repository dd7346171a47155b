"""What only the checker can say of rule files: whether it has their checks and knows their payer words."""

from pathlib import Path

from tracker.diagnosis.checks import CHECKS
from tracker.diagnosis.payers import PAYER_WORDS
from tracker.knowledge.rows import Problems, read_whole


def rule_file_problems(folder: Path) -> Problems:
    """Return what is wrong with the checks and payers that the rules of a knowledge folder name, with file and line.

    What the loader says of a file (no TOML, a key missing) is not said again.
    """
    found: Problems = []
    for path in sorted((folder / "rules").glob("*.toml")):
        problems: Problems = []
        row = read_whole(path, problems)
        if row is None:
            continue
        check = row.optional("check")
        if check and check not in CHECKS:
            row.wrong(f"check is {check!r}, which is no check of tracker/diagnosis/checks", "check")
        for word in row.words("payers"):
            if word not in PAYER_WORDS:
                row.wrong(f"payers has {word!r}, which is no word of tracker/diagnosis/payers.py", "payers")
        found += problems
    return found
