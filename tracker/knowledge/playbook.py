"""Finds the playbook row that speaks of a denial."""

from tracker.knowledge.entries import Play
from tracker.knowledge.tables import PlayRow

_UNPROCESSABLE = "MA130"


class Playbook:
    """The rows, found by reason code."""

    def __init__(self, rows: tuple[PlayRow, ...]) -> None:
        self._by_carc: dict[str, list[PlayRow]] = {}
        for row in rows:
            for carc in {carc for _, carc in row.codes}:
                self._by_carc.setdefault(carc, []).append(row)

    def find(self, group: str, carc: str, remarks: tuple[str, ...], payer_kind: str) -> Play | None:
        """Return the row of this group (else of another) with the most remarks in common, the first of equals."""
        fitting = [row for row in self._by_carc.get(carc, ()) if row.fits(payer_kind, remarks)]
        same_group = [row for row in fitting if (group, carc) in row.codes]
        if not (candidates := same_group or fitting):
            return None
        best = min(candidates, key=lambda row: (-len(row.remarks.intersection(remarks)), row.play.rank))
        return _for_this_denial(best, group, remarks, payer_kind)


def _for_this_denial(row: PlayRow, group: str, remarks: tuple[str, ...], payer_kind: str) -> Play | None:
    """Return the row's play with the path that this payer and this group allow, or None when none does."""
    play = row.play
    path, response = play.path, play.response
    if payer_kind == "medicare_b":
        path, response = row.medicare_path or path, row.medicare_response or response
    if _UNPROCESSABLE in remarks:
        path = "corrected_claim"  # 42 CFR 405.926(s): no appeal, no reopening, a new claim
    other = play.other_path
    if group != "PR":
        # Remark MA13: only amounts under PR may be billed to the patient.
        path = other if path == "bill_patient" else path
        other = "" if other == "bill_patient" else other
    if not path:
        return None
    return play._replace(path=path, response=response, other_path="" if other == path else other)
