"""Opening the installation's keys, once per process: from the key file, or by asking for the passphrase."""

import getpass
import sys
from functools import lru_cache
from pathlib import Path

from tracker.config import Settings, SettingsError
from tracker.db import SessionMaker, make_engine
from tracker.sealing.key_store import KeyProblem, KeyStore, MasterKey


def key_store(settings: Settings) -> KeyStore:
    """Return where the settings keep the keys."""
    return KeyStore(settings.data_dir, settings.key_file)


def open_master(settings: Settings) -> MasterKey:
    """Return the master key; a passphrase is asked for once. Raises SettingsError saying what is missing.

    Opened again once it was renewed, by whichever process.
    """
    try:
        number = key_store(settings).number
        return _opened(settings.data_dir, settings.key_file, settings.key_passphrase_file, number)
    except KeyProblem as problem:
        raise SettingsError(str(problem)) from None


def open_sessions(settings: Settings) -> SessionMaker:
    """Return the maker of sessions of the database the settings name, with its keys. Raises SettingsError."""
    return SessionMaker(make_engine(settings.database_url, open_master(settings), lambda: open_master(settings)))


def known_passphrase(settings: Settings) -> str | None:
    """Return the keys' passphrase, from its file or as it was typed at the start; None when there was none."""
    if settings.key_passphrase_file is not None:
        return settings.key_passphrase_file.read_text().strip()
    return _typed.get(settings.data_dir)


_typed: dict[Path, str] = {}  # kept like the key it opens: a running server cannot ask again once that was renewed


@lru_cache(maxsize=8)
def _opened(
    data_dir: Path,
    key_file: Path | None,
    passphrase_file: Path | None,
    number: int,  # noqa: ARG001  # a renewed key is another one to remember
) -> MasterKey:
    def passphrase() -> str:
        if passphrase_file is not None:
            return passphrase_file.read_text().strip()
        if data_dir not in _typed:
            _typed[data_dir] = getpass.getpass("Passphrase of the tracker's keys: ")
        return _typed[data_dir]

    can_ask = passphrase_file is not None or data_dir in _typed or sys.stdin.isatty()
    try:
        master = KeyStore(data_dir, key_file).open(passphrase if can_ask else None)
    except KeyProblem:
        _typed.pop(data_dir, None)
        raise
    return master
