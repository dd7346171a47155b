"""A denial: one denied claim line, from its first denial to its end."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Connection, ForeignKey, Index, String, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from tracker.models.base import Base, PracticeOwned, Versioned, belongs_to_practice, new_public_id, owned_key
from tracker.models.sealed import SealedText

# With these the practice has acted; a date to file by says nothing any more (ux.md 2.4).
ACTED_ON = ("waiting_on_payer", "corrected_claim_sent")
_DUE_ON = (
    "CASE WHEN signature_due IS NOT NULL THEN signature_due "
    "WHEN clock = 'file_by' AND status IN ('waiting_on_payer', 'corrected_claim_sent') "
    "THEN NULL ELSE file_by_safe END"
)


class Denial(Versioned, PracticeOwned, Base):
    """One denied claim line (or a whole claim without lines: ``claim_line_id`` is null).

    ``denied_on`` is the remittance date of the first denial. ``clock`` names what ``file_by_safe`` is the date of;
    past ``file_by_legal`` it is missed. It counts from the payer's notice of ``notice_on``, or from ``received_on`` where
    its receipt is proven, with ``extension_days`` that the payer granted. ``due_on`` is the date of the clock that runs, if one does, and sorts the queue;
    it is set before a row is written. A letter that waits for a signature lends its ``signature_due``. ``write_off`` is
    asked, returned or approved, with the words of who last spoke. ``root_cause`` is the first suggestion until a person chooses
    (``cause_chosen_by_id``); ``diagnosed_with`` says of which knowledge and rules the suggestions come.
    ``expected_cents`` is what the payer's contracted rates let expect of it, None where none of them is for the line
    (``tracker/expected_amounts.py`` keeps it).
    ``payer_id`` ... ``patient_id`` are copies from the claim, so that the queue reads one table.
    """

    __tablename__ = "denials"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("claim_id", "claims"),
        owned_key("claim_line_id", "claim_lines"),
        owned_key("patient_id", "patients"),
        owned_key("import_id", "imports"),
        UniqueConstraint("practice_id", "number"),
        CheckConstraint(f"coalesce(due_on, '1900-01-01') = coalesce({_DUE_ON}, '1900-01-01')", name="due_on"),
        # The queue counts and sums by due date along these, one for each filter, without reading a row.
        Index("ix_denials_queue", "practice_id", "is_open", "due_on", "amount_cents", "id"),
        Index("ix_denials_owner", "practice_id", "owner_id", "is_open", "due_on", "amount_cents", "id", "snoozed_to"),
        Index("ix_denials_status", "practice_id", "status", "is_open", "due_on", "amount_cents", "id"),
        Index("ix_denials_payer", "practice_id", "payer_id", "is_open", "due_on", "amount_cents", "id"),
        Index("ix_denials_reason", "practice_id", "group_code", "carc", "is_open", "due_on", "amount_cents", "id"),
        Index("ix_denials_cause", "practice_id", "root_cause", "is_open", "due_on", "amount_cents", "id"),
        # Covers every count of the insights page, so that none of them reads the table.
        Index(
            "ix_denials_month",
            "practice_id",
            "denied_on",
            "payer_id",
            "root_cause",
            "amount_cents",
            "close_reason",
            "claim_line_id",
            "recovered_cents",
            "is_open",
            "due_on",
            "cause_chosen_by_id",
        ),
        # Covers what is open by owner, and by the day of the denial.
        Index(
            "ix_denials_open",
            "practice_id",
            "owner_id",
            "due_on",
            "amount_cents",
            "payer_id",
            "denied_on",
            sqlite_where=text("is_open IS 1"),
            postgresql_where=text("is_open IS true"),
        ),
        # Covers what is past its last day to file: missed, or never worked.
        Index(
            "ix_denials_past",
            "practice_id",
            "file_by_legal",
            "denied_on",
            "payer_id",
            "clock",
            "status",
            "root_cause",
            "close_reason",
            "amount_cents",
            "id",
            sqlite_where=text("is_open IS 1"),
            postgresql_where=text("is_open IS true"),
        ),
        Index(
            "ix_denials_write_off",
            "practice_id",
            "is_open",
            "due_on",
            "amount_cents",
            "id",
            sqlite_where=text("write_off = 'asked'"),
            postgresql_where=text("write_off = 'asked'"),
        ),
        Index(
            "ix_denials_closed",
            "practice_id",
            "closed_on",
            "owner_id",
            "root_cause",
            "close_reason",
            "payer_id",
            "amount_cents",
        ),
        Index("ix_denials_claim", "practice_id", "claim_id", "denied_on", "root_cause", "close_reason"),
        Index("ix_denials_line", "practice_id", "claim_line_id"),
    )

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    number: Mapped[int]
    claim_id: Mapped[int]
    claim_line_id: Mapped[int | None]
    patient_id: Mapped[int]
    payer_id: Mapped[int] = mapped_column(ForeignKey("payers.id"))
    import_id: Mapped[int | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    code: Mapped[str] = mapped_column(String(20), default="")
    service_date: Mapped[date | None]
    group_code: Mapped[str] = mapped_column(String(2))
    carc: Mapped[str] = mapped_column(String(5))
    remarks: Mapped[str] = mapped_column(String(120), default="")
    denial_class: Mapped[str] = mapped_column(String(20))
    amount_cents: Mapped[int]
    billed_cents: Mapped[int]
    expected_cents: Mapped[int | None]
    denied_on: Mapped[date]
    times_denied: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(String(24), default="new")
    is_open: Mapped[bool] = mapped_column(default=True)
    close_reason: Mapped[str] = mapped_column(String(24), default="")
    closed_on: Mapped[date | None]
    recovered_cents: Mapped[int] = mapped_column(default=0)
    clock: Mapped[str] = mapped_column(String(20), default="file_by")
    clock_rule: Mapped[str] = mapped_column(String(40), default="")
    notice_on: Mapped[date]
    received_on: Mapped[date | None]
    extension_days: Mapped[int] = mapped_column(default=0)
    file_by_safe: Mapped[date | None]
    file_by_legal: Mapped[date | None]
    due_on: Mapped[date | None]
    snoozed_to: Mapped[date | None]
    signature_due: Mapped[date | None]
    write_off: Mapped[str | None] = mapped_column(String(10))
    write_off_words: Mapped[str | None] = mapped_column(SealedText("denials.write_off_words"))
    write_off_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    root_cause: Mapped[str] = mapped_column(String(40), default="")
    strength: Mapped[str] = mapped_column(String(8), default="")
    path: Mapped[str] = mapped_column(String(20), default="")
    diagnosed_with: Mapped[str] = mapped_column(String(64), default="")
    cause_chosen_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    source: Mapped[str] = mapped_column(String(4), default="835")
    created_at: Mapped[datetime]

    @property
    def running_clock(self) -> str:
        """The name of the clock that ``due_on`` is the date of: a signature that is asked for comes first."""
        return "signature" if self.signature_due else self.clock

    @property
    def running_legal(self) -> date | None:
        """The last day of the running clock; a signature has none of its own."""
        return None if self.signature_due else self.file_by_legal

    @property
    def reason(self) -> str:
        """The reason code as people write it, like ``CO-50``."""
        return f"{self.group_code}-{self.carc}" if self.carc else "No reason code"


@event.listens_for(Denial, "before_insert")
@event.listens_for(Denial, "before_update")
def _set_dates(_mapper: Mapper[Denial], _connection: Connection, denial: Denial) -> None:
    clock = denial.clock or "file_by"  # the column's default is filled in only after this
    denial.notice_on = denial.notice_on or denial.denied_on
    acted = clock == "file_by" and denial.status in ACTED_ON
    denial.due_on = denial.signature_due or (None if acted else denial.file_by_safe)
