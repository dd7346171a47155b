"""Settings: read once from the environment, frozen; every default works on a laptop."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

_PACKAGE = Path(__file__).parent


class SettingsError(Exception):
    """Raised at start when a setting is nonsense; the message names the setting and what would be right."""


def resource_dir(name: str) -> Path:
    """Return a folder the product ships (templates, letter_templates, migrations).

    In a wheel it lies inside the package, in a checkout beside it.
    """
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def _default_data_dir() -> Path:
    checkout = _PACKAGE.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / "var"
    return Path.home() / ".local" / "share" / "rehab-denials"


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set from outside. Times are minutes or hours as their names say, sizes MB."""

    data_dir: Path
    database_url: str = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    max_import_mb: int = 200
    max_upload_mb: int = 25
    session_idle_minutes: float = 30
    session_hours: float = 12
    step_up_minutes: float = 5
    staged_hours: int = 24
    threads: int = 8
    jobs: bool = True
    demo_password: str | None = field(default=None, repr=False)
    fast_hash: bool = False
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "denials@localhost"
    public_url: str = ""
    profile: str = "solo"
    proxies: int = 0
    log: str = "text"
    metrics_port: int = 0
    read_only: bool = False
    audit_years: int = 6
    backup_dir: Path | None = None
    key_file: Path | None = None
    key_passphrase_file: Path | None = None
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_name: str = "single sign-on"
    api_per_minute: int = 300
    pages_per_hour: int = 30_000
    watch_dir: Path | None = None
    watch_store: bool = False
    database_owner_url: str = field(default="", repr=False)
    clamd: str = ""
    practice_mb: int = 20_000

    @property
    def host_names(self) -> frozenset[str]:
        """Return the names this server answers to: the loopback names, the address it binds and the public one."""
        public = urlsplit(self.public_url).hostname
        return frozenset({"127.0.0.1", "localhost", "::1", self.host.strip("[]"), *([public] if public else [])})

    @property
    def database_file(self) -> Path | None:
        """Return the file of an SQLite database, None for a server or a database in memory."""
        path = self.database_url.removeprefix("sqlite:///")
        return Path(path) if path != self.database_url and path and ":memory:" not in path else None

    @property
    def site_url(self) -> str:
        """Return the address people open the tracker at, for links in e-mails."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def default_database_url(self) -> str:
        """Return the address of the database when none is set: SQLite in the data folder."""
        return f"sqlite:///{self.data_dir}/tracker.db"

    @property
    def secret_key(self) -> str:
        """Return the key that signs cookies."""
        return self.kept_secret("secret_key", lambda: secrets.token_hex(32))

    def kept_secret(self, name: str, make: Callable[[], str]) -> str:
        """Return a secret of the installation: made on first use and kept in the data folder (mode 600)."""
        path = self.data_dir / name
        if not path.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(make())
        return path.read_text().strip()


def _whole_number(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)

    return read


def _number(most: float) -> Callable[[str], float]:
    """Read a time; parts are allowed, so that 0.05 minutes are 3 seconds."""

    def read(text: str) -> float:
        if not re.fullmatch(r"\d{1,4}(\.\d{1,6})?", text, re.ASCII) or not 0 < float(text) <= most:
            raise ValueError(f"a number over 0 and up to {most:g}")
        return float(text)

    return read


def _yes_or_no(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off"}:
        return False
    raise ValueError("yes or no")


def database_url(text: str) -> str:
    """Return the address of a database as SQLAlchemy wants it. Raises ValueError for another kind of address."""
    scheme = urlsplit(text).scheme.split("+")[0]
    if scheme in {"postgres", "postgresql"}:
        return "postgresql+psycopg:" + text.split(":", 1)[1]
    if scheme != "sqlite":
        raise ValueError("an address like sqlite:////var/lib/tracker.db or postgresql://user@host/name")
    return text


def _password(text: str) -> str:
    if not 15 <= len(text) <= 128:  # as tracker.services.password_rules asks of everybody
        raise ValueError("15 to 128 characters")
    return text


def _line(text: str) -> str:
    if len(text) > 200 or not text.isprintable():
        raise ValueError("one line of at most 200 characters")
    return text


def _smtp_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("an address like smtps://user:password@mail.example.org or smtp://localhost:25")
    return text


def _mail_address(text: str) -> str:
    name, _, domain = text.rpartition("@")
    if not name or not domain or any(char.isspace() or char in "<>," for char in text):
        raise ValueError("an e-mail address")
    return text


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("an address like https://denials.example.org")
    return text


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return text.lower()

    return read


def _folder(text: str) -> Path:
    path = Path(text).expanduser().resolve()
    if not path.is_dir():
        raise ValueError("a folder that is there")
    return path


def _host(text: str) -> str:
    if not text or " " in text or "/" in text:
        raise ValueError("a host name or address like 127.0.0.1")
    return text


def _socket(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not (text.startswith("/") or (host and port.isascii() and port.isdigit() and 0 < int(port) < 65_536)):
        raise ValueError("host:port, or the path of a socket that begins with /")
    return text


_READERS: dict[str, Callable[[str], object]] = {
    "data_dir": lambda text: Path(text).expanduser().resolve(),
    "database_url": database_url,
    "database_owner_url": database_url,
    "host": _host,
    "port": _whole_number(1, 65535),
    "max_import_mb": _whole_number(1, 2000),
    "max_upload_mb": _whole_number(1, 500),
    "session_idle_minutes": _number(240),
    "session_hours": _number(24),
    "step_up_minutes": _number(60),
    "staged_hours": _whole_number(1, 240),
    "threads": _whole_number(1, 64),
    "jobs": _yes_or_no,
    "demo_password": _password,
    "fast_hash": _yes_or_no,
    "smtp_url": _smtp_url,
    "mail_from": _mail_address,
    "public_url": _public_url,
    "profile": _one_of("solo", "office", "company"),
    "proxies": _whole_number(0, 5),
    "log": _one_of("text", "json"),
    "metrics_port": _whole_number(1, 65535),
    "read_only": _yes_or_no,
    "audit_years": _whole_number(6, 100),
    "backup_dir": lambda text: Path(text).expanduser().resolve(),
    "key_file": lambda text: Path(text).expanduser().resolve(),
    "key_passphrase_file": lambda text: Path(text).expanduser().resolve(),
    "oidc_issuer": _public_url,
    "oidc_client_id": _line,
    "oidc_client_secret": _line,
    "oidc_name": _line,
    "api_per_minute": _whole_number(1, 100_000),
    "pages_per_hour": _whole_number(100, 10_000_000),
    "clamd": _socket,
    "practice_mb": _whole_number(1, 10_000_000),
    "watch_dir": _folder,
    "watch_store": _yes_or_no,
}


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings from TRACKER_* variables; an empty variable counts as not set.

    Raises SettingsError naming the variable and what would be right.
    """
    values: dict[str, object] = {}
    for name, read in _READERS.items():
        variable = f"TRACKER_{name.upper()}"
        text = environ.get(variable, "").strip()
        if not text:
            continue
        try:
            values[name] = read(text)
        except ValueError as error:
            raise SettingsError(f"{variable} must be {error}. It is {_shown(name, text)}.") from None
    data_dir = values.setdefault("data_dir", _default_data_dir())
    values.setdefault("database_url", f"sqlite:///{data_dir}/tracker.db")
    return Settings(**values)  # type: ignore[arg-type]  # each reader returns its field's type


_SECRET = frozenset({"demo_password", "database_url", "database_owner_url", "smtp_url", "oidc_client_secret"})


def _shown(name: str, text: str) -> str:
    """A password or an address with a password in it must not reach a terminal."""
    return "not shown" if name in _SECRET else repr(text)
