"""Files from outside to facts: X12 remittances and claims, case files, the text of notes."""

from tracker.importers.recognition import recognise

__all__ = ["recognise"]
