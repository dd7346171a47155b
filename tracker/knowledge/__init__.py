"""Dated reference data: reason codes, procedure codes, edits, deadlines, playbook. ``load()`` gives all of it."""

from tracker.knowledge.entries import (
    Carc,
    Cited,
    EndedEdit,
    Figure,
    Modifier,
    Mue,
    NcciEdit,
    PayerDefaults,
    Play,
    ProcedureCode,
    Rarc,
    RootCause,
    Source,
)
from tracker.knowledge.folklore import Folklore
from tracker.knowledge.library import Knowledge, load, load_from
from tracker.knowledge.rows import KnowledgeError
from tracker.knowledge.rules import Rule
from tracker.knowledge.stated import StatedCause

__all__ = [
    "Carc",
    "Cited",
    "EndedEdit",
    "Figure",
    "Folklore",
    "Knowledge",
    "KnowledgeError",
    "Modifier",
    "Mue",
    "NcciEdit",
    "PayerDefaults",
    "Play",
    "ProcedureCode",
    "Rarc",
    "RootCause",
    "Rule",
    "Source",
    "StatedCause",
    "load",
    "load_from",
]
