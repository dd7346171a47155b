"""Exercise that treats no limitation: fitness, sport performance, wellness (Medicare Benefit Policy Manual chapter 15 s.220.2)."""

from tracker.reading.lexicon import Lexicon, Sign

_PROGRAM = (
    "performance program*", "performance package*", "performance training", "sport* performance", "sports enhancement", "athletic performance", "golf performance", "distance gain", "gain package", "training package", "wellness program*", "wellness package*", "wellness visit*", "wellness session*", "fitness program*", "fitness package*", "general fitness", "general conditioning", "personal training", "off season", "preseason", "pre season", "injury prevention program*", "speed and agility", "speed school", "yards off the tee", "boot camp", "gym program*", "weight loss program*", "stay in shape", "keep fit",
)  # fmt: skip
_NO_LIMIT = (
    "no pain or limitation*", "no limitation*", "no functional limitation*", "no functional deficit*", "no deficit*", "no impairment*", "no injury", "no current injury", "no complaint* or limitation*", "pain free with all", "asymptomatic", "fully functional", "independent in all adl*", "no difficulty with adl*", "no restriction*", "without limitation*", "without pain or limitation*", "healthy client",
)  # fmt: skip
_LEXICON = Lexicon({"program": _PROGRAM, "no limit": _NO_LIMIT})


def read_fitness(low: str) -> tuple[Sign, ...]:
    """Return the signs in a note in lower case: ``program`` of fitness or sport, ``no limit`` that would be treated."""
    return _LEXICON.find(low)
