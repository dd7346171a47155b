"""Runs work that cannot be trusted to end in child processes with limits on memory, CPU, files and time.

Rendering HTML and parsing uploaded PDFs can loop or take all memory (40 bytes of HTML suffice). Two children stay
warm; a child that dies or is killed is replaced at once. Letters whose text a practice wrote have children of their own,
and few may wait for those: whatever such a text does, other letters are made and other pages answer (security.md C-22).
"""

import atexit
import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

import tracker
from tracker.letters.problems import LetterProblem, PdfBusy, PdfFailed

WALL_SECONDS = 10.0
OWN_SECONDS = 6.0  # for one letter whose text a practice wrote
CHILDREN = 2
_MOST_WAITING = 1  # for the children of such letters: with those at work fewer than a server has threads
_WAIT_SECONDS = 30.0
_START_SECONDS = 20.0  # for a child to load Python and WeasyPrint
# What the dynamic linker, fontconfig and Python need; nothing else of the server's environment reaches a child.
_ENVIRONMENT = (
    "PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "PYTHONPATH", "VIRTUAL_ENV",
    "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "WEASYPRINT_DLL_DIRECTORIES", "FONTCONFIG_PATH",
    "FONTCONFIG_FILE", "XDG_CACHE_HOME",
)  # fmt: skip


class Answer(NamedTuple):
    """What a task gives back: small values as JSON, files as bytes."""

    values: dict[str, Any]
    blobs: Sequence[bytes]


class Refusal(Exception):  # noqa: N818  # an answer, not a fault
    """A task's answer that the work cannot be done; ``about`` is the position of the blob it speaks of."""

    def __init__(self, kind: str, why: str, about: int = 0) -> None:
        super().__init__(why)
        self.kind = kind
        self.why = why
        self.about = about


class _ChildLost(Exception):  # noqa: N818  # says what happened
    """The child ended before it answered."""


def write_message(file: IO[bytes], values: Mapping[str, Any], blobs: Sequence[bytes]) -> None:
    """Write one message: a line of JSON that ends with the sizes of the blobs, then the blobs."""
    head = json.dumps({**values, "sizes": [len(blob) for blob in blobs]}).encode()
    file.write(head + b"\n")
    file.writelines(blobs)
    file.flush()


def read_message(file: IO[bytes]) -> tuple[dict[str, Any], list[bytes]] | None:
    """Return the next message, or None at the end of the stream."""
    head = file.readline()
    if not head.endswith(b"\n"):
        return None
    values = json.loads(head)
    blobs = [file.read(size) for size in values.pop("sizes")]
    return values, blobs


class _Child:
    """One process, started when it is first needed; ``warm`` is the task that loads what its work needs."""

    def __init__(self, warm: str) -> None:
        self._warm = warm
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()

    def run(self, task: str, arguments: Mapping[str, Any], blobs: Sequence[bytes], seconds: float) -> Answer:
        """Return the task's answer. Raises Refusal, or PdfFailed when the child did not live to answer."""
        self.start()
        return self._answer(task, arguments, blobs, seconds)

    def start(self) -> None:
        """Start the process, unless it runs, and wait until it can work. Raises PdfFailed when it cannot."""
        with self._starting:
            if self._process is not None and self._process.poll() is None:
                return
            self.stop()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tracker.letters.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # libraries print what they read, and that is about patients
                cwd=Path(tracker.__file__).parent.parent,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            )
            with contextlib.suppress(Refusal):  # without Pango the child still does all other work
                self._answer(self._warm, {}, (), _START_SECONDS)

    def _answer(self, task: str, arguments: Mapping[str, Any], blobs: Sequence[bytes], seconds: float) -> Answer:
        process = self._process
        assert process is not None
        alarm = threading.Timer(seconds, process.kill)
        alarm.start()
        try:
            values, answered = _exchange(process, {"task": task, "arguments": arguments}, blobs)
        except (_ChildLost, BrokenPipeError):
            late = alarm.finished.is_set()
            self.stop()
            raise PdfFailed(_why_lost(seconds, late=late)) from None
        finally:
            alarm.cancel()
        if "refused" in values:
            raise Refusal(values["refused"], values["why"], values["about"])
        return Answer(values["values"], answered)

    def stop(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):  # what was not read is lost with the child
                pipe.close()


def _exchange(
    process: subprocess.Popen[bytes], values: Mapping[str, Any], blobs: Sequence[bytes]
) -> tuple[dict[str, Any], list[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    write_message(process.stdin, values, blobs)
    answer = read_message(process.stdout)
    if answer is None:
        raise _ChildLost
    return answer


def _why_lost(seconds: float, *, late: bool) -> str:
    if late:
        return f"The PDF was not ready after {seconds:.0f} seconds and was given up. A shorter letter or fewer pages may help"
    return "The PDF could not be made within the memory and time allowed and was given up. A shorter letter may help"


class _Pool:
    """A few children. At most ``waiting`` callers wait for one of them (None for any number), each half a minute.

    Others wait ``patience`` seconds to become one of those.
    """

    def __init__(self, warm: str = "warm", waiting: int | None = None) -> None:
        self._children = [_Child(warm) for _ in range(CHILDREN)]
        self._free: queue.LifoQueue[_Child] = queue.LifoQueue()
        for child in self._children:
            self._free.put(child)
        self._room = threading.Semaphore(CHILDREN + waiting) if waiting is not None else None

    def run(
        self, task: str, arguments: Mapping[str, Any], blobs: Sequence[bytes], seconds: float, patience: float
    ) -> Answer:
        if self._room is None:
            return self._run(task, arguments, blobs, seconds)
        if not self._room.acquire(timeout=patience):
            raise PdfBusy
        try:
            return self._run(task, arguments, blobs, seconds)
        finally:
            self._room.release()

    def _run(self, task: str, arguments: Mapping[str, Any], blobs: Sequence[bytes], seconds: float) -> Answer:
        try:
            child = self._free.get(timeout=_WAIT_SECONDS)
        except queue.Empty:
            raise PdfBusy from None
        try:
            answer = child.run(task, arguments, blobs, seconds)
        except PdfFailed:
            threading.Thread(target=self._bring_back, args=(child,), daemon=True).start()
            raise
        except BaseException:
            self._free.put(child)
            raise
        self._free.put(child)
        return answer

    def _bring_back(self, child: _Child) -> None:
        """Start a lost child again, so that the next caller does not wait for that."""
        try:
            with contextlib.suppress(PdfFailed):  # it is tried again when it is needed
                child.start()
        finally:
            self._free.put(child)

    def stop(self) -> None:
        for child in self._children:
            child.stop()


_pool = _Pool()
_own_pool = _Pool("warm_own", _MOST_WAITING)
atexit.register(_pool.stop)
atexit.register(_own_pool.stop)


def run_limited(
    task: str,
    arguments: Mapping[str, Any],
    blobs: Sequence[bytes] = (),
    *,
    on_refusal: Callable[[Refusal], LetterProblem],
    seconds: float = WALL_SECONDS,
    own: bool = False,
    patience: float = 2.0,
) -> Answer:
    """Return a task's answer from a child process; ``own`` says that a practice wrote what it works on.

    ``patience`` is how many seconds a caller waits in line where few may wait for a child.

    Raises what ``on_refusal`` makes of the task's refusal, PdfFailed when the child ran out of time or memory, PdfBusy
    when too many wait.
    """
    try:
        if own:
            return _own_pool.run(task, arguments, blobs, min(seconds, OWN_SECONDS), patience)
        return _pool.run(task, arguments, blobs, seconds, patience)
    except Refusal as refusal:
        raise on_refusal(refusal) from None
