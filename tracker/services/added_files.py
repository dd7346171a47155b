"""Files that people add: what they are by their bytes, and the row that keeps them."""

import hashlib
from datetime import datetime
from typing import NamedTuple

from tracker.models import Attachment

_TYPES = {
    b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"II*\0": "image/tiff", b"MM\0*": "image/tiff",
}  # fmt: skip


def content_type_of(content: bytes) -> str:
    """Return what a checked file is by its first bytes: a picture, else a PDF."""
    return next((kind for start, kind in _TYPES.items() if content.startswith(start)), "application/pdf")


_ENDINGS = {
    "image/png": ("png",), "image/jpeg": ("jpg", "jpeg"), "image/tiff": ("tif", "tiff"), "application/pdf": ("pdf",),
}  # fmt: skip


def name_fits(filename: str, content: bytes) -> bool:
    """Whether a file's name ends as its first bytes are: a page that calls itself a picture is neither."""
    return filename.rpartition(".")[2].lower() in _ENDINGS[content_type_of(content)]


class AddedFile(NamedTuple):
    """A file a person adds to an appeal, a denial or a request; its pages were counted when it was checked."""

    title: str
    content_type: str
    content: bytes
    pages: int

    @classmethod
    def of(cls, title: str, content: bytes, pages: int) -> "AddedFile":
        """Return the file with the type its first bytes show."""
        return cls(title, content_type_of(content), content, pages)

    def attachment(self, practice_id: int, kind: str, now: datetime, user_id: int, **owners: int | None) -> Attachment:
        """Return a new row that keeps the file; ``owners`` are the ids of its appeal or denial."""
        return Attachment(
            practice_id=practice_id, kind=kind, title=self.title, content_type=self.content_type, content=self.content,
            content_hash=hashlib.sha256(self.content).hexdigest(), pages=self.pages, added_at=now, added_by_id=user_id,
            **owners,
        )  # fmt: skip
