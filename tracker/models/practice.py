"""A practice (a clinic) and how it writes to payers."""

from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Global, Versioned, new_public_id


class Practice(Versioned, Global, Base):
    """A clinic; a billing company serves several.

    ``logo_hash`` names its picture, ``logo_words`` say what it shows. ``own_names_only``: letters are signed on screen
    only in one's own name or with leave; ``clinicians_only``: clinical letters by a therapist or physician. Write-offs
    above ``write_off_limit_cents`` wait for approval; None for no limit. ``came_from`` is the export it was taken in
    from. From ``deleted_at`` on nobody sees it, until it is destroyed for good (``services/practice_deletion.py``);
    ``deleted_by_id`` has no key: who deleted it may be deleted too. Imported files are removed
    ``keep_files_months`` after they came; None keeps them. ``time_zone`` is an IANA name, None the installation's own.
    ``mail_reports``: people who see its reports are told by e-mail when one is final.
    ``room_mb`` is how many million bytes of files and notes it may keep, None as many as the installation gives all.
    ``submitted_claims`` are the claims submitted by month (``2026-10``), as somebody of the practice typed them.
    """

    __tablename__ = "practices"

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    npi: Mapped[str | None] = mapped_column(String(10), unique=True)
    tin: Mapped[str] = mapped_column(String(12), default="")
    setting: Mapped[str] = mapped_column(String(20), default="practitioner")
    address: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    fax: Mapped[str] = mapped_column(String(40), default="")
    signer_name: Mapped[str] = mapped_column(String(120), default="")
    signer_title: Mapped[str] = mapped_column(String(120), default="")
    logo_hash: Mapped[str] = mapped_column(String(64), default="")
    logo_words: Mapped[str] = mapped_column(String(120), default="")
    own_names_only: Mapped[bool] = mapped_column(default=False)
    clinicians_only: Mapped[bool] = mapped_column(default=False)
    write_off_limit_cents: Mapped[int | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    came_from: Mapped[str | None] = mapped_column(String(32), index=True)
    deleted_at: Mapped[datetime | None]
    deleted_by_id: Mapped[int | None]
    keep_files_months: Mapped[int | None]
    room_mb: Mapped[int | None]
    time_zone: Mapped[str | None] = mapped_column(String(40))
    name_edits: Mapped[int] = mapped_column(default=0)  # counts edits of patients' names (services/patient_names.py)
    mail_reports: Mapped[bool | None]
    submitted_claims: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    next_denial_number: Mapped[int] = mapped_column(default=1001)
    next_appeal_number: Mapped[int] = mapped_column(default=301)
    next_request_number: Mapped[int] = mapped_column(default=201)
