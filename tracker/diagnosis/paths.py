"""Which way a cause leads for this payer: a rule's path, bent by who pays and by what the payer ruled out."""

from typing import NamedTuple

from tracker.diagnosis.facts import LineFacts

_NEW_CLAIM = "MA130"
_PAYER_ERROR = "pay_payer_error"
_LATE_CLAIM = "29"
_EXCEPTION = (
    "Medicare's answer to a late claim cannot be appealed (42 CFR 405.926(n)); ask for a reopening or a "
    "timely-filing exception (42 CFR 424.44(b))."
)


class Way(NamedTuple):
    """A product path and, where it is not the rule's own, the reason in words."""

    path: str
    why: str = ""


def way_of(path: str, cause: str, facts: LineFacts) -> Way:
    """Return the path for a cause of this line.

    MA130 means no appeal and no reopening but a new claim (42 CFR 405.926(s)). Other remarks that rule an appeal out
    leave a reopening for an error of the payer, else nothing to win. Original Medicare takes no replacement claim
    from professionals: a processed claim is corrected by a clerical-error reopening (42 CFR 405.980(a)(3)). Only
    amounts under PR may be billed to the patient (remark MA13).
    """
    if (only_way := _only_way(path, facts)) is not None:
        return only_way
    if path == "appeal":
        return _appeal(cause, facts)
    if path == "bill_patient" and facts.group != "PR":
        return Way("write_off", f"{facts.group or 'CO'}: only amounts under PR may be billed to the patient.")
    if path == "corrected_claim" and facts.case.remittance is not None:
        return _correction(facts)
    if path == "reopening" and facts.payer.kind != "medicare_b":
        return Way("corrected_claim")
    return Way(path)


def _correction(facts: LineFacts) -> Way:
    if facts.payer.kind == "medicare_b":
        return Way("reopening", "Medicare corrects a processed claim by a reopening, not by a replacement claim.")
    if facts.payer.does("accepts_replacement_claim"):
        return Way("corrected_claim")
    return Way("corrected_claim", "This payer takes no replacement claim (frequency code 7): ask how it corrects one.")


def _only_way(path: str, facts: LineFacts) -> Way | None:
    """Return the way where the payer's codes leave one."""
    if _NEW_CLAIM in facts.remarks and path not in {"none", "bill_other_payer", "bill_patient"}:
        return Way("corrected_claim", "MA130: no appeal rights, send a new claim.")
    if path in {"appeal", "reopening"} and facts.payer.kind == "medicare_b" and _LATE_CLAIM in facts.said:
        return Way("reopening", _EXCEPTION)
    return None


def _appeal(cause: str, facts: LineFacts) -> Way:
    barred_by = facts.classified.appeal_barred_by if facts.classified is not None else None
    if barred_by is not None:
        other = "reopening" if cause == _PAYER_ERROR and facts.payer.kind == "medicare_b" else "write_off"
        return Way(other, f"{barred_by}: the payer takes no appeal.")
    return Way("appeal")
