"""The files of the repository, as the tests of its shape read them."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def kept_files() -> list[Path]:
    """Every file git keeps; in an unpacked archive every file outside the ignored folders."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    ignored = {line.rstrip("/") for line in (ROOT / ".gitignore").read_text().splitlines()}
    return [path for path in ROOT.rglob("*") if path.is_file() and not ignored & set(path.relative_to(ROOT).parts)]


def modules(folder: str) -> Iterator[tuple[str, ast.Module]]:
    """Each Python file below a folder: its path from the root, and its syntax tree."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def templates(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.html"))
