"""The bytes of a file brought in."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key
from tracker.models.sealed import SealedBytes


class RawFile(PracticeOwned, Base):
    """The bytes of an import, compressed (zlib); gone when the staged file expires or is cancelled."""

    __tablename__ = "raw_files"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("import_id", "imports"),
        UniqueConstraint("practice_id", "import_id"),
    )

    import_id: Mapped[int]
    content: Mapped[bytes] = mapped_column(SealedBytes("raw_files.content"))
