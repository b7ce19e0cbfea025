"""Which place does a text name? A postcode, a department, a name: whole, without its small words, by half, misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from flows import packaged
from flows.gazetteer.place import NOWHERE, Area, Found, Kind, Place
from flows.gazetteer.spelling import LONGEST, SMALL, bare_key, key, typed_words, words_of
from flows.gazetteer.table import LANGUAGES, Table, table_of, weight
from flows.reader.reading import Certainty
from flows.reader.vocabulary import vocabulary

__all__ = ["find", "find_among", "is_named"]

LONGEST_NAME = 7  # words of one name
MOST = 3  # choices that are asked about at once
PLAIN = 50  # so many times more people than all others of its name together: nobody is asked which one
LARGER = 3  # a longer name is asked about where so many times more people live there: Clermont-Ferrand for "clermont"
KNOWN = 10_000  # a word that everybody says for something else names a place only where so many people live there
EVERYBODY = 50_000  # a town so large is meant even by a word for something else that sounds like it: "pari"
LISTED = 400  # lines that are read for the beginning of a name; more of them tell nothing ("saint")
SHORTEST_SOUND, SHORTEST_SLIP, LONGEST_SLIP = 3, 5, 28

POSTCODE = re.compile(r"(?<![^\W_])(\d{2})[ .]?(\d{3})(?![^\W_])")
NUMBERED = re.compile(r"(\d{1,2})(?:er|ere|e|eme|em|ieme|nd)?")
DIGITS = frozenset("0123456789")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SOUNDS = LETTERS + "SIAw"
ABOUT_A_NUMBER = frozenset({"departement", "dept", "dep", "numero", "dans", "le", "du", "the"})
GENERIC = frozenset({
    "arr", "ardt", "arrondissement", "cbd", "cedex", "city", "commune", "constituency", "county", "departement", "dept",
    "district", "estate", "mji", "mjini", "quartier", "region", "subcounty", "town", "village", "ville", "ward",
})
BETWEEN = SMALL | {"pres", "cote", "vers", "near", "in", "dans", "huko", "karibu", "na", "par", "ya", "departement"}
NO_BEGINNING = SMALL | {
    "bois", "central", "east", "est", "grand", "grande", "ile", "kwa", "lower", "mont", "new", "nord", "north", "notre",
    "old", "ouest", "pays", "petit", "saint", "sainte", "saintes", "saints", "south", "sud", "upper", "val", "ville",
    "villers", "west",
}
BEFORE = frozenset({
    "a", "at", "au", "aux", "chez", "d", "de", "du", "en", "from", "huko", "in", "kwa", "mjini", "naishi", "nakaa",
    "natoka", "near", "niko", "nipo", "sur", "to", "vers",
})
OR = frozenset({"and", "au", "et", "na", "or", "ou"})
SHORT_NAMES = {"idf": "ile de france", "paca": "provence alpes cote d azur"}


def find(text: str, country: str) -> Found:
    """The place that a text names in a country ("france", "kenya", "cote_divoire"). Same text, same answer.

    For texts without a street and without "I live in": the reader takes those away. Never a guess between two places:
    where several have the name, all are named unless one has PLAIN times the people of the others.
    """
    table = table_of(country)
    if table is None:
        return NOWHERE
    if found := POSTCODE.search(text[:LISTED]) if country == "france" else None:
        return _with_postcode(table, found[1] + found[2], f"{text[:found.start()]} {text[found.end():LISTED]}")
    words = typed_words(text)
    words = typed_words(SHORT_NAMES[words[0]]) if len(words) == 1 and words[0] in SHORT_NAMES else words
    if not words or len(words) > LONGEST:
        return NOWHERE
    return _numbered(table, words) or _named(table, words) or NOWHERE


def is_named(text: str, country: str) -> bool:
    """Whether a place has just this name, letter for letter but for accents, gaps and hyphens."""
    table, words = table_of(country), typed_words(text)
    return bool(table and 0 < len(words) <= LONGEST and table.named(key(words)))


def find_among(text: str, country: str) -> Found:
    """A town among words that say something else: "with my sister in Lyon". To be asked about, at best."""
    table, words = table_of(country), typed_words(text)
    return (_inside(table, words) if table and len(words) <= LONGEST else None) or NOWHERE


def _named(table: Table, words: tuple[str, ...]) -> Found | None:
    if exact := _exact(table, words):
        return _chosen(table, words, exact)
    if found := _arrondissement(table, words) or _either(table, words) or _in_area(table, words):
        return found
    while len(words) > 1 and words[-1] in GENERIC:
        words = words[:-1]
        if exact := _exact(table, words):
            return _chosen(table, words, exact)
    while len(words) > 1 and words[0] in GENERIC | {"de", "d", "of", "wa", "la"}:
        words = words[1:]
        if exact := _exact(table, words):
            return _chosen(table, words, exact)
    return _begun(table, words) or _misspelt(table, words) or _inside(table, words)


# --- numbers


def _numbered(table: Table, words: Sequence[str]) -> Found | None:
    """"38", "le 38", "departement 38": a whole department; a number alone is no name of anything else."""
    said = [word for word in words if word not in ABOUT_A_NUMBER] or list(words)
    if len(said) != 1 or not DIGITS & set(said[0]) or len(said[0]) > 3:
        return None
    area = table.area_coded(said[0])
    return Found(Certainty.SURE, (_whole(table, area),)) if area else NOWHERE


def _whole(table: Table, area: Area) -> Place:
    return table.area_called(words_of(area.name)) or Place(area.name, Kind.AREA, area.code, area, 0, (), table.country)


def _with_postcode(table: Table, postcode: str, rest: str) -> Found:
    """A postcode, and maybe a name: the commune of both, or the postcode alone where its communes are many."""
    communes = table.with_postcode(postcode)
    area = _area_of(communes) or table.area_coded(_department(postcode))
    if area is None:
        return NOWHERE
    alone = Place(postcode, Kind.POSTCODE, postcode, area, sum(map(weight, communes)), (postcode,), table.country)
    words = tuple(word for word in typed_words(rest) if word not in GENERIC and not NUMBERED.fullmatch(word))
    if not words or len(words) > LONGEST:
        single = len(communes) == 1 and not words
        return Found(Certainty.SURE, (replace(communes[0], postcodes=(postcode,)) if single else alone,))
    named = _exact(table, words)
    both = [place for place in named if place in communes] or [place for place in named if place.area == area]
    if both:
        return Found(Certainty.SURE, (replace(both[0], postcodes=(postcode,)),))
    if named:
        return Found(Certainty.NEARLY, (named[0], communes[0] if len(communes) == 1 else alone), alone=False)
    ends = [place for size in (4, 3, 2, 1) for place in communes if key(words_of(place.name)) == key(words[-size:])]
    heard = _alike(table, words)
    close = ends or [place for place in communes if place in heard]
    return Found(Certainty.SURE, (replace(close[0], postcodes=(postcode,)) if close else alone,))


def _department(postcode: str) -> str:
    """The department of a postcode that no commune has (a large firm's): its first digits; Corsica's are two."""
    if postcode.startswith("20"):
        return "2A" if postcode < "20200" else "2B"
    return postcode[:3] if postcode.startswith(("97", "98")) else postcode[:2]


def _area_of(places: Sequence[Place]) -> Area | None:
    """The department where most people of these places live."""
    best = max(places, key=weight, default=None)
    return best.area if best else None


def _arrondissement(table: Table, words: tuple[str, ...]) -> Found | None:
    """"Paris 11", "lyon 3eme": the town with that one of its postcodes."""
    words = tuple(word for word in words if word not in GENERIC)
    number = NUMBERED.fullmatch(words[-1]) if len(words) > 1 else None
    if number is None:
        return None
    for town in _exact(table, words[:-1]):
        codes = [code for code in town.postcodes if int(code[3:]) == int(number[1]) and len(town.postcodes) > MOST]
        if codes:
            name = f"{town.name} {int(number[1])}{'er' if int(number[1]) == 1 else 'e'}"
            return Found(Certainty.SURE, (replace(town, name=name, postcodes=(codes[0],)),))
    return None


# --- names


def _exact(table: Table, words: tuple[str, ...]) -> list[Place]:
    """The places of this name, the largest first: as written, else but for its small words; whole areas among them."""
    found = table.named(key(words)) or _glued(table, words)
    if not found and len(bare_key(words)) > 1:
        sounding = table.sounding(_sound(table, words))
        found = [place for place in sounding if bare_key(words_of(place.name)) == bare_key(words)]
    if whole := table.area_called(words):
        found.append(whole)
    return sorted(found, key=weight, reverse=True)


def _glued(table: Table, words: tuple[str, ...]) -> list[Place]:
    """"lehavre": the article of a name, typed as part of it."""
    if len(words) > 1:
        return []
    for article in ("les", "le", "la", "l"):
        if words[0].startswith(article) and len(words[0]) > len(article) + SHORTEST_SOUND:
            found = table.named(words[0].removeprefix(article))
            if articled := [place for place in found if words_of(place.name)[0] == article]:
                return articled
    return []


def _larger(table: Table, words: tuple[str, ...], exact: Sequence[Place]) -> list[Place]:
    """Longer names that begin so, where many more people live than in any place of just this name."""
    near = {place.area for place in exact}
    least = max(LARGER * weight(exact[0]), KNOWN) + 1
    longer = [] if _says_little(words) else table.beginning(words, LISTED, least)
    return [place for place in longer if place.area not in near]


def _chosen(table: Table, words: tuple[str, ...], exact: Sequence[Place]) -> Found | None:
    """What places of just this name mean; None for a ward called as something else is ("hospital")."""
    common = _is_common(table, words, exact)
    larger = _larger(table, words, exact)
    if common and not larger and exact[0].kind is Kind.WARD:
        return None
    return _decided(exact, larger, common=common)


def _decided(exact: Sequence[Place], larger: Sequence[Place], *, common: bool) -> Found:
    places = _apart([*exact, *larger])
    best = weight(places[0])
    plain = places[0] in exact and best >= PLAIN * sum(weight(place) for place in places[1:])
    if plain and not common:
        return Found(Certainty.SURE, (places[0],))
    return Found(Certainty.NEARLY, tuple(places[: 1 if plain else MOST]), alone=plain)


def _apart(places: Iterable[Place]) -> list[Place]:
    """Different places, the likeliest first. A town and the area around it, or its quarter, are one."""
    kept: list[Place] = []
    for place in sorted(places, key=_kind_first):
        same = [other for other in kept if other.area == place.area]
        if not same or (place.kind is Kind.TOWN and place.country == "france" and place.name == same[0].name):
            kept.append(place)
    return sorted(kept, key=weight, reverse=True)


def _kind_first(place: Place) -> tuple[bool, bool, int]:
    return place.kind is Kind.AREA, place.kind is not Kind.TOWN, -weight(place)


def _is_common(table: Table, words: Sequence[str], exact: Sequence[Place]) -> bool:
    """One word that people say for other things, and hardly anybody for this place: "rue", "hospital"."""
    if len(words) > 1 or exact[0].kind in {Kind.AREA, Kind.REGION} or exact[0].population >= KNOWN:
        return False
    return _is_frequent(table, words)


def _is_frequent(table: Table, words: Iterable[str]) -> bool:
    frequent = packaged.frequent_words("fr" if LANGUAGES[table.country] == "fr" else "en")
    return all(word in frequent or len(word) < SHORTEST_SOUND for word in words)


def _in_area(table: Table, words: tuple[str, ...]) -> Found | None:
    """A name, and behind it (or before it) its department, county, region, or a larger town: "st denis 93"."""
    for place, rest in _hints(table, words):
        while len(rest) > 1 and rest[-1] in BETWEEN:
            rest = rest[:-1]
        named = [other for other in _exact(table, rest) if _lies_in(other, place)]
        if named and place.kind is Kind.TOWN:  # of two in one another, the smaller says where
            return Found(Certainty.SURE, (min(named[0], place, key=weight),))
        if named:
            return _decided(named, (), common=False)
        if place.kind is Kind.AREA and place in _exact(table, rest):  # "Vienne (86)"
            return Found(Certainty.SURE, (place,))
        if place.kind is Kind.TOWN:
            continue
        close = [one for one in _alike(table, rest) if _lies_in(one, place)]
        longer = [] if _says_little(rest) else [one for one in table.beginning(rest, LISTED) if _lies_in(one, place)]
        if places := _apart([*longer, *close]):
            return Found(Certainty.NEARLY, tuple(places[:MOST]), alone=False)
    return None


def _hints(table: Table, words: tuple[str, ...]) -> Iterator[tuple[Place, tuple[str, ...]]]:
    """What may say where the rest lies, with the rest."""
    for size in range(min(5, len(words) - 1), 0, -1):
        for said, rest in ((words[-size:], words[:-size]), (words[:size], words[size:])):
            if size == 1 and DIGITS & set(said[0]):
                if area := table.area_coded(said[0]):
                    yield _whole(table, area), rest
                continue
            while len(said) > 1 and said[-1] in GENERIC:
                said = said[:-1]
            if whole := table.area_called(said):
                yield whole, rest
            elif towns := [town for town in table.named(key(said)) if weight(town) >= KNOWN]:
                yield max(towns, key=weight), rest


def _lies_in(place: Place, around: Place) -> bool:
    if around.area is None:
        return place.area is not None and place.area.region == around.name
    return place.area == around.area and place.kind is not Kind.AREA


def _either(table: Table, words: tuple[str, ...]) -> Found | None:
    """"Lyon ou Paris": two towns, and nobody says which."""
    for at in range(1, len(words) - 1):
        if words[at] in OR:
            one, other = _exact(table, words[:at]), _exact(table, words[at + 1 :])
            if one and other and one[0] != other[0]:
                return Found(Certainty.NEARLY, (one[0], other[0]), alone=False)
    return None


# --- by half, and misspelt


def _says_little(words: Sequence[str]) -> bool:
    return all(word in NO_BEGINNING or len(word) < SHORTEST_SOUND for word in words)


def _begun(table: Table, words: tuple[str, ...]) -> Found | None:
    """The first words of a name. Where all of them lie in one area, it is no doubt about where: "kayole"."""
    if _says_little(words):
        return None
    longer = table.beginning(words, LISTED)
    if not longer or len(longer) == LISTED:
        return None
    places = _apart(longer)
    if len(places) == 1 and len(longer) > 1 and table.country != "france":
        name = " ".join(word.capitalize() for word in words)
        return Found(Certainty.SURE, (replace(places[0], name=name, kind=Kind.VILLAGE, code="", population=0),))
    if _is_frequent(table, words) and places[0].population < KNOWN:
        return None
    plain = weight(places[0]) >= PLAIN * sum(weight(place) for place in places[1:])
    return Found(Certainty.NEARLY, tuple(places[: 1 if plain else MOST]), alone=plain)


def _misspelt(table: Table, words: tuple[str, ...]) -> Found | None:
    if len(words) > LONGEST_NAME:
        return None
    heard = _alike(table, words)
    places = sorted(_apart(heard), key=lambda place: -heard[place])
    if not places or (_is_frequent(table, words) and weight(places[0]) < EVERYBODY):
        return None
    plain = heard[places[0]] >= PLAIN * sum(heard[place] for place in places[1:])
    asked = places[: 1 if plain else MOST]
    return Found(Certainty.NEARLY, tuple(asked), alone=len({place.name for place in asked}) == len(asked))


def _alike(table: Table, words: tuple[str, ...]) -> dict[Place, int]:
    """Names that sound like these words, or are one slip of the thumb away, with how likely each is meant.

    A slip in the sound is two changes in one, and counts a tenth.
    """
    heard, typed = _sound(table, words), key(words)
    found = table.sounding(heard) if len(heard) >= SHORTEST_SOUND else []
    if SHORTEST_SLIP <= len(typed) <= LONGEST_SLIP:
        for known in table.names_among(_slips(typed, LETTERS)):
            found += table.named(known)
    likely = {place: weight(place) for place in found}
    if SHORTEST_SLIP <= len(heard) <= LONGEST_SLIP:
        for known in table.sounds_among(_slips(heard, SOUNDS)):
            likely |= {place: weight(place) // 10 for place in table.sounding(known) if place not in likely}
    return likely


def _sound(table: Table, words: Iterable[str]) -> str:
    return "".join(_sound_of(LANGUAGES[table.country], word) for word in bare_key(words))


def _sound_of(language: str, word: str) -> str:
    return vocabulary(language).sound.word(word)


def _slips(word: str, letters: str) -> Iterator[str]:
    """Every text that is one slip away: a letter missing, swapped, wrong, too many."""
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    for before, after in halves:
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in letters:
            if after:
                yield before + letter + after[1:]
            yield before + letter + after


def _at_an_edge(words: tuple[str, ...], start: int, end: int) -> bool:
    """Whether these are the first words, and the name doesn't go on ("sur"), or the last of several."""
    if start:
        return end == len(words)
    return end < len(words) and words[end] not in SMALL


def _inside(table: Table, words: tuple[str, ...]) -> Found | None:
    """A town among other words: behind "in" or "à", before everything else, or last. Always asked about."""
    for start in range(len(words)):
        led = start > 0 and words[start - 1] in BEFORE
        for size in range(min(5, len(words) - start), 0, -1):
            end = start + size
            said, edge = words[start:end], _at_an_edge(words, start, end)
            if not (led or edge) or all(word in SMALL or word in BEFORE for word in said):
                continue
            exact = sorted(table.named(key(said)), key=weight, reverse=True)
            if exact and weight(exact[0]) >= (LISTED if led else KNOWN) and not _is_common(table, said, exact):
                found = _decided(exact, _larger(table, said, exact), common=True)
                return replace(found, alone=found.alone and len(found.places) == 1)
    return None

