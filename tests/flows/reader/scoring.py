"""Scores the reader on labelled replies: right, asked, unclear, wrong, by language and kind; `python -m` prints it.

    python -m tests.flows.reader.scoring FILE [--wrong]

`--wrong` also lists every reply that was not read as its label has it. The form of the file is that of
`replies_sample.json`.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from flows.reader import Certainty, Danger, Intent, Option, Reading, read
from flows.reader.folding import fold

COUNTRIES = {"fr": "france", "en": "kenya", "sw": "kenya"}
ASKS_AGAIN = {Intent.UNCLEAR, Intent.REPEAT, Intent.INVALID}
# What a conversation answers in words and does nothing on: a wrong one of these costs a message, not an action.
DOES_NOTHING = {
    Intent.OTHER,
    Intent.PROBLEM,
    Intent.QUESTION,
    Intent.GREETING,
    Intent.THANKS,
    Intent.DONT_KNOW,
    Intent.REFUSE,
    Intent.CORRECT,
    Intent.ABUSE,
}
WATCHED = (Intent.DISTRESS, Intent.SECRET, Intent.STOP)
# The kinds that the sample names. Others were named by the author of the replies: only the intent counts there.
NAMED_KINDS = {"homeless", "medical", "suicide", "nir", "pin"}
# Where the label has no value, ours may be finer: a question about the cost, a repeat because it was not understood.
FINER = {Intent.QUESTION, Intent.REPEAT, Intent.BACK, Intent.MORE}
FOLDED = {"name", "place"}


class Score(StrEnum):
    """RIGHT: meant and acted on. ASKED: "do you mean ... ?" with the right guess. UNCLEAR: asked again where a careful
    human understood. GUESSED: "do you mean ... ?" with a wrong guess. WRONG: another meaning is acted on at once."""

    RIGHT = "right"
    ASKED = "asked"
    UNCLEAR = "unclear"
    GUESSED = "guessed"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Scored:
    """One reply, how it was read, how that scores; stop_ask: a stop word among others, about which we ask."""

    reply: Mapping[str, object]
    reading: Reading
    score: Score

    @property
    def language(self) -> str:
        """The person's language."""
        return str(self.reply["lang"])

    @property
    def kind(self) -> str:
        """What was asked."""
        return str(self.reply["expected"])


def score_file(path: Path) -> list[Scored]:
    """Every reply of a file, read and scored."""
    labelled = json.loads(path.read_text(encoding="utf-8"))
    return [score(reply, str(labelled["reference_date"])) for reply in labelled["replies"]]


def score(reply: Mapping[str, object], today: str) -> Scored:
    """One reply: read as a conversation reads it, compared with its label and all that is as acceptable."""
    language = str(reply["lang"])
    reading = read(
        str(reply["expected"]),
        str(reply["text"]),
        options=[_option(line) for line in reply.get("options") or []],
        language=language,
        country=COUNTRIES[language],
        today=date.fromisoformat(str(reply.get("reference_date") or today)),
    )
    meant = any(_means(reading, meaning, str(reply["expected"])) for meaning in meanings(reply))
    return Scored(reply, reading, _score(reading, meant=meant))


def meanings(reply: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """The meaning of the label, then what a second careful human could as well have understood."""
    yield reply["meaning"]
    yield from reply["meaning"].get("also_acceptable", [])
    yield from reply.get("also_acceptable", [])


def _option(line: str) -> Option:
    key, _, label = line.partition(" ")
    return Option(key, label)


def _score(reading: Reading, *, meant: bool) -> Score:
    if meant:
        return Score.ASKED if reading.certainty is Certainty.NEARLY else Score.RIGHT
    if reading.certainty is Certainty.UNCLEAR or reading.intent in ASKS_AGAIN:
        return Score.UNCLEAR
    return Score.GUESSED if reading.certainty is Certainty.NEARLY else Score.WRONG


def _means(reading: Reading, meaning: Mapping[str, object], expected: str) -> bool:
    intent, value = Intent(meaning["intent"]), meaning["value"]
    if reading.intent is not intent:
        return False
    if intent in {Intent.DISTRESS, Intent.SECRET} and value not in NAMED_KINDS:
        return True
    if intent in {Intent.UNCLEAR, Intent.INVALID} or (value is None and intent in FINER):
        return True
    ours = "medical" if reading.value == Danger.LIFE else reading.value
    return _comparable(ours, expected) == _comparable(value, expected)


def _comparable(value: object, expected: str) -> object:
    """Names and places without capitals, accents and hyphens; a place without what tells it from another: "(93)"."""
    if expected not in FOLDED:
        return value
    if isinstance(value, Mapping):
        return {key: fold(str(part).partition(" (")[0]).words for key, part in value.items()}
    return fold(value).words if isinstance(value, str) else value


# --- counting


def share(scored: Iterable[Scored], *counted: Score) -> float:
    """How many of them have one of these scores, as a share; 1 of none."""
    scores = [one.score for one in scored]
    return sum(each in counted for each in scores) / len(scores) if scores else 1.0


def acted_on(scored: Iterable[Scored]) -> list[Scored]:
    """Replies taken without asking for something that they do not mean, and on which something is done."""
    return [one for one in scored if one.score is Score.WRONG and one.reading.intent not in DOES_NOTHING]


def missed(scored: Iterable[Scored], intent: Intent) -> list[Scored]:
    """Replies whose label is this intent and nothing else, read as another."""
    return [
        one
        for one in scored
        if all(meaning["intent"] == intent for meaning in meanings(one.reply)) and one.reading.intent is not intent
    ]


def false(scored: Iterable[Scored], intent: Intent) -> list[Scored]:
    """Replies acted on as this intent, which no label has; a stop that we ask about is none."""
    return [
        one
        for one in scored
        if one.reading.intent is intent
        and (one.reading.certainty is Certainty.SURE or intent is not Intent.STOP)
        and all(meaning["intent"] != intent for meaning in meanings(one.reply))
    ]


def table(scored: list[Scored]) -> Iterator[str]:
    """The figures as lines: languages, then kinds within each, then what must never be missed."""
    yield f"{'':14}{'replies':>8}{'read':>8}" + "".join(f"{each:>9}" for each in Score)
    for language in dict.fromkeys(one.language for one in scored):
        of_it = [one for one in scored if one.language == language]
        yield _line(language, of_it)
        for kind in dict.fromkeys(one.kind for one in of_it):
            yield _line(f"  {kind}", [one for one in of_it if one.kind == kind])
    yield _line("all", scored)
    for language in dict.fromkeys(one.language for one in scored):
        of_it = [one for one in scored if one.language == language]
        yield f"{language}: wrong and acted on {len(acted_on(of_it)) / len(of_it):.1%}"
    for intent in WATCHED:
        labelled = sum(one.reply["meaning"]["intent"] == intent for one in scored)
        yield f"{intent}: of {labelled}, {len(missed(scored, intent))} missed, {len(false(scored, intent))} false"


def _line(name: str, scored: list[Scored]) -> str:
    counts = Counter(one.score for one in scored)
    read_as_meant = f"{share(scored, Score.RIGHT, Score.ASKED):8.1%}"
    return f"{name:14}{len(scored):8}{read_as_meant}" + "".join(f"{counts[each]:9}" for each in Score)


def shown(one: Scored) -> str:
    """One reply on one line: what was typed, what the label has, what was read."""
    said = [f"{each['intent']} {json.dumps(each['value'], ensure_ascii=False)}" for each in meanings(one.reply)]
    reading = f"{one.reading.certainty} {one.reading.intent} {one.reading.value}"
    options = " ".join(one.reply.get("options") or [])
    return (
        f"{one.score:8} {one.reply['id']} {one.kind} [{options}] {one.reply['text']!r}: "
        f"{' | '.join(said)}; read: {reading}"
    )


def main() -> None:
    """Print the table of a file, and with `--wrong` what was not read as meant."""
    paths = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    scored = score_file(Path(paths[0]))
    sys.stdout.write("\n".join(table(scored)) + "\n")
    if "--wrong" in sys.argv:
        failed = (one for one in scored if one.score not in {Score.RIGHT, Score.ASKED})
        sys.stdout.write("\n".join(map(shown, failed)) + "\n")


if __name__ == "__main__":
    main()
