"""Checks of what was done against the code: described at all, described enough, or plainly another service."""

from collections import Counter
from collections.abc import Iterable, Sequence

from tracker.diagnosis.contents import Content, family_of
from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Result, Strength, passed
from tracker.knowledge.rules import Rule
from tracker.reading.techniques import Technique

_NAMES = {
    "97110": "exercise", "97112": "balance and neuromuscular re-education", "97113": "exercise in water", "97116": "gait training",
    "97124": "massage", "97129": "cognitive training", "97140": "manual therapy", "97530": "functional activities",
    "97535": "training of daily living", "92507": "speech, language or voice treatment", "92526": "swallowing treatment", "92609": "programming of and training with a speech device",
    "G0283": "unattended electrical stimulation", "97012": "mechanical traction", "97035": "ultrasound", "97010": "hot or cold packs",
    "97018": "paraffin", "97016": "vasopneumatic compression", "95992": "canalith repositioning", "20560": "dry needling",
}  # fmt: skip
# Of these one word is enough to know them by; of the others it takes two.
_ONE_WORD = frozenset({"97124", "97140", "G0283", "97012", "97035", "97018", "97016", "95992", "20560", "97010"})
# Services that share their contents: no contradiction when one is billed and the other described.
_SHARED = frozenset(
    [("97535", "97530"), ("97530", "97535"), ("97112", "97116"), ("97116", "97112"), ("97129", "97535"), ("97535", "97129"), ("97110", "97530"),
     ("97129", "92507"), ("92507", "97129"), ("97530", "97116"), ("97116", "97530"), ("97110", "97113"), ("97140", "97010"), ("97110", "97010")]
)  # fmt: skip
_ANYTHING = frozenset(
    {"97113", "97150", "97533", "97537", "97542", "97545", "97546", "97750", "97755", "97760", "97550", "90912"}
)
# Services that cannot be described without certain words; the words of the others are without number.
_KNOWN_BY_WORDS = frozenset(
    {
        "97140",
        "97124",
        "97116",
        "97035",
        "97012",
        "G0283",
        "97018",
        "97016",
        "97033",
        "92526",
        "95992",
        "20560",
        "97597",
    }
)
# Services that are a session of their own: the whole note describes them, and a label is but its title.
_WHOLE_SESSION = frozenset({"92507", "92526", "92609", "97129"})
# Of two that share their contents: what is nothing but the one is not the other.
_USURPED = {"97112": "97116"}
_MANY = 3
_ENOUGH_WORDS = 14
_RICH_WORDS = 25


def intervention_matches(facts: LineFacts, _rule: Rule) -> Outcome:
    """What the note describes under a code is what the code means."""
    contents = [content for content in facts.contents if content.blocks]
    if not facts.contents:
        return NOT_APPLICABLE
    found = [outcome for content in contents if (outcome := _other_service(content)) is not None]
    if found and not any(_is_shown(content) and not _usurping(content) for content in contents):
        return found[0]
    shown = next((content for content in contents if _is_shown(content)), None)
    if shown is None:
        return NOT_APPLICABLE
    return passed(f"The note describes {_name(shown)} under {facts.code}.", *shown.telling())


def described(facts: LineFacts, rule: Rule) -> Outcome:
    """The service is described in words that fit the code, with the details the rule's figures name."""
    wrong = intervention_matches(facts, rule)
    if wrong.result is Result.FAILED:
        return wrong if "cod_wrong_code" in rule.root_causes else NOT_APPLICABLE
    if not facts.contents:
        return NOT_APPLICABLE
    outcomes = [_description(content, rule) for content in facts.contents]
    best = next((each for each in outcomes if each.result is Result.PASSED), None)
    return best or _thinnest(facts, rule, outcomes)


def _thinnest(facts: LineFacts, rule: Rule, outcomes: Sequence[Outcome]) -> Outcome:
    """Of several notes of a visit the one that names the service answers; weakly, where the payer speaks of other things."""
    thin = min(outcomes, key=lambda each: (not each.evidence, -each.strength.rank))
    return thin if facts.says(rule.payer_says) else thin._replace(strength=Strength.WEAK)


def _other_service(content: Content) -> Outcome | None:
    """Return the finding that a code's stretch plainly describes another service, or None."""
    foreign = [each for each in content.foreign if not _shares(content.family, each.proves)] or _usurping(content)
    if not foreign or content.family in _ANYTHING:
        return None
    code, count = _likeliest(foreign)
    fitting = [each for each in _own(content, foreign) if each not in foreign]
    if any(content.family in each.proves for each in fitting) or 2 * len(fitting) >= len(foreign):
        return None
    if code not in _NAMES or count < (1 if code in _ONE_WORD else 2):
        return None
    of_code = [each for each in foreign if code in each.proves]
    firm = content.is_labelled and any(block.is_firm for block in content.blocks)
    strength = Strength.STRONG if firm and count >= 2 else Strength.LIKELY if firm else Strength.WEAK
    if not content.is_labelled and count >= _MANY and (count >= _MANY * len(fitting) or _usurping(content)):
        strength = Strength.LIKELY  # the only service of the visit, and nothing of it in the whole note
    if content.follows:
        strength = Strength.WEAK  # the note goes on with what fits the code; it may only be laid out another way
    return Outcome(
        Result.FAILED,
        f"What the note describes under {content.code} is {_NAMES[code]}, which is {code}.",
        "cod_wrong_code",
        strength,
        (*content.only_labels(), *content.pieces(of_code)),
        content.pieces(content.follows, 1),
        cure=f"{code} in place of {content.code}, where the author confirms what was done.",
    )


def _likeliest(foreign: Iterable[Technique]) -> tuple[str, int]:
    """Return the code that most words of other services prove, and how many do."""
    return Counter(code for each in foreign for code in each.proves).most_common(1)[0]


def _own(content: Content, foreign: Sequence[Technique]) -> list[Technique]:
    """Return the words that fit the code, without those that the likeliest other service has just as well."""
    if not foreign:
        return list(content.fitting)
    other, _ = _likeliest(foreign)
    return [each for each in content.fitting if content.family in each.proves or other not in each.shows]


def _usurping(content: Content) -> list[Technique]:
    """Return the words that prove a service sharing its contents with the code, where none is the code's own."""
    if (
        any(content.family in each.shows and "generic" not in each.shows for each in content.techniques)
        or not content.blocks
    ):
        return []
    found = [each for each in content.techniques if _USURPED.get(content.family, "") in each.proves]
    return found if len(found) >= _MANY else []


def _shares(family: str, proves: frozenset[str]) -> bool:
    return any((family, code) in _SHARED for code in proves)


def _is_shown(content: Content) -> bool:
    """Whether the code's own stretch surely describes it."""
    proven = any(content.family in each.proves for each in content.fitting)
    own = _own(content, content.foreign)
    return proven or (len(own) >= 2 and 2 * len(own) >= len(content.foreign))


def _description(content: Content, rule: Rule) -> Outcome:
    if content.fitting:
        return _detailed(content, rule)
    if not content.blocks or (content.family in _WHOLE_SESSION and content.elsewhere):
        return _unlabelled(content)
    if len(content.follows) > 1 or content.words > _ENOUGH_WORDS:
        return passed(f"The note describes what was done under {content.code}.", *content.telling())
    strength = (
        Strength.LIKELY if content.is_labelled and any(each.is_firm for each in content.blocks) else Strength.WEAK
    )
    if content.unclaimed and content.words > 4:
        strength = Strength.WEAK
    reason = (
        f"{content.code} is named with its time only: what was done (the technique or task, where, how much, with what help) "
        f"is not shown in the note."
    )
    return Outcome(Result.NOT_SHOWN, reason, "doc_intervention_vague", strength, content.label_quotes())


def _detailed(content: Content, rule: Rule) -> Outcome:
    """Techniques are named: enough of them, or with one of the details that the rule asks for."""
    details: Sequence[str] = rule.figures["details"]
    quotes = tuple(reversed(content.telling()))
    enough = len(content.fitting) >= rule.figures["techniques"] or content.words > _RICH_WORDS
    if enough or any(_has(content, kind) for kind in details) or content.follows or not content.is_labelled:
        return passed(f"The note describes {_name(content)} under {content.code}.", *quotes)
    wanted = " or ".join(_DETAILS[kind] for kind in details)
    reason = f"{content.code} names what was done, but no {wanted} is shown in the note."
    return Outcome(Result.NOT_SHOWN, reason, "doc_intervention_vague", Strength.WEAK, content.label_quotes())


_DETAILS = {
    "figures": "dose (sets, load, hold, time or distance)",
    "cue": "cue or correction",
    "assist": "level of assistance",
    "region": "body region",
    "side": "side",
    "finding": "finding before or after",
    "device": "device",
}


def _has(content: Content, kind: str) -> bool:
    return content.has_figures if kind == "figures" else content.has(kind)


def _unlabelled(content: Content) -> Outcome:
    """The note does not say which of its words belong to the code: any word that fits the code will do."""
    if content.elsewhere:
        return passed(f"The note describes {_name(content)}.", *content.pieces(content.elsewhere, 2))
    known = content.family in _KNOWN_BY_WORDS and len(content.read.techniques) >= 8
    reason = f"Nothing in the note shows {_name(content)}, which {content.code} stands for."
    strength = Strength.LIKELY if known else Strength.WEAK
    return Outcome(Result.NOT_SHOWN, reason, "doc_intervention_vague", strength)


def _name(content: Content) -> str:
    return _NAMES.get(family_of(content.code), "the service")


CHECKS = {"intervention_matches": intervention_matches, "described": described}
