"""Reading an uploaded note in a process of its own: a PDF comes from outside, and its reader is not Python.

The child is this module run as a program: the file on its input, a line of JSON on its output.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import tracker
from tracker.importers.errors import ImportProblem
from tracker.importers.note_text import read_note

WALL_SECONDS = 20.0
MEMORY_BYTES = 700 * 1024**2
_PASS_ON = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
_PASTE = "Open it, copy the text, and paste it."


def read_note_file(filename: str, data: bytes) -> str:
    """Return the text of an uploaded note: .txt, .pdf, C-CDA or FHIR. Raises ImportProblem saying why a file cannot be read."""
    try:
        done = subprocess.run(  # noqa: S603  # our own program, the file goes to its input
            [sys.executable, "-m", "tracker.services.note_files", Path(filename).suffix[:10]],
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
    text: str = answer["text"]
    return text


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
        answer = {"text": read_note(f"note{sys.argv[1]}", sys.stdin.buffer.read())}
    except ImportProblem as problem:
        answer = {"why": problem.why, "what_to_do": problem.what_to_do}
    with answer_to:
        json.dump(answer, answer_to)


if __name__ == "__main__":
    main()
