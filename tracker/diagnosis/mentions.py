"""The words of the notes about a cause that lies outside of them: what a reader of the denial wants to see beside it."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import Quote, quote
from tracker.diagnosis.on_file import measured_gains
from tracker.diagnosis.proofs import PAYER_ERROR
from tracker.diagnosis.quoting import sentences
from tracker.reading.mentions import mentions

_MOST = 2
_SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "cob_other_coverage": "accident",
        "elig_not_active": "insurance",
        "elig_benefit_limit": "insurance",
        "auth_referral_absent": "referral",
        "auth_absent": "authorization",
        "auth_exceeded_or_mismatch": "authorization",
        "prov_enrolment_or_npi": "enrolment",
        "doc_certification_missing": "certification",
        "doc_progress_report_missing": "progress report",
        "pt_responsibility": "notice",
        "doc_record_not_provided": "absence",
        "mod_assistant": "assistant",
        "mod_discipline": "discipline",
        "mod_other": "habilitation or repetition",
    }
)
# Causes of a service about which the notes may say something besides.
_SERVICE_SUBJECTS: Mapping[str, str] = MappingProxyType(
    {"bun_not_separable": "other agency", "cod_code_not_payable": "notice", "mn_noncovered_service": "notice"}
)
# Causes of a service: the line of the note that names it.
_OF_A_SERVICE = frozenset({"coding", "bundling", "units"})
_RECORD = "doc_record_not_provided"
_SERVICES = frozenset({"mn_noncovered_service", "mn_excess_or_passive", PAYER_ERROR})


def words_about(facts: LineFacts, cause: str) -> tuple[Quote, ...]:
    """Return what the notes say of a cause, two quotes at most; nothing where they do not speak of it."""
    if cause == _RECORD and facts.notes:
        return _of_the_record(facts)
    subject = _SUBJECTS.get(cause)
    if subject is not None:
        return _mentions(facts, subject)
    if cause == "mod_kx":
        return _of_the_need(facts)
    if (beside := _SERVICE_SUBJECTS.get(cause)) is not None and (told := _mentions(facts, beside)):
        return told
    if cause in _SERVICES or facts.knowledge.root_causes[cause].group in _OF_A_SERVICE:
        service = tuple(_of_the_service(facts))[:_MOST]
        about_time = cause == PAYER_ERROR or facts.knowledge.root_causes[cause].group == "units"
        return (
            (*service, *_of_the_time(facts)[:1]) if service and about_time else service or _of_the_time(facts)[:_MOST]
        )
    return ()


def _mentions(facts: LineFacts, subject: str) -> tuple[Quote, ...]:
    own = [each.number for each in facts.notes]
    others = [number for number in range(len(facts.case.notes)) if number not in own]
    found = []
    for number in (*own, *others):
        note = facts.claim.read(number)
        found += [quote(number, note.text, *place) for place in mentions(note.low, note.passages, subject, _MOST)]
    return tuple(found[:_MOST])


def _of_the_record(facts: LineFacts) -> tuple[Quote, ...]:
    """Return what the note that can be sent shows: the service, a figure that is better, the total of minutes."""
    total = facts.session.total_quote if facts.session is not None else ()
    return (*tuple(_of_the_service(facts))[:2], *measured_gains(facts)[:1], *total)


def _of_the_service(facts: LineFacts) -> Iterator[Quote]:
    for content in facts.contents:
        yield from content.telling()


def _of_the_need(facts: LineFacts) -> tuple[Quote, ...]:
    """Return what the notes of the visit say of the need of skilled care: in words, and the sentence that shows most."""
    claimed = [(each.number, sign) for each in facts.notes for sign in facts.claim.read(each.number).skill.claimed]
    told = (quote for content in facts.contents for quote in content.telling())
    return tuple(dict.fromkeys((*sentences(facts.claim, claimed, 1), *measured_gains(facts)[:1], *told)))[:3]


def services_of_the_pair(facts: LineFacts) -> tuple[Quote, ...]:
    """Return the line that names the service, and those of the other services of the claim's day."""
    lines = (facts, *(other for other in facts.claim.lines if other.day == facts.day and other is not facts))
    named = (content.telling()[:1] for line in lines for content in line.contents)
    return tuple(dict.fromkeys(each for quotes in named for each in quotes))[:3]


def _of_the_time(facts: LineFacts) -> tuple[Quote, ...]:
    return (*facts.session.clock_quotes, *facts.session.quotes) if facts.session is not None else ()
