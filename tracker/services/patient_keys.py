"""How a patient is found again without showing who it is: keyed hashes of what a file or a person tells."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from tracker.db import keyring_for
from tracker.domain.remittance import Person


def told_of(person: Person) -> str:
    """Return what finds the same patient in the next file: member id and name, or name and birth date."""
    name = f"{person.last_name.upper()}|{person.first_name[:1].upper()}"
    if person.member_id:
        return f"{person.member_id.upper()}|{name}"[:120]
    born = person.birth_date.isoformat() if person.birth_date else ""
    return f"|{person.last_name.upper()}|{person.first_name.upper()}|{born}"[:120]


def told_of_patient(row: Mapping[str, Any]) -> str:
    """Return what ``told_of`` says of a stored patient, by the columns' names."""
    return told_of(
        Person(row["last_name"], row["first_name"], birth_date=row["birth_date"], member_id=row["member_id"])
    )


class PatientKeys:
    """The key columns of the patients of one practice."""

    def __init__(self, session: Session, practice_id: int) -> None:
        self._keyring, self._practice_id = keyring_for(session), practice_id

    def match(self, told: str) -> str:
        """Return ``match_key`` of what ``told_of`` says."""
        return self._keyring.index(self._practice_id, "patients.match_key", told)

    def name(self, last_name: str, first_name: str) -> str:
        """Return ``name_key`` of a name, however it is capitalised."""
        return self._keyring.index(self._practice_id, "patients.name_key", f"{last_name.lower()}|{first_name.lower()}")

    def member(self, member_id: str) -> str:
        """Return ``member_key`` of a member id, nothing when there is none."""
        bare = "".join(char for char in member_id.upper() if char.isalnum())
        return self._keyring.index(self._practice_id, "patients.member_key", bare) if bare else ""
