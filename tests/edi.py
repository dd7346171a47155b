"""Small 835 files for tests that are about what follows from them: readable, balanced unless said otherwise.

``remit(claim("A1", line("97110", 90, 0, "CO-50:90")))`` is one remittance with one claim with one denied line.
"""

from typing import NamedTuple

NPI = "1000000004"


class Line(NamedTuple):
    """One SVC loop; adjustments like ``CO-50:90`` or ``CO-45:10.5``."""

    code: str
    charge: float
    paid: float
    adjustments: tuple[str, ...]
    remarks: tuple[str, ...]
    modifiers: str
    units: int
    number: str
    day: str
    allowed: float | None


class Claim(NamedTuple):
    """One CLP loop."""

    number: str
    status: str
    charge: float
    paid: float
    adjustments: tuple[str, ...]
    remarks: tuple[str, ...]
    payer_number: str
    lines: tuple[Line, ...]
    last_name: str
    filing: str


def line(
    code, charge, paid, *adjustments, remarks=(), modifiers="GP", units=1, number="", day="20260914", allowed=None
):
    return Line(code, charge, paid, adjustments, tuple(remarks), modifiers, units, number, day, allowed)


def claim(
    number,
    *lines,
    status="1",
    adjustments=(),
    remarks=(),
    payer_number="ICN1",
    charge=None,
    last_name="QUILL",
    filing="12",
):
    total = sum(each.charge for each in lines) if charge is None else charge
    paid = sum(each.paid for each in lines)
    return Claim(
        number, status, total, paid, tuple(adjustments), tuple(remarks), payer_number, lines, last_name, filing
    )


def reversal(of: Claim) -> Claim:
    """The same claim with every amount negated (x12.md rule 11)."""
    lines = tuple(
        each._replace(charge=-each.charge, paid=-each.paid, adjustments=tuple(map(_negated, each.adjustments)))
        for each in of.lines
    )
    return of._replace(status="22", charge=-of.charge, paid=-of.paid, lines=lines)


def _negated(adjustment: str) -> str:
    name, amount = adjustment.split(":")
    return f"{name}:{-float(amount):g}"


def _cas(adjustments) -> list[str]:
    return ["CAS*{}*{}*{}".format(*a.replace("-", "*", 1).replace(":", "*", 1).split("*")) for a in adjustments]


def _claim_segments(given: Claim) -> list[str]:
    day = given.lines[0].day if given.lines else "20260914"
    found = [
        f"CLP*{given.number}*{given.status}*{given.charge:g}*{given.paid:g}**{given.filing}*{given.payer_number}*11*1"
    ]
    found += _cas(given.adjustments)
    found.append(f"NM1*QC*1*{given.last_name}*NORA****MI*W00000001")
    found.append("NM1*82*1*REYES*MORGAN****XX*1000000020")
    if given.remarks:
        found.append("MOA***" + "*".join(given.remarks))
    found.append(f"DTM*232*{day}")
    for each in given.lines:
        code = f"HC:{each.code}" + (f":{each.modifiers}" if each.modifiers else "")
        units = str(each.units) if each.paid else ""
        billed = "" if each.paid else str(each.units)
        found.append(f"SVC*{code}*{each.charge:g}*{each.paid:g}**{units}**{billed}".rstrip("*"))
        found.append(f"DTM*472*{each.day}")
        found += _cas(each.adjustments)
        if each.number:
            found.append(f"REF*6R*{each.number}")
        if each.allowed is not None:
            found.append(f"AMT*B6*{each.allowed:g}")
        found += [f"LQ*HE*{code}" for code in each.remarks]
    return found


def remit(*claims, trace="EFT1", paid_on="20261005", npi=NPI, payer="HARBOR HEALTH", payer_id="H0001", plb=()) -> bytes:
    """One 835 with one transaction; ``plb`` like ("WO:ICN1", 25.0)."""
    return remits([(claims, trace, plb)], paid_on=paid_on, npi=npi, payer=payer, payer_id=payer_id)


def remits(transactions, paid_on="20261005", npi=NPI, payer="HARBOR HEALTH", payer_id="H0001") -> bytes:
    """One 835 with several transactions, each (claims, trace number, provider adjustments)."""
    segments = [
        "ISA*00*          *00*          *ZZ*HARBOR         *ZZ*EASTSIDE       *261005*0730*^*00501*000000001*0*P*:",
        "GS*HP*HARBOR*EASTSIDE*20261005*0730*1*X*005010X221A1",
    ]
    for number, (claims, trace, plb) in enumerate(transactions, 1):
        total = sum(each.paid for each in claims) - sum(amount for _, amount in plb)
        body = [
            f"ST*835*{number:04}",
            f"BPR*I*{total:g}*C*ACH************{paid_on}",
            f"TRN*1*{trace}*1999000002",
            f"N1*PR*{payer}",
            f"REF*2U*{payer_id}",
            f"N1*PE*EASTSIDE PT*XX*{npi}",
            "LX*1",
        ]
        for each in claims:
            body += _claim_segments(each)
        body += [f"PLB*{npi}*20261231*{name}*{amount:g}" for name, amount in plb]
        segments += [*body, f"SE*{len(body) + 1}*{number:04}"]
    segments += [f"GE*{len(transactions)}*1", "IEA*1*000000001"]
    return ("~\n".join(segments) + "~\n").encode()
