"""The key above all keys (KEK), kept on disk only wrapped: by a key file, a passphrase, a printed recovery code.

``keys.json`` in the data folder holds the wraps; any one of them opens it. The key file is a secret of its own and may
lie elsewhere (``TRACKER_KEY_FILE``). With all of them lost the data is gone: there is no other way in.
"""

import base64
import json
import os
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

_STORE = "keys.json"
_KEY_FILE = "master.key"
# RFC 9106's second recommended profile (64 MiB); the recovery code has 160 bits and needs no stretching.
_ARGON = {"time_cost": 3, "memory_cost": 65_536, "parallelism": 4, "hash_len": 32, "type": Type.ID}
_CODE_BYTES = 20


class KeyProblem(Exception):  # noqa: N818  # says what happened and what to do
    """Raised when the keys cannot be opened or written; the message says what to do."""


@dataclass(frozen=True, slots=True, repr=False)
class MasterKey:
    """The opened key; its parts for other uses are derived from it by name.

    ``earlier`` are the secrets it took the place of, the oldest first: they open what was sealed before a renewal.
    """

    secret: bytes
    earlier: tuple[bytes, ...] = ()

    @property
    def number(self) -> int:
        """Which key of the installation it is: 1 for the first."""
        return len(self.earlier) + 1

    @property
    def each(self) -> "tuple[MasterKey, ...]":
        """Return every key of the installation, the oldest first and this one last, each without those before it."""
        return tuple(MasterKey(secret) for secret in (*self.earlier, self.secret))

    @property
    def first(self) -> "MasterKey":
        """Return the oldest key: the audit log is chained by what is derived from it, whatever key is in use."""
        return self.each[0]

    def derived(self, purpose: str) -> bytes:
        """Return 32 bytes for one purpose (HKDF-SHA256), such as "audit" or "backup"."""
        return HKDF(hashes.SHA256(), 32, salt=None, info=b"tracker " + purpose.encode()).derive(self.secret)

    def wrap(self, keys: bytes) -> bytes:
        """Return keys of a practice wrapped for the database (AES key wrap, RFC 3394)."""
        return aes_key_wrap(self.secret, keys)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Return keys wrapped before, with this key or an earlier one. Raises KeyProblem when another wrapped them."""
        for secret in (self.secret, *reversed(self.earlier)):
            try:
                return aes_key_unwrap(secret, wrapped)
            except InvalidUnwrap:
                continue
        raise KeyProblem("The database was sealed with other keys than keys.json holds. Restore both.")

    def has_wrapped(self, wrapped: bytes) -> bool:
        """Whether this very key wrapped them, not an earlier one."""
        try:
            aes_key_unwrap(self.secret, wrapped)
        except InvalidUnwrap:
            return False
        return True


class KeyStore:
    """The wraps of one installation."""

    def __init__(self, folder: Path, key_file: Path | None = None) -> None:
        self._folder = folder
        self._file = folder / _STORE
        self.key_file = key_file or folder / _KEY_FILE

    def exists(self) -> bool:
        """Whether keys were made."""
        return self._file.exists()

    def kinds(self) -> frozenset[str]:
        """Return which wraps there are: file, passphrase, recovery."""
        return frozenset(self._wraps())

    def open(self, ask: Callable[[], str] | None = None) -> MasterKey:
        """Return the key; made on first use with a key file. ``ask`` is asked for the passphrase when there is no file.

        Raises KeyProblem.
        """
        if not self.exists():
            return self._make()
        wraps = self._wraps()
        if "file" in wraps and self.key_file.exists():
            return self._opened("file", _file_secrets(self.key_file), f"The key file {self.key_file} does not fit.")
        if "passphrase" in wraps and ask is not None:
            return self._opened("passphrase", [ask()], "This is not the passphrase.")
        if "file" in wraps:
            raise KeyProblem(f"The key file {self.key_file} is missing. Put it back, or type: tracker keys recover")
        raise KeyProblem("The keys need their passphrase: start in a terminal, or set TRACKER_KEY_PASSPHRASE_FILE.")

    def recover(self, code: str) -> MasterKey:
        """Open with the recovery code and write a new key file. Raises KeyProblem."""
        wraps = self._wraps()
        if "recovery" not in wraps:
            raise KeyProblem("No recovery code was ever made for these keys.")
        master = self._opened("recovery", [_bare(code)], "This is not the recovery code.")
        self.protect_with_file(master)
        return master

    def wrapped_text(self) -> str:
        """Return keys.json as it stands: worth nothing without one of the secrets."""
        return self._file.read_text()

    def take(self, text: str) -> None:
        """Keep a keys.json that came with a backup. Raises KeyProblem when there are keys already."""
        if self.exists():
            raise KeyProblem(f"There are keys already: {self._file}.")
        _write_secret(self._file, text)

    @property
    def number(self) -> int:
        """Which key of the installation is the one in use: 1 for the first, one more with each renewal."""
        return len(self._read()["earlier"]) + 1 if self.exists() else 1

    @property
    def renewed_at(self) -> datetime | None:
        """When the key was renewed last; None when it is the first."""
        found = self._read()["renewed_at"] if self.exists() else None
        return datetime.fromisoformat(found) if found else None

    def renew(self, master: MasterKey, passphrase: str | None, now: datetime, say: Callable[[str], None]) -> MasterKey:
        """Put a new key in the place of ``master`` and return it; the ones before stay, wrapped by it.

        It opens as before: with a new key file, the same passphrase. The recovery code is another from now on where
        there was one; ``say`` is told it before anything changes. Stopped at any moment, either key opens the store
        by what opened it before, or the new one by what ``say`` was told. Raises KeyProblem.
        """
        self._require_present(master)
        made = MasterKey(secrets.token_bytes(32), (*master.earlier, master.secret))
        wraps, file_secret = dict[str, dict[str, Any]](), secrets.token_hex(32)
        kinds = self._wraps()
        if "passphrase" in kinds:
            self._opened("passphrase", [passphrase or ""], "The keys need their passphrase to be renewed.")
            wraps["passphrase"] = _wrapped(made, passphrase or "", stretch=True)
        if "file" in kinds:
            wraps["file"] = _wrapped(made, file_secret)
            self._add_to_key_file(file_secret)
        if "recovery" in kinds:
            code = _new_code()
            wraps["recovery"] = _wrapped(made, code)
            say(_in_groups(code))
        earlier = [aes_key_wrap(made.secret, secret).hex() for secret in made.earlier]
        self._write({"wraps": wraps, "earlier": earlier, "renewed_at": now.isoformat()})
        if "file" in kinds:
            _write_secret(self.key_file, file_secret)
        return made

    def protect_with_file(self, master: MasterKey) -> None:
        """Wrap with a new key file. Stopped at any moment, what opened before opens still."""
        self._require_present(master)
        secret = secrets.token_hex(32)
        self._add_to_key_file(secret)
        self._add("file", _wrapped(master, secret))
        _write_secret(self.key_file, secret)

    def _add_to_key_file(self, secret: str) -> None:
        """Let the key file open what it opens and, once keys.json is written, what ``secret`` opens. Raises KeyProblem."""
        old = _file_secrets(self.key_file) if self.key_file.exists() else []
        try:
            _write_secret(self.key_file, "\n".join([*old, secret]))
        except OSError as error:
            raise KeyProblem(f"The key file {self.key_file} cannot be written: {error.strerror}.") from None

    def protect_with_passphrase(self, master: MasterKey, passphrase: str) -> None:
        """Wrap with a passphrase and take the key file away."""
        self._require_present(master)
        self._add("passphrase", _wrapped(master, passphrase, stretch=True))
        self._remove("file")
        self.key_file.unlink(missing_ok=True)

    def new_recovery_code(self, master: MasterKey) -> str:
        """Return a new recovery code (160 bits, in groups of four) to print; the one of before opens nothing more."""
        self._require_present(master)
        code = _new_code()
        self._add("recovery", _wrapped(master, code))
        return _in_groups(code)

    def _require_present(self, master: MasterKey) -> None:
        if master.number != self.number:
            raise KeyProblem("The master key was renewed meanwhile. Do it again.")

    def _make(self) -> MasterKey:
        self._folder.mkdir(parents=True, exist_ok=True)
        master = MasterKey(secrets.token_bytes(32))
        self.protect_with_file(master)
        return master

    def _opened(self, kind: str, tried: Iterable[str], refusal: str) -> MasterKey:
        """Return the key by the first of the secrets that opens a wrap, with the keys before it. Raises KeyProblem."""
        wrap = self._wraps()[kind]
        for secret in tried:
            master = _unwrapped(wrap, secret)
            if master is not None:
                return replace(master, earlier=self._earlier(master))
        raise KeyProblem(refusal)

    def _earlier(self, master: MasterKey) -> tuple[bytes, ...]:
        try:
            return tuple(aes_key_unwrap(master.secret, bytes.fromhex(each)) for each in self._read()["earlier"])
        except InvalidUnwrap:
            raise KeyProblem(f"{self._file} is damaged. Restore it from a backup.") from None

    def _wraps(self) -> dict[str, dict[str, Any]]:
        wraps: dict[str, dict[str, Any]] = self._read()["wraps"]
        return wraps

    def _read(self) -> dict[str, Any]:
        """Return what the file holds: wraps by kind, earlier keys wrapped by the present one, when it was renewed."""
        kept: dict[str, Any] = {"wraps": {}, "earlier": [], "renewed_at": ""}
        if not self.exists():
            return kept
        try:
            found = json.loads(self._file.read_text())
            return kept | {"wraps": found["wraps"]} | {name: found[name] for name in kept if name in found}
        except (ValueError, KeyError):
            raise KeyProblem(f"{self._file} is damaged. Restore it from a backup.") from None

    def _add(self, kind: str, wrap: dict[str, Any]) -> None:
        kept = self._read()
        self._write(kept | {"wraps": kept["wraps"] | {kind: wrap}})

    def _remove(self, kind: str) -> None:
        kept = self._read()
        self._write(kept | {"wraps": {name: wrap for name, wrap in kept["wraps"].items() if name != kind}})

    def _write(self, kept: dict[str, Any]) -> None:
        _write_secret(self._file, json.dumps({"format": 2 if kept["earlier"] else 1, **kept}, indent=2))


def _wrapped(master: MasterKey, secret: str, *, stretch: bool = False) -> dict[str, Any]:
    salt = secrets.token_bytes(16)
    key = _stretched(secret, salt) if stretch else _mixed(secret, salt)
    return {"salt": salt.hex(), "stretched": stretch, "wrapped": aes_key_wrap(key, master.secret).hex()}


def _unwrapped(wrap: dict[str, Any], secret: str) -> MasterKey | None:
    salt = bytes.fromhex(wrap["salt"])
    key = _stretched(secret, salt) if wrap["stretched"] else _mixed(secret, salt)
    try:
        return MasterKey(aes_key_unwrap(key, bytes.fromhex(wrap["wrapped"])))
    except InvalidUnwrap:
        return None


def _stretched(secret: str, salt: bytes) -> bytes:
    return hash_secret_raw(secret.encode(), salt, **_ARGON)  # type: ignore[arg-type]  # each value fits its name


def _mixed(secret: str, salt: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=salt, info=b"tracker wrap").derive(secret.encode())


def _bare(code: str) -> str:
    return "".join(code.upper().split()).replace("-", "")


def _new_code() -> str:
    return base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()


def _in_groups(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _file_secrets(path: Path) -> list[str]:
    """Return the secrets of a key file: one, or two while a new one takes its place. Raises KeyProblem."""
    try:
        return path.read_text(errors="replace").split()
    except OSError as error:
        raise KeyProblem(f"The key file {path} cannot be read: {error.strerror}.") from None


def _write_secret(path: Path, text: str) -> None:
    """Write a file only its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Have the disk keep a file's new name; Windows does that by itself."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
