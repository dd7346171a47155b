"""The disk: files appear whole or not at all, and below a floor of free room nothing is written (security.md R-19, C-35)."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedWriter
from pathlib import Path

from tracker.config import Settings

LOW_BYTES = 1_000_000_000
FULL_BYTES = 200_000_000


def free_bytes(folder: Path) -> int:
    """Return the bytes free where ``folder`` lies."""
    return shutil.disk_usage(folder).free


def is_full(settings: Settings) -> bool:
    """Whether the data folder's disk has less than 200 MB left: then the tracker only reads."""
    return free_bytes(settings.data_dir) < FULL_BYTES


def is_low(settings: Settings, incoming_bytes: int = 0) -> bool:
    """Whether less than 1 GB, or than three times a file about to be stored, is left."""
    return free_bytes(settings.data_dir) < max(LOW_BYTES, 3 * incoming_bytes)


@contextmanager
def written_whole(path: Path) -> Iterator[BufferedWriter]:
    """Give a file for writing that takes its name once all of it is on the disk; nobody else can read it (mode 600)."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
