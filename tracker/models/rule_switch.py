"""A rule that a practice switched off (or on again)."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice


class RuleSwitch(PracticeOwned, Base):
    """Whether a rule is used for a practice's denials, as last said by whom and when; no row means that it is used.

    What was said before is in the events.
    """

    __tablename__ = "rule_switches"
    __table_args__ = (belongs_to_practice(), UniqueConstraint("practice_id", "rule_id"))

    rule_id: Mapped[str] = mapped_column(String(60))
    is_on: Mapped[bool]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime]
