"""The days of a denial's course, gathered from what people did and what payers decided."""

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key


class DenialCourse(PracticeOwned, Base):
    """What ``domain.denial_course.Course`` says of one denial; ``tracker/denial_courses.py`` keeps them.

    There is no row while nothing has happened to a denial.
    """

    __tablename__ = "denial_courses"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("denial_id", "denials"),
        UniqueConstraint("practice_id", "denial_id"),
    )

    denial_id: Mapped[int]
    acted_on: Mapped[date | None]
    appealed_on: Mapped[date | None]
    corrected_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    overturned_on: Mapped[date | None]
