"""Which way a cause leads for this payer: a rule's path, bent by who pays and by what the payer ruled out."""

from typing import NamedTuple

from tracker.diagnosis.facts import LineFacts

_NEW_CLAIM = "MA130"
_PAYER_ERROR = "pay_payer_error"


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
    if _NEW_CLAIM in facts.remarks and path not in {"none", "bill_other_payer", "bill_patient"}:
        return Way("corrected_claim", "MA130: no appeal rights, send a new claim.")
    barred_by = facts.classified.appeal_barred_by if facts.classified is not None else None
    if path == "appeal" and barred_by is not None:
        other = "reopening" if cause == _PAYER_ERROR else "write_off"
        return Way(other, f"{barred_by}: the payer takes no appeal.")
    if path == "bill_patient" and facts.group != "PR":
        return Way("write_off", f"{facts.group or 'CO'}: only amounts under PR may be billed to the patient.")
    if path == "corrected_claim" and facts.payer.kind == "medicare_b" and not _is_unprocessed(facts):
        return Way("reopening", "Medicare corrects a processed claim by a reopening, not by a replacement claim.")
    if path == "reopening" and facts.payer.kind != "medicare_b":
        return Way("corrected_claim")
    return Way(path)


def _is_unprocessed(facts: LineFacts) -> bool:
    return facts.case.remittance is None
