"""Loading the demo through the real importer, and taking it away again."""

import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime, time

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.config import Settings
from tracker.db import SessionMaker, transaction
from tracker.demo import removal
from tracker.demo.acts import act
from tracker.demo.appeals import appeal_one
from tracker.demo.cast import PAYERS, PRACTICES, DemoPractice
from tracker.demo.plot import Act, DemoFile
from tracker.demo.records import keep_records, name_clinicians
from tracker.demo.story import tell
from tracker.knowledge import Knowledge, load
from tracker.models import Membership, Payer, Practice, User
from tracker.services.bringing_in import diagnose_stored
from tracker.services.importing import import_now
from tracker.services.passwords import hash_password, password_is_right
from tracker.services.users import find_user

Report = Callable[[int, int, str], None]

OWNER_LOGIN, SECOND_LOGIN = "demo", "eastside"


def load_demo(sessions: SessionMaker, settings: Settings, today: date, now: datetime, progress: Report) -> list[str]:
    """Load three practices with a year of claims in one transaction; return lines that tell how to sign in.

    Nothing is loaded when the demo is there already, or a practice with a name or NPI of its.
    """
    with transaction(sessions.system()) as session:
        if session.scalar(select(Practice.id).where(Practice.is_demo).limit(1)) is not None:
            return ["The demo data is loaded already.", *how_to_sign_in(session, settings)]
        taken = _taken(session)
        if taken is not None:
            return [f"There is a practice {taken} already, so the demo data was not loaded."]
        practices = [_practice(session, demo) for demo in PRACTICES]
        owner = _users(session, practices, _password(settings), settings)
        _payers(session)
        steps = [
            (demo, practice, step)
            for demo, practice in zip(PRACTICES, practices, strict=True)
            for step in tell(demo, today).in_order()
        ]
        year = _Year(session, owner, load())
        for done, (demo, practice, step) in enumerate(steps, start=1):
            year.live(practice, step)
            progress(done, len(steps), f"Loading {demo.name}")
        for demo, practice in zip(PRACTICES, practices, strict=True):
            name_clinicians(session, practice, demo.clinicians)
            appeal_one(session, practice, load(), now, today, owner)
        return how_to_sign_in(session, settings)


def how_to_sign_in(session: Session, settings: Settings) -> list[str]:
    """Return lines that tell how to sign in to the demo; none when there is no demo.

    A password that was set since (TRACKER_DEMO_PASSWORD) becomes the demo users' password.
    """
    users = session.scalars(select(User).where(User.is_demo, User.login.in_((OWNER_LOGIN, SECOND_LOGIN)))).all()
    password = _password(settings)
    for user in users:
        if not password_is_right(user.password_hash, password, fast_hash=settings.fast_hash):
            user.password_hash = hash_password(password, fast_hash=settings.fast_hash)
    if not users:
        return []
    return [
        f"Sign in as {OWNER_LOGIN} (all three practices) or {SECOND_LOGIN} ({PRACTICES[0].name} only).",
        f"The password of both is {password}",
    ]


def _password(settings: Settings) -> str:
    """Return the demo's password: set from outside, else made up once and kept in the data folder (mode 600)."""
    return settings.demo_password or settings.kept_secret("demo_password", lambda: secrets.token_urlsafe(12))


def _taken(session: Session) -> str | None:
    """Return the name of a practice that has the name or the NPI of one of the demo's."""
    names, npis = [demo.name for demo in PRACTICES], [demo.party.id for demo in PRACTICES]
    return session.scalar(select(Practice.name).where(or_(Practice.name.in_(names), Practice.npi.in_(npis))).limit(1))


def remove_demo(sessions: SessionMaker) -> None:
    """Take away the demo practices, their users and payers, and every row of theirs."""
    with transaction(sessions.system()) as session:
        removal.remove(session)


def _practice(session: Session, demo: DemoPractice) -> Practice:
    row = Practice(
        name=demo.name, npi=demo.party.id, tin=demo.party.tin, address=demo.address,
        phone=f"{demo.party.phone[:3]}-{demo.party.phone[3:6]}-{demo.party.phone[6:]}", fax=demo.fax,
        signer_name=demo.signer_name, signer_title=demo.signer_title, is_demo=True,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _users(session: Session, practices: list[Practice], password: str, settings: Settings) -> User:
    """Make the two demo users (or give an existing user of that name the practices) and return the first."""
    password_hash = hash_password(password, fast_hash=settings.fast_hash)
    users = []
    for login, name, role, theirs in (
        (OWNER_LOGIN, "Priya S.", "owner", practices),
        (SECOND_LOGIN, "Dana R.", "biller", practices[:1]),
    ):
        user = find_user(session, login)
        if user is None:
            user = User(login=login, name=name, password_hash=password_hash, is_demo=True)
            session.add(user)
            session.flush()
        session.add_all(Membership(user_id=user.id, practice_id=practice.id, role=role) for practice in theirs)
        users.append(user)
    session.flush()
    return users[0]


def _payers(session: Session) -> None:
    """The payers' addresses stand in no file, so they are on record before the first one comes."""
    for payer in PAYERS:
        known = session.scalar(select(Payer).where(Payer.name == payer.name, Payer.payer_code == payer.party.id))
        if known is None:
            row = Payer(
                name=payer.name, payer_code=payer.party.id, tin=payer.party.tin, kind=payer.kind,
                appeal_address=payer.appeal_address, fax=payer.fax, is_demo=True,
            )  # fmt: skip
            session.add(row)
    session.flush()


def _at(day: date) -> datetime:
    return datetime.combine(day, time(13, 30), UTC)


class _Year:
    """Lives through a practice's year, file by file and act by act."""

    def __init__(self, session: Session, owner: User, knowledge: Knowledge) -> None:
        self._session, self._owner, self._knowledge = session, owner, knowledge

    def live(self, practice: Practice, step: DemoFile | Act) -> None:
        """Import a file with what follows from it, or do what somebody did."""
        if isinstance(step, Act):
            act(self._session, practice, step, self._owner, self._knowledge)
            return
        _, stored = import_now(self._session, practice, step.name, step.data, _at(step.day), self._knowledge)
        if step.visits:
            keep_records(self._session, practice, step.visits)
        elif stored.denied_claim_ids:
            diagnose_stored(self._session, practice.id, stored, self._knowledge, step.day)
