"""What a start refuses: settings that together would lay health data open (security.md 2.5)."""

import os
import stat
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from tracker.config import Settings, SettingsError

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})


def refuse_unsafe(settings: Settings) -> None:
    """Raise SettingsError that names every unsafe combination and what would be right."""
    found = [
        *_unsafe_address(settings),
        *_unsafe_profile(settings),
        *_unsafe_sign_on(settings),
        *_open_secrets(settings.data_dir),
    ]
    if found:
        raise SettingsError("The tracker does not start like this:\n" + "\n".join(f"  - {each}" for each in found))


def _unsafe_address(settings: Settings) -> list[str]:
    found = []
    if settings.profile == "solo" and settings.host not in _LOOPBACK:
        found.append(
            f"TRACKER_HOST is {settings.host}: other machines could reach it without TLS. Leave it at 127.0.0.1, or "
            "set TRACKER_PROFILE=office and follow deploy/README.md."
        )
    if settings.profile == "solo" and settings.proxies:
        found.append("TRACKER_PROXIES is set, but one biller's laptop has no proxy. Set TRACKER_PROFILE=office.")
    return found


def _unsafe_profile(settings: Settings) -> list[str]:
    if settings.profile == "solo":
        return []
    found = []
    if not settings.public_url.startswith("https://"):
        found.append(
            "TRACKER_PUBLIC_URL must be the https address people open, such as https://denials.example.org: it is "
            "the only other name the server answers to, and health data may not travel without TLS."
        )
    if settings.proxies == 0:
        found.append("TRACKER_PROXIES must be the number of proxies in front (1 as a rule): one of them ends TLS.")
    if settings.fast_hash:
        found.append("TRACKER_FAST_HASH makes passwords cheap to guess. It is for tests: leave it out.")
    if settings.profile == "company" and settings.database_url.startswith("sqlite"):
        found.append("TRACKER_DATABASE_URL must be PostgreSQL for a company: SQLite takes one writer at a time.")
    return found


def _unsafe_sign_on(settings: Settings) -> list[str]:
    if not settings.oidc_issuer:
        return []
    found = []
    parts = urlsplit(settings.oidc_issuer)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        found.append("TRACKER_OIDC_ISSUER must be an https address: who answers there decides who signs in.")
    if not settings.oidc_client_id or not settings.oidc_client_secret:
        found.append(
            "TRACKER_OIDC_CLIENT_ID and TRACKER_OIDC_CLIENT_SECRET must be set along with TRACKER_OIDC_ISSUER."
        )
    if find_spec("authlib") is None:
        found.append("TRACKER_OIDC_ISSUER needs the extra packages of oidc: pip install 'rehab-denials[oidc]'.")
    return found


def _open_secrets(folder: Path) -> list[str]:
    """Return a line for each secret file of the data folder that other people of this machine can read."""
    if os.name != "posix":
        return []
    path = folder / "secret_key"
    if not path.exists() or not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return []
    return [f"{path} can be read by others on this machine. Type: chmod 600 {path}"]
