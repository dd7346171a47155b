"""Reading an uploaded note in a process of its own: a PDF comes from outside, and its reader is not Python.

The child is this module run as a program: the file on its input, a line of JSON on its output.
"""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import tracker
from tracker.importers.document_note import DocumentNote
from tracker.importers.errors import ImportProblem
from tracker.importers.note_text import FoundNote, read_document, read_note

WALL_SECONDS = 20.0
MEMORY_BYTES = 700 * 1024**2
_PASS_ON = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
_PASTE = "Open it, copy the text, and paste it."


def read_note_file(filename: str, data: bytes) -> str:
    """Return the text of an uploaded note: .txt, .pdf, C-CDA or FHIR. Raises ImportProblem saying why a file cannot be read."""
    text: str = _read("note", filename, data)["text"]
    return text


def read_document_file(filename: str, data: bytes) -> list[FoundNote]:
    """Return every note of a C-CDA or FHIR file. Raises ImportProblem saying why a file cannot be read."""
    return [_note(each) for each in _read("document", filename, data)["notes"]]


def _read(what: str, filename: str, data: bytes) -> dict[str, Any]:
    try:
        done = subprocess.run(  # noqa: S603  # our own program, the file goes to its input
            [sys.executable, "-m", "tracker.services.note_files", what, Path(filename).suffix[:10]],
            input=data,
            capture_output=True,
            timeout=WALL_SECONDS,
            check=False,
            cwd=Path(tracker.__file__).parent.parent,
            env={name: os.environ[name] for name in _PASS_ON if name in os.environ},
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        answer = None
    if answer is None:
        raise ImportProblem("File", "The file could not be read in the time and memory allowed.", _PASTE)
    if "why" in answer:
        raise ImportProblem("File", answer["why"], answer["what_to_do"])
    found: dict[str, Any] = answer
    return found


def _as_json(found: FoundNote) -> dict[str, Any]:
    about = found.about
    days = {name: day.isoformat() if day else None for name, day in _days(about).items()}
    words = {"last_name": about.last_name, "first_name": about.first_name, "author": about.author, "title": about.title}
    return {**words, **days, "text": found.text, "problem": found.problem}


def _days(about: DocumentNote) -> dict[str, date | None]:
    return {"birth_date": about.birth_date, "visit_date": about.visit_date}


def _note(told: dict[str, Any]) -> FoundNote:
    birth, visit = (date.fromisoformat(told[name]) if told[name] else None for name in ("birth_date", "visit_date"))
    about = DocumentNote(told["last_name"], told["first_name"], birth, visit, told["author"], (), told["title"])
    return FoundNote(about, told["text"], told["problem"])


def _limit() -> None:
    """Bound this process's memory, time and files; Windows has the wall clock alone."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (int(WALL_SECONDS), int(WALL_SECONDS)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> None:
    """Read the file on the input and write its text, or why it cannot be read, to the output."""
    answer_to = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a library that prints must not write into the answer
    _limit()
    try:
        what, name, data = sys.argv[1], f"note{sys.argv[2]}", sys.stdin.buffer.read()
        answer: dict[str, Any] = (
            {"notes": [_as_json(found) for found in read_document(name, data)]}
            if what == "document"
            else {"text": read_note(name, data)}
        )
    except ImportProblem as problem:
        answer = {"why": problem.why, "what_to_do": problem.what_to_do}
    with answer_to:
        json.dump(answer, answer_to)


if __name__ == "__main__":
    main()
