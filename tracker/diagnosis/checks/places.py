"""Checks of where a visit took place: telehealth with its place and modifier, and the place that was billed."""

from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.diagnosis.words import us_date
from tracker.knowledge.rules import Rule
from tracker.reading.lines import lines_with

_MEDICARE = frozenset({"medicare_b", "medicare_advantage"})


def telehealth(facts: LineFacts, rule: Rule) -> Outcome:
    """A service given by telehealth can be given that way, and place and modifier agree."""
    modifiers = {"93", "95", "GT"}.intersection(facts.line.modifiers)
    place = facts.case.claim.place_of_service
    remote_place = place in rule.figures["places"]
    if not modifiers and not remote_place:
        return _told_but_not_billed(facts, rule)
    if (why := _not_paid(facts, rule)) is not None:
        path = "bill_patient" if facts.group == "PR" else "write_off"
        return Outcome(Result.FAILED, why, "mn_noncovered_service", path=path)
    if modifiers and place is not None and not remote_place:
        reason = f"Modifier {min(modifiers)} says telehealth, place of service {place} does not."
        return Outcome(Result.FAILED, reason, "mod_other", Strength.LIKELY, cure="Place of service 10 (home) or 02.")
    if (clinic := _told(facts, "clinic")) and not _told(facts, "remote"):
        reason = "The claim says telehealth; the note says that the visit was in the clinic."
        cure = "Place of service 11, without the modifier."
        return Outcome(Result.FAILED, reason, "mod_other", Strength.LIKELY, clinic, cure=cure)
    if not modifiers and _asks_for_modifier(facts, rule):
        reason = f"Place of service {place} says telehealth, no modifier does; the payer says that one is missing."
        quotes = _told(facts, "remote") or _telehealth_words(facts)
        cure = "Modifier 95, or 93 where it was by voice alone."
        return Outcome(Result.FAILED, reason, "mod_other", Strength.LIKELY, quotes, cure=cure)
    proves = bool(modifiers) and remote_place and facts.payer.does("pays_telehealth")
    pays = ", and this payer pays therapy that way" if proves else ""
    until = f" until {us_date(rule.figures['medicare_until'])}" if proves and facts.payer.kind in _MEDICARE else ""
    agree = "Place of service and modifier agree on" if modifiers else f"Place of service {place} says"
    reason = f"{agree} telehealth{pays}{until}."
    return passed(reason, *_telehealth_words(facts), proves=proves, strength=Strength.LIKELY)


def _asks_for_modifier(facts: LineFacts, rule: Rule) -> bool:
    """Whether the payer says that a modifier is missing; Medicare knows telehealth by the place of service alone."""
    return facts.payer.kind not in _MEDICARE and facts.says(frozenset(rule.figures["modifier_missing"]))


def _not_paid(facts: LineFacts, rule: Rule) -> str | None:
    """Return why the payer does not pay the service by telehealth, if it does not."""
    if facts.code in rule.figures["hands_on"]:
        return f"{facts.code} is hands-on; it cannot be given by telehealth."
    if facts.payer.habits["pays_telehealth"] is False:
        return "This payer does not pay therapy by telehealth (the payer's page says so)."
    if facts.payer.kind in _MEDICARE and facts.day > rule.figures["medicare_until"]:
        return f"Medicare pays therapy by telehealth until {us_date(rule.figures['medicare_until'])}."
    return None


def _told_but_not_billed(facts: LineFacts, rule: Rule) -> Outcome:
    """A visit the note tells to be by video needs the place or modifier of telehealth."""
    remote = _told(facts, "remote")
    if not remote or _told(facts, "clinic"):
        return NOT_APPLICABLE
    reason = "The note tells of a visit by video; neither place of service nor modifier says telehealth."
    strength = Strength.LIKELY if facts.says(rule.payer_says) else Strength.WEAK
    cure = "Place of service 10 or 02, and modifier 95 where the payer wants it."
    return Outcome(Result.FAILED, reason, "mod_other", strength, remote, cure=cure)


def _told(facts: LineFacts, kind: str) -> tuple[Quote, ...]:
    """Return where the notes of the visit say that it was in a place of this kind."""
    return tuple(
        quote(index, note.text, each.start, each.end)
        for index, note in facts.notes
        for each in facts.claim.read(index).places
        if each.kind == kind
    )[:2]


def _telehealth_words(facts: LineFacts) -> tuple[Quote, ...]:
    words = ("audio and video", "audio-video", "audio/video", "two-way", "Two-way", "telehealth", "Telehealth")
    return tuple(
        quote(index, note.text, *place)
        for index, note in facts.notes
        for place in lines_with(note.text, "", *words)[:1]
    )


CHECKS = {"telehealth": telehealth}
