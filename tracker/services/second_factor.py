"""The second factor: codes of an authenticator app (RFC 6238), and recovery codes for when it is lost."""

import hashlib
import re
import secrets
from datetime import datetime

import pyotp
import segno
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tracker.db import rows_changed
from tracker.models import RecoveryCode, User

_ISSUER = "Rehab Denials"
_STEP_SECONDS = 30
_RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look alike
_GROUPS, _GROUP_SIZE = 4, 4  # 16 of 31 letters: 79 bits
_SEED = re.compile(r"[A-Z2-7]{32}", re.ASCII)  # 160 bits in base 32 (RFC 4226 section 4 asks for that)


class WrongCode(Exception):  # noqa: N818  # says what happened
    """Raised when a code does not fit, or was used before."""


def new_seed() -> str:
    """Return a new shared secret, in base 32."""
    return pyotp.random_base32()


def is_seed(text: str | None) -> bool:
    """Whether a text is a shared secret of full length, as ``new_seed`` makes them."""
    return _SEED.fullmatch(text or "") is not None


def picture(seed: str, login: str) -> str:
    """Return the data: address of an SVG with the QR code that an authenticator app reads."""
    address = pyotp.TOTP(seed).provisioning_uri(name=login, issuer_name=_ISSUER)
    return str(segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="#fff"))


def turn_on(session: Session, user: User, seed: str, code: str, now: datetime) -> list[str]:
    """Keep a seed that a code proves to be in the person's app; return recovery codes, which are shown once.

    Raises WrongCode when the code does not fit the seed.
    """
    step = _fitting_step(seed, code, now, after=-1) if is_seed(seed) else None
    if step is None:
        raise WrongCode
    user.totp_seed, user.totp_since, user.totp_step = seed, now, step
    return new_recovery_codes(session, user.id)


def turn_off(session: Session, user: User) -> None:
    """Forget the second factor of a person and its recovery codes."""
    user.totp_seed = user.totp_since = user.totp_step = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def use_code(session: Session, user: User, typed: str, now: datetime) -> bool:
    """Take a code of the app or a recovery code; whether it was a recovery code.

    Each is taken once (RFC 6238 section 5.2). Raises WrongCode.
    """
    code = re.sub(r"[\s-]", "", typed).lower()
    if user.totp_since is None or user.totp_seed is None:
        raise WrongCode
    if len(code) == _GROUPS * _GROUP_SIZE:
        _use_recovery_code(session, user.id, code, now)
        return True
    step = _fitting_step(user.totp_seed, code, now, after=-1 if user.totp_step is None else user.totp_step)
    if step is None:
        raise WrongCode
    unused = update(User).where(User.id == user.id, User.totp_step.is_(None) | (User.totp_step < step))
    if not rows_changed(session, unused.values(totp_step=step)):
        raise WrongCode
    return False


def _fitting_step(seed: str, code: str, now: datetime, after: int) -> int | None:
    """Return the time step whose code this is: the present one, or one step off; only steps after ``after``."""
    code, present = re.sub(r"\s", "", code), int(now.timestamp()) // _STEP_SECONDS
    clock = pyotp.TOTP(seed)
    fitting = [
        step for step in (present - 1, present, present + 1)
        if secrets.compare_digest(clock.generate_otp(step).encode(), code.encode())
    ]  # fmt: skip
    return next((step for step in fitting if step > after), None)


# ---- recovery codes ----


def new_recovery_codes(session: Session, user_id: int) -> list[str]:
    """Return new recovery codes in place of the old ones; only their hashes are kept."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP_SIZE)) for _ in range(_GROUPS))
        for _ in range(_RECOVERY_CODES)
    ]
    session.add_all(RecoveryCode(user_id=user_id, code_hash=_hash(code.replace("-", ""))) for code in codes)
    session.flush()
    return codes


def codes_left(session: Session, user_id: int) -> int:
    """Return how many recovery codes a person has not used."""
    unused = RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def _use_recovery_code(session: Session, user_id: int, code: str, now: datetime) -> None:
    mine = RecoveryCode.user_id == user_id, RecoveryCode.code_hash == _hash(code), RecoveryCode.used_at.is_(None)
    if not rows_changed(session, update(RecoveryCode).where(*mine).values(used_at=now)):
        raise WrongCode


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
