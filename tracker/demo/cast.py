"""Who plays in the demo: three practices, six payers, clinicians and patients. Everybody is invented."""

from dataclasses import dataclass
from typing import NamedTuple

from tracker.demo.x12_facts import Party
from tracker.domain.claim import Provider
from tracker.domain.npi import make_npi


@dataclass(frozen=True, slots=True)
class DemoPayer:
    """A payer with its habits. ``contract`` is the adjustment for what exceeds its fees."""

    key: str
    party: Party
    name: str
    kind: str
    filing_code: str
    contract: str
    appeal_address: str
    fax: str
    allowed_percent: int = 100
    copay_cents: int = 0


class Clinician(NamedTuple):
    """A therapist: as claims name one, and as one signs notes."""

    provider: Provider
    discipline: str
    credential: str
    signature: str


@dataclass(frozen=True, slots=True)
class DemoPractice:
    """A practice with its people. ``payers`` gives the share of patients by payer key."""

    name: str
    party: Party
    prefix: str
    address: str
    fax: str
    signer_name: str
    signer_title: str
    clinicians: tuple[Clinician, ...]
    payers: tuple[tuple[str, int], ...]
    patients: int
    visits: int
    youngest: int
    oldest: int
    files_every_days: int
    long_courses: tuple[int, ...] = ()


def _payer(  # one parameter per column
    key: str,
    code: str,
    tin: str,
    name: str,
    kind: str,
    filing: str,
    place: tuple[str, str, str, str],
    **habits: int | str,
) -> DemoPayer:
    street, city, state, zip_code = place
    party = Party(name.upper(), code, tin, street, city, state, zip_code + "0001", "8005550190")
    return DemoPayer(
        key=key, party=party, name=name, kind=kind, filing_code=filing,
        contract=str(habits.get("contract", "CO-45")),
        appeal_address=f"Provider Appeals\n{street}\n{city}, {state} {zip_code}",
        fax=f"800-555-01{tin[-2:]}",
        allowed_percent=int(habits.get("allowed", 100)),
        copay_cents=int(habits.get("copay", 0)),
    )  # fmt: skip


PAYERS = (
    _payer("medicare", "15202", "990000101", "Example Medicare Part B", "medicare_b", "MB", ("PO Box 9", "Columbus", "OH", "43216")),
    _payer("advantage", "H7712", "990000106", "Summit Medicare Advantage", "medicare_advantage", "16", ("300 Summit Way", "Louisville", "KY", "40202"), copay=2000),
    _payer("medicaid", "SKOH0", "990000103", "Riverlands Medicaid Plan", "medicaid", "MC", ("5 State St", "Columbus", "OH", "43215"), allowed=78),
    _payer("union", "60771", "990000102", "Union Mutual Health", "commercial", "12", ("1 Union Sq", "Hartford", "CT", "06103"), allowed=122),
    _payer("prairie", "87332", "990000104", "Prairie HMO", "commercial", "HM", ("9 Field Rd", "Omaha", "NE", "68102"), allowed=108, copay=2500),
    _payer("comp", "WC211", "990000105", "Keystone Workers Compensation Fund", "workers_comp", "WC", ("2 Mill St", "Erie", "PA", "16501"), contract="PI-P12", allowed=130),
)  # fmt: skip


def _clinician(number: int, last: str, first: str, discipline: str, credential: str) -> Clinician:
    taxonomy = {"PT": "225100000X", "OT": "225X00000X", "SLP": "235Z00000X"}[discipline]
    provider = Provider(f"{last.upper()}, {first.upper()}", make_npi(number), taxonomy)
    return Clinician(provider, discipline, credential, f"{first} {last}, {credential}")


PRACTICES = (
    DemoPractice(
        name="Eastside Physical Therapy",
        party=Party(
            "EASTSIDE PHYSICAL THERAPY", make_npi(199300001), "311550001", "40 Canal St", "Dayton", "OH", "454021234",
            "9375550140", "261QP2000X",
        ),
        prefix="EP",
        address="40 Canal St, Dayton, OH 45402",
        fax="937-555-0141",
        signer_name="Dana Marsh, PT, DPT",
        signer_title="Clinic director",
        clinicians=(
            _clinician(199310001, "Marsh", "Dana", "PT", "PT, DPT"),
            _clinician(199310004, "Ibarra", "Jonah", "PT", "PT, OCS"),
            _clinician(199310005, "Lindqvist", "Maren", "PT", "PT, DPT"),
        ),
        payers=(("medicare", 9), ("advantage", 6), ("union", 8), ("prairie", 6), ("comp", 4), ("medicaid", 3)),
        patients=36,
        visits=370,
        youngest=19,
        oldest=86,
        files_every_days=14,
        long_courses=(0, 3),
    ),
    DemoPractice(
        name="Lakeview Hand Therapy",
        party=Party(
            "LAKEVIEW HAND THERAPY", make_npi(199300002), "311550002", "8 Pier Rd", "Toledo", "OH", "436041111",
            "4195550188", "261QR0400X",
        ),
        prefix="LH",
        address="8 Pier Rd, Toledo, OH 43604",
        fax="419-555-0189",
        signer_name="Lee Okafor, OTR/L, CHT",
        signer_title="Owner",
        clinicians=(
            _clinician(199310002, "Okafor", "Lee", "OT", "OTR/L, CHT"),
            _clinician(199310006, "Brandt", "Silvia", "OT", "OTR/L"),
        ),
        payers=(("union", 6), ("comp", 5), ("prairie", 4), ("medicare", 4), ("advantage", 3)),
        patients=22,
        visits=205,
        youngest=22,
        oldest=81,
        files_every_days=17,
    ),
    DemoPractice(
        name="Little Birch Speech and Pediatrics",
        party=Party(
            "LITTLE BIRCH SPEECH CENTER", make_npi(199300003), "311550003", "77 Elm Ave", "Akron", "OH", "443081000",
            "3305550111", "261QH0700X",
        ),
        prefix="LB",
        address="77 Elm Ave, Akron, OH 44308",
        fax="330-555-0112",
        signer_name="Kai Svenson, MS, CCC-SLP",
        signer_title="Clinical lead",
        clinicians=(
            _clinician(199310003, "Svenson", "Kai", "SLP", "MS, CCC-SLP"),
            _clinician(199310007, "Amari", "Noor", "SLP", "MA, CCC-SLP"),
        ),
        payers=(("medicaid", 9), ("union", 5), ("prairie", 4), ("medicare", 2)),
        patients=20,
        visits=190,
        youngest=3,
        oldest=11,
        files_every_days=19,
    ),
)  # fmt: skip

REFERRING = tuple(
    Provider(name, make_npi(199320001 + place))
    for place, name in enumerate(("ABARA, NIA", "CHO, MARCUS", "DELANEY, RUTH", "FISK, OMAR", "HOLT, PAULA"))
)

LAST_NAMES = (
    "Abbey", "Alvarez", "Baird", "Beckett", "Boyd", "Castell", "Chau", "Crane", "Dunham", "Eads", "Ferrante", "Foss",
    "Galvan", "Greer", "Haddad", "Hoyt", "Ito", "Jessup", "Kerr", "Lowell", "Madsen", "Moreno", "Nash", "Nye", "Osei",
    "Pruitt", "Quinlan", "Reyes", "Ruiz", "Sandoval", "Soto", "Stroud", "Tate", "Thorne", "Udell", "Vance", "Voss",
    "Wade", "Wren", "Yates", "Zimmer",
)  # fmt: skip
FIRST_NAMES = (
    "Ada", "Amos", "Beth", "Caleb", "Cora", "Dean", "Elena", "Elsa", "Ezra", "Fay", "Gil", "Hana", "Hugo", "Ines", "Iris",
    "Jude", "June", "Kofi", "Lena", "Luis", "Mara", "Mila", "Neil", "Nora", "Omar", "Otis", "Owen", "Pia", "Ravi", "Rosa",
    "Saul", "Tess", "Theo", "Uma", "Vera", "Wyatt", "Yara", "Zane",
)  # fmt: skip
