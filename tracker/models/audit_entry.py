"""One act in the audit log."""

from datetime import datetime

from sqlalchemy import DDL, BigInteger, Index, LargeBinary, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base


class AuditEntry(Base):
    """Who did what, when, where from, to which object, how it ended; never a value of a patient.

    ``detail`` is JSON text with names of fields and counts. ``actor`` is the sign-in name of then; it may be emptied,
    since the MAC covers ``actor_hash`` in its place. No key points elsewhere: an entry outlives what it tells of.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_at", "at"),
        Index("ix_audit_entries_practice", "practice_id", "at"),
        Index("ix_audit_entries_actor", "actor_id", "at"),
        Index("ix_audit_entries_object", "object_id"),
    )

    chain: Mapped[str] = mapped_column(String(8), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    epoch: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(120))
    actor_hash: Mapped[str] = mapped_column(String(32))
    session_ref: Mapped[str] = mapped_column(String(16))
    practice_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(20))
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(45))
    detail: Mapped[str] = mapped_column(Text)
    mac: Mapped[bytes] = mapped_column(LargeBinary)


# Against accidents: an entry is neither changed (but for the name, which may be emptied) nor removed before the head
# says that its period is over. Who can drop a trigger is found by the chain.
_KEPT = tuple(column.name for column in AuditEntry.__table__.c if column.name != "actor")
_UNCHANGED = " AND ".join(f"NEW.{name} IS {{}} OLD.{name}" for name in _KEPT)
_ENDED = "coalesce((SELECT removed_through FROM audit_heads WHERE chain = OLD.chain), 0)"
SQLITE_TRIGGERS = (
    f"""CREATE TRIGGER audit_entries_update BEFORE UPDATE ON audit_entries
    WHEN NOT (NEW.actor = '' AND {_UNCHANGED.replace("{}", "")})
    BEGIN SELECT RAISE(ABORT, 'entries of the audit log are not changed'); END""",
    f"""CREATE TRIGGER audit_entries_delete BEFORE DELETE ON audit_entries WHEN OLD.seq > {_ENDED}
    BEGIN SELECT RAISE(ABORT, 'entries of the audit log are not removed'); END""",
)
POSTGRES_TRIGGERS = (
    f"""CREATE FUNCTION audit_entries_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'UPDATE' AND NEW.actor = '' AND {_UNCHANGED.replace("{}", "NOT DISTINCT FROM")} THEN RETURN NEW; END IF;
    IF TG_OP = 'DELETE' AND OLD.seq <= {_ENDED} THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'entries of the audit log are not changed or removed'; END $$""",
    """CREATE TRIGGER audit_entries_kept BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION audit_entries_kept()""",
)
for _kind, _statements in (("sqlite", SQLITE_TRIGGERS), ("postgresql", POSTGRES_TRIGGERS)):
    for _statement in _statements:
        event.listen(AuditEntry.__table__, "after_create", DDL(_statement).execute_if(dialect=_kind))  # type: ignore[no-untyped-call]
