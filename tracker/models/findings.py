"""What every rule answered for one denied line."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Self

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key
from tracker.models.sealed import SealedJson


class StoredFinding(NamedTuple):
    """One rule's answer: passed, failed or not_shown, with its reason and quotes."""

    rule_id: str
    result: str
    reason: str
    evidence: list[dict[str, Any]]

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """Return the finding that a row keeps as JSON."""
        return cls(kept["rule"], kept["result"], kept["reason"], kept["evidence"])


class Findings(PracticeOwned, Base):
    """All findings of a denial in one sealed value: they are written and read together, about twenty at a time."""

    __tablename__ = "findings"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("denial_id", "denials"),
        UniqueConstraint("practice_id", "denial_id"),
    )

    denial_id: Mapped[int]
    kept: Mapped[list[Any]] = mapped_column(SealedJson("findings.kept"), default=list)
    knowledge_version: Mapped[str] = mapped_column(String(64))

    @property
    def all(self) -> list[StoredFinding]:
        """Return the findings, in the order they were made."""
        return [StoredFinding.of(each) for each in self.kept]


def kept_findings(findings: Iterable[StoredFinding]) -> list[dict[str, Any]]:
    """Return findings as a row keeps them."""
    return [
        {"rule": one.rule_id, "result": one.result, "reason": one.reason, "evidence": one.evidence} for one in findings
    ]
