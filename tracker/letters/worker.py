"""The child process that renders and merges: reads one task after the other from its input until that ends."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

from tracker.letters import (
    own_template,
    packet_cutting,
    packet_pages,
    packet_reading,
    pdf,
    picture_making,
    unzipping,
    workbook_reading,
)
from tracker.letters.limited import Answer, Refusal, read_message, write_message

MEMORY_BYTES = 700 * 1024**2
CPU_SECONDS = 8
_NICENESS = 5
_FILE_BYTES = 16 * 1024**2  # WeasyPrint hands fonts to fontconfig through files

TASKS: Mapping[str, Callable[[dict[str, Any], Sequence[bytes]], Answer]] = {
    "warm": pdf.warm,
    "render": pdf.render,
    "warm_own": own_template.warm_own,
    "write": own_template.write_own,
    "try": own_template.try_own,
    "count": packet_pages.count,
    "merge": packet_pages.merge,
    "read": packet_reading.read_pages,
    "draw": packet_reading.draw_pages,
    "weigh": packet_cutting.weigh,
    "cut": packet_cutting.cut,
    "picture": picture_making.make_picture,
    "unzip": unzipping.unzip,
    "workbook": workbook_reading.read_workbook,
}


def _limit() -> None:
    """Bound memory, files and core dumps of this process (Windows has no such limits, only the wall clock).

    Not the number of processes: Pango starts a thread for every document. Pages that people wait for go first.
    """
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(_NICENESS)


def _allow_cpu(seconds: int) -> None:
    """Give the next task this much CPU time; beyond it the system kills the process."""
    if sys.platform == "win32":
        return
    import resource

    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, hard))


def main() -> None:
    """Answer tasks until the input ends. A fault that no task foresees ends the process, and its parent says so."""
    inbox = os.fdopen(os.dup(0), "rb")
    outbox = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)  # a library that prints must not write into an answer
    _limit()
    while _answer_next(inbox, outbox):
        pass


def _answer_next(inbox: IO[bytes], outbox: IO[bytes]) -> bool:
    """Answer one task and keep nothing of it: the next has the whole memory. False at the end of the input."""
    message = read_message(inbox)
    if message is None:
        return False
    values, blobs = message
    _allow_cpu(CPU_SECONDS)
    try:
        answer = TASKS[values["task"]](values["arguments"], blobs)
    except Refusal as refusal:
        write_message(outbox, {"refused": refusal.kind, "why": refusal.why, "about": refusal.about}, ())
    else:
        write_message(outbox, {"values": answer.values}, answer.blobs)
    return True


if __name__ == "__main__":
    main()
