"""The words of one language, ready to be looked up: sets of whole messages, and phrases to find inside a message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import cast

from flows import packaged
from flows.reader.folding import Folded, Sound, clean, collapse, fold
from flows.reader.reading import Danger
from flows.reader.respelling import Respelling
from flows.reader.together import Together
from flows.reader.wordlists import Agreement, Commands, Dangers, Dates, Numbers, Phrases, Telltale

__all__ = ["Vocabulary", "others", "vocabulary"]

Table = Mapping[str, object]
COMMANDS = (
    "human", "menu", "back", "more", "help", "repeat", "lost", "where", "restart", "change", "start", "erase",
    "language",
)
# Parts of a table that are no words people know: "telltale" repeats them, the others are patterns and rules.
NO_VOCABULARY = {"sound", "telltale", "no_place", "respelled", "patterns", "together", "topics", "topics_else"}
NO_KIND = {"starts", "patterns", "explain"}
NAMES = ("lead", "inside", "tail", "titles", "not_names", "given", "family")
SHORTEST_INSULT = 3  # letters of an insult that also counts inside a sentence
SHORTEST_HEARD = 6  # letters of a single word that is found by its sound among others


@dataclass(frozen=True)
class Vocabulary:
    """Everything that the reader knows of one language."""

    language: str
    elisions: frozenset[str]
    sound: Sound
    roots_at_end: bool
    respelling: Respelling
    named: frozenset[str]
    telltale: Telltale
    other_languages: Mapping[str, str]
    small_words: frozenset[str]
    fillers: Phrases
    filler_words: frozenset[str]
    hedges: Phrases
    negations: frozenset[str]
    several: frozenset[str]
    not_spoken: tuple[str, ...]
    """How a verb begins that says: I do not speak, or understand, what is named behind it."""
    stop_always: frozenset[str]
    stop_alone: frozenset[str]
    stop_phrases: frozenset[str]
    stop_among: frozenset[str]
    stop_heard: frozenset[str]
    stop_about: frozenset[str]
    stop_patterns: tuple[re.Pattern[str], ...]
    polite: Phrases
    polite_ends: tuple[str, ...]
    commands: Mapping[str, Commands]
    call: Commands
    yes: Agreement
    no: Agreement
    feelings: Mapping[str, frozenset[str]]
    feelings_heard: Mapping[str, frozenset[str]]
    feeling_phrases: Mapping[str, Phrases]
    feeling_sounds: Mapping[str, Phrases]
    feelings_first: Mapping[str, frozenset[str]]
    feelings_together: Mapping[str, Together]
    questions: Mapping[str, Phrases]
    question_starts: tuple[str, ...]
    question_patterns: tuple[re.Pattern[str], ...]
    trouble: tuple[re.Pattern[str], ...]
    explaining: Phrases
    topics: Mapping[str, tuple[str, ...]]
    topics_else: Mapping[str, tuple[str, ...]]
    dangers: Dangers
    secrets: Mapping[str, object]
    numbers: Numbers
    money: Mapping[str, tuple[str, ...]]
    dates: Dates
    feasts: Mapping[str, str]
    corrections: Mapping[str, tuple[str, ...]]
    names: Mapping[str, tuple[str, ...]]
    introductions: Phrases
    places: Mapping[str, tuple[str, ...]]
    spelling: Mapping[str, str]
    called: Mapping[str, str]
    known_words: frozenset[str]

    def fold(self, text: str) -> Folded:
        """Fold a text by this language's elisions."""
        return fold(text, self.elisions)

    def spelled(self, folded: Folded) -> Folded:
        """The same text as a dictionary spells it; the very same one where nothing changes."""
        spelled = self.respelling.spelled(folded.text)
        return folded if spelled is None else self.fold(spelled)


@cache
def vocabulary(language: str) -> Vocabulary:
    """The vocabulary of a language; English's where the reader has no table for it."""
    known = packaged.reader_languages()
    return _Builder(packaged.reader_words(language if language in known else "en")).build()


@cache
def others(language: str) -> tuple[Vocabulary, ...]:
    """The other languages: their whole words for stop, a person, menu … work everywhere."""
    return tuple(vocabulary(code) for code in packaged.reader_languages() if code != vocabulary(language).language)


def strings(table: Table, key: str) -> list[str]:
    """A list of strings of a table; empty where it has none."""
    return [str(item) for item in cast("list[object]", table.get(key) or [])]


def section(table: Table, key: str) -> Table:
    """A table inside a table; an empty one where it has none."""
    return cast("Table", table.get(key) or {})


def pairs(table: Table, key: str) -> dict[str, str]:
    """A mapping of strings of a table; empty where it has none."""
    return {str(name): str(value) for name, value in cast("Table", table.get(key) or {}).items()}


class _Builder:
    """Turns one language's table into a Vocabulary."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.elisions = frozenset(strings(table, "elisions"))
        self.sound = Sound(cast("list[list[str]]", table.get("sound") or []))
        self.commands_table = cast("Mapping[str, Table]", table["commands"])

    def squeezed(self, items: Iterable[str]) -> frozenset[str]:
        return frozenset(key for item in items if (key := fold(item, self.elisions).squeezed))

    def lines(self, items: Iterable[str]) -> Phrases:
        return Phrases(fold(item, self.elisions).line for item in items)

    def sounding(self, items: Iterable[str]) -> Phrases:
        return Phrases(self.sound.line(fold(item, self.elisions).words) for item in items)

    def folded_pairs(self, table: Table, key: str) -> dict[str, str]:
        return {fold(name, self.elisions).line.strip(): value for name, value in pairs(table, key).items()}

    def line(self, item: str) -> str:
        return fold(item, self.elisions).line.strip()

    def heard(self, item: str) -> str:
        return self.sound.line(fold(item, self.elisions).words).replace(" ", "")

    def command(self, words: Iterable[str], phrases: Iterable[str] = ()) -> Commands:
        return Commands(self.squeezed(words), self.lines(phrases), self.sounding(phrases), self.squeezed(phrases))

    def agreement(self, key: str) -> Agreement:
        table = section(self.table, key)
        words = self.squeezed(strings(table, "words"))
        hesitant = strings(table, "hesitant")
        beginnings = (
            fold(item, self.elisions).line.rstrip() if item.endswith("-") else fold(item, self.elisions).line
            for item in strings(table, "beginnings")
        )
        return Agreement(
            tuple(clean(sign) for sign in strings(table, "signs")),
            words,
            frozenset(collapse(word) for word in words if len(word) > 2),
            frozenset(self.heard(item) for item in (*strings(table, "words"), *hesitant)),
            self.squeezed(hesitant),
            self.lines(hesitant),
            self.lines(strings(table, "words")),
            frozenset(word for item in strings(table, "plain") for word in fold(item).split),
            frozenset(map(self.line, strings(table, "consent"))),
            frozenset(collapse(self.line(item)) for item in strings(table, "consent")),
            tuple(sorted(beginnings, key=len, reverse=True)),
        )

    def build(self) -> Vocabulary:
        table = self.table
        stop = section(self.commands_table, "stop")
        human = section(self.commands_table, "human")
        # A single word of these says it only as the whole message ("oublié" in "mot de passe oublié" does not).
        told_whole = {"dont_know", "refuse", "correct"}
        named = {"dont_know", "refuse", "correct", "greeting", "thanks", "abuse", "problem"}
        questions = section(table, "questions")
        self.sound.learn(set(_every_word(table)))
        places, money, names = section(table, "places"), section(table, "money"), section(table, "names")
        told = {name: self.told(name, whole=name in told_whole) for name in named}
        return Vocabulary(
            language=str(table["language"]),
            elisions=self.elisions,
            sound=self.sound,
            roots_at_end=bool(table.get("roots_at_end")),
            respelling=Respelling(pairs(table, "respelled")),
            named=self.squeezed(strings(table, "named")),
            telltale=self.telltale(section(table, "telltale")),
            other_languages=self.folded_pairs(table, "other_languages"),
            small_words=frozenset(strings(table, "small_words")),
            fillers=self.lines(strings(table, "fillers")),
            filler_words=frozenset(word for item in strings(table, "fillers") for word in fold(item).split),
            hedges=self.lines(strings(table, "hedges")),
            negations=frozenset(strings(table, "negations")),
            several=self.squeezed(strings(table, "several")),
            not_spoken=tuple(strings(table, "not_spoken")),
            stop_always=self.squeezed(strings(stop, "always")),
            stop_alone=self.squeezed(strings(stop, "alone")),
            stop_phrases=self.squeezed(strings(stop, "phrases")),
            stop_among=frozenset(strings(stop, "among")),
            stop_about=frozenset(strings(stop, "about")),
            stop_heard=frozenset(self.heard(item) for item in strings(stop, "phrases") if " " in item),
            stop_patterns=self.patterns(stop),
            polite=self.lines(strings(table, "polite")),
            polite_ends=tuple(sorted(self.squeezed(strings(table, "polite")), key=lambda end: (-len(end), end))),
            commands={
                name: self.command(strings(entry, "words"), strings(entry, "phrases"))
                for name, entry in ((name, section(self.commands_table, name)) for name in COMMANDS)
            },
            call=self.command([*strings(human, "call"), *strings(human, "call_words")], strings(human, "call")),
            yes=self.agreement("yes"),
            no=self.agreement("no"),
            feelings={name: self.squeezed(strings(table, name)) for name in named},
            feelings_heard={name: frozenset(map(self.heard, strings(table, name))) for name in named},
            feeling_phrases={name: self.lines(told[name]) for name in named},
            feeling_sounds={name: self.sounding(filter(_is_long, told[name])) for name in named},
            feelings_first={name: frozenset(strings(table, f"{name}_first")) for name in told_whole},
            feelings_together={name: Together(strings(section(table, "together"), name)) for name in named},
            questions={name: self.lines(strings(questions, name)) for name in questions if name not in NO_KIND},
            question_starts=tuple(fold(item, self.elisions).line.rstrip() for item in strings(questions, "starts")),
            question_patterns=self.patterns(questions),
            trouble=self.patterns(section(table, "trouble")),
            explaining=self.lines(strings(questions, "explain")),
            topics=self.groups("topics"),
            topics_else=self.groups("topics_else"),
            dangers=self.dangers(),
            secrets=section(table, "secrets"),
            numbers=self.numbers(),
            money={name: tuple(strings(money, name)) for name in money},
            dates=self.dates(),
            feasts=self.folded_pairs(section(table, "dates"), "feasts"),
            corrections={key: self.phrases(section(table, "corrections"), key) for key in ("instead", "not")},
            names={key: self.ordered(names, key) for key in NAMES},
            introductions=self.lines(strings(names, "introduced_by")),
            places={key: self.ordered(places, key) for key in ("lead", "vague", "no_place", "streets", "joining")},
            spelling=pairs(places, "spelling"),
            called=self.folded_pairs(places, "called"),
            known_words=frozenset(_every_word(table)),
        )

    def told(self, name: str, *, whole: bool) -> list[str]:
        """What also says it among other words; `whole`: not a single word, nor an insult of three letters ever."""
        shortest = SHORTEST_INSULT if name == "abuse" else 0
        return [item for item in strings(self.table, name) if (" " in item or not whole) and len(item) > shortest]

    def groups(self, key: str) -> dict[str, tuple[str, ...]]:
        table = section(self.table, key)
        return {name: tuple(strings(table, name)) for name in table}

    def telltale(self, table: Table) -> Telltale:
        return Telltale(frozenset(strings(table, "words")), tuple(strings(table, "beginnings")))

    def phrases(self, table: Table, key: str) -> tuple[str, ...]:
        folded = {" ".join(fold(item).split) for item in strings(table, key)}
        return tuple(sorted(folded, key=lambda phrase: (-len(phrase.split()), -len(phrase), phrase)))

    def patterns(self, table: Table) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(pattern) for pattern in strings(table, "patterns"))

    def ordered(self, table: Table, key: str) -> tuple[str, ...]:
        folded = [fold(item) for item in strings(table, key)]
        lines = {each.line.rstrip() for each in folded} | {f" {' '.join(each.split)}" for each in folded}
        return tuple(sorted(lines, key=len, reverse=True))

    def dangers(self) -> Dangers:
        table = cast("Mapping[str, Table]", section(self.table, "distress"))
        together: list[str] = []
        kinds: dict[str, Danger] = {}
        spellings: dict[str, set[str]] = {}
        maybe: list[str] = []
        for kind, entry in ((kind, entry) for kind, entry in table.items() if kind != "harmless"):
            for item in strings(entry, "sure"):
                words = fold(item, self.elisions).words
                key = self.sound.line(words).strip()
                kinds.setdefault(key, Danger(kind))
                if len(words) == 1:
                    spellings.setdefault(key, set()).add(words[0])
            for rule in strings(entry, "together"):
                together.append(rule)
                kinds.setdefault(rule, Danger(kind))
            for item in strings(entry, "maybe"):
                maybe.append(fold(item, self.elisions).line)
                kinds.setdefault(maybe[-1].strip(), Danger(kind))
        sure = [key for key in kinds if f" {key} " not in maybe and key not in together]
        frozen = {key: frozenset(words) for key, words in spellings.items()}
        harmless = self.lines(strings(table, "harmless"))
        return Dangers(harmless, Phrases(sure), Phrases(maybe), Together(together), kinds, frozen)

    def numbers(self) -> Numbers:
        table = section(self.table, "numbers")
        whole = {key: {name: int(value) for name, value in self.folded_pairs(table, key).items() if value != "?"}
                 for key in ("pairs", "words", "word_scales", "written", "spelled", "scales")}
        return Numbers(
            none=self.squeezed(strings(table, "none")),
            none_phrases=self.lines(strings(table, "none")),
            one=self.squeezed(strings(table, "one")),
            one_phrases=self.lines(strings(table, "one")),
            pairs=whole["pairs"],
            words=whole["words"],
            word_scales=whole["word_scales"],
            written=whole["written"] or whole["words"],
            spelled=whole["spelled"],
            ordinals=self.folded_pairs(table, "ordinals"),
            plus=frozenset(strings(table, "plus")),
            within=frozenset(strings(table, "within")),
            choice_words=frozenset(strings(table, "or")),
            bounds=self.lines(strings(table, "bounds")),
            fractions=self.lines(strings(table, "fractions")),
            units=frozenset(word for item in strings(table, "units") for word in fold(item).split),
            scales=whole["scales"],
            counts_on=bool(table.get("counts_on")),
        )

    def dates(self) -> Dates:
        table = section(self.table, "dates")
        kinds = {"days": "days", "weeks": "weeks", "months_word": "months", "years": "years"}
        relative = self.folded_pairs(table, "relative")
        lead = {fold(item, self.elisions).line.rstrip() for item in strings(table, "lead")}
        return Dates(
            months={name: int(value) for name, value in self.folded_pairs(table, "months").items()},
            weekdays={name: int(value) for name, value in self.folded_pairs(table, "weekdays").items()},
            relative={name: None if value == "?" else int(value) for name, value in relative.items()},
            ago=self.lines(strings(table, "ago")),
            ahead=self.lines(strings(table, "ahead")),
            units={word: kind for key, kind in kinds.items() for word in strings(table, key)},
            next=frozenset(word for item in strings(table, "next") for word in fold(item).split),
            last=frozenset(strings(table, "last")),
            past=frozenset(item for item in strings(table, "past") if not item.endswith("-")),
            day_words=frozenset(strings(table, "day_words")),
            this_month=self.lines(strings(table, "this_month")),
            past_beginnings=tuple(item[:-1] for item in strings(table, "past") if item.endswith("-")),
            lead=tuple(sorted(lead, key=len, reverse=True)),
        )


def _is_long(item: str) -> bool:
    return " " in item.strip() or len(item) > SHORTEST_HEARD


def _every_word(value: object) -> Iterable[str]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name not in NO_VOCABULARY:
                yield from fold(str(name)).split
                yield from _every_word(item)
    elif isinstance(value, list):
        for item in value:
            yield from _every_word(item)
    else:
        yield from fold(str(value)).split
