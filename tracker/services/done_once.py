"""Forms that may be sent twice: a double click, a reload, a second try over a bad line (security.md C-34).

The row that says that a form is done is written in the transaction of its work, so a kill leaves both or neither. Whoever
comes second waits for the first, by the unique key, and is then sent where the first was. (Programs have keys of their
own, whose answers are kept whole: ``api_answers``.)
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.models import DoneForm

KEPT_DAYS = 30


class DoneAlready(Exception):  # noqa: N818  # says what happened
    """Raised when another request did the same form by a moment."""


class SentForm(NamedTuple):
    """A form as it is recognised: whose, its one-time mark, and what was typed as names and values in order.

    The typed values count too: a page that a browser kept and that is filled in anew is another form.
    """

    user_id: int
    mark: str
    typed: Iterable[tuple[str, str]]

    def key_hash(self) -> str:
        """Return a hash under the form's own random mark, which the database never sees."""
        mac = hmac.new(self.mark.encode(), digestmod=hashlib.sha256)
        for part in (each for pair in self.typed for each in pair):
            encoded = part.encode()
            mac.update(len(encoded).to_bytes(8, "big") + encoded)
        return mac.hexdigest()


def where_it_led(session: Session, form: SentForm) -> str | None:
    """Return the address that a form led to when it was done before, None when it was not."""
    query = select(DoneForm.address).where(DoneForm.user_id == form.user_id, DoneForm.key_hash == form.key_hash())
    found: str | None = session.scalar(query)
    return found


def begin(session: Session, form: SentForm, now: datetime) -> DoneForm:
    """Say in the transaction of the work that the form is being done. Raises DoneAlready."""
    row = DoneForm(user_id=form.user_id, key_hash=form.key_hash(), done_at=now)
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        raise DoneAlready from None
    return row


def finish(session: Session, row: DoneForm, address: str) -> None:
    """Keep where the form led, in the same transaction; a form whose work was taken back is not kept."""
    if row in session:
        row.address = address
        session.flush()


def forget_old_forms(session: Session, now: datetime) -> None:
    """Delete what was kept for its time."""
    session.execute(delete(DoneForm).where(DoneForm.done_at < now - timedelta(days=KEPT_DAYS)))
