"""The text of a letter as a practice wrote it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class OwnText:
    """What a practice wrote. ``body`` is the letter's HTML, ``paragraphs`` the default texts by the paragraph's key."""

    based_on: str
    body: str
    paragraphs: Mapping[str, str]

    @property
    def hash(self) -> str:
        """The hash that a letter made of this text keeps."""
        return hashlib.sha256(self.as_line().encode()).hexdigest()

    def as_line(self) -> str:
        """Return the text as one line of JSON."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_line(cls, line: str) -> "OwnText":
        """Return the text of a line that ``as_line`` wrote."""
        return cls(**json.loads(line))
