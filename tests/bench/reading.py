"""What it costs to read a reply: short ones by language and kind, the worst long text, places; what an import costs."""

import json
import resource
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path

from flows.reader import Expected, Option, read
from tests.running import ROOT

REPLIES = Path(__file__).parents[1] / "flows" / "reader"
COUNTRIES = {"fr": "france", "en": "kenya", "sw": "kenya"}
TODAY = date(2026, 3, 10)
LONGEST_SHORT = 80  # letters
LONG = 1600
TIMES = 5  # each reply is read so often; the quickest counts, since what is slower is other work of the machine
FLOOR_TIMES = 200
STORIES = {
    "fr": "je suis venu hier au guichet avec ma soeur et la dame nous a dit de revenir demain avec deux photos ",
    "en": "we went to the office with my sister yesterday and the lady told us to come back with two photos ",
    "sw": "tulienda ofisini na dada yangu jana na mama wa pale alituambia turudi wiki ijayo na picha mbili ",
}
ODD = {
    "one word": "a",
    "short words": "un o a la te i ",
    "new words": " ".join(f"{one}{two}{three}" for one, two, three in product("bdfgk", "aeiou", ("lmo", "rst"))) + " ",
    "figures": "12 345 ",
    "accents": "éàü çñô ",
    "no Latin letter": "مرحبا كيف 你好 Привет ",
    "words for secrets": "mon code pin est ",
}
SEVERAL = (Option("1", "Papiers"), Option("2", "Logement"), Option("3", "Argent"), Option("0", "Une personne"))
FIRST = """
from datetime import date
from flows.reader import read
read("yes_no", "ouiii svp", language="fr", country="france", today=date(2026, 3, 10))
"""
MOST_MEMORY = "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
PLACES = {
    "france": "Grenoble, st denis 93, grenobel, 38000 Grenoble, clairmon feran, 12 rue de la gare lyon, chez ma soeur",
    "kenya": "Nairobi, Kibera, mombassa, kisumu town, Eldoret near the market, kwa dada yangu, Westlands",
    "cote_divoire": "Abidjan, Yopougon, boake, Man, Daloa commerce, chez ma soeur, San-Pédro",
}


@dataclass(frozen=True)
class Spread:
    """Microseconds a text, over several texts: the middle one, the 99th of a hundred, the worst; and the floor's."""

    name: str
    texts: int
    p50: float
    p99: float
    worst: float
    floor: float


@dataclass(frozen=True)
class Import:
    """What a new process pays for the reader before its first reading is there, beside an empty one."""

    milliseconds: float
    megabytes: float


def spreads() -> Iterator[Spread]:
    """Short replies as people typed them, by language and kind; places; 1,600 letters at every kind of question."""
    replies = list(_replies())
    for language in COUNTRIES:
        of_it = [reply for reply in replies if reply["lang"] == language]
        yield _spread(f"{language}, all kinds", [(str(each["text"]), _reader(each)) for each in of_it])
        for kind in Expected:
            if asked := [(str(each["text"]), _reader(each)) for each in of_it if each["expected"] == kind]:
                yield _spread(f"{language}, {kind}", asked)
    for country, texts in PLACES.items():
        language = "fr" if country != "kenya" else "en"
        asked = [(text, _asker(Expected.PLACE, text, language, country)) for text in texts.split(", ")]
        yield _spread(f"places, {country}", asked)
    for language, story in STORIES.items():
        yield _spread(f"{LONG} letters, a story, {language}", _long(language, [story]))
        yield _spread(f"{LONG} letters, odd, {language}", _long(language, ODD.values()))


def imported() -> Import:
    """A process that imports the reader and reads one reply, less a process that does nothing; the best of five."""
    ours, bare = ([_process(code) for _ in range(TIMES)] for code in (FIRST, "pass"))
    return Import(
        (min(seconds for seconds, _ in ours) - min(seconds for seconds, _ in bare)) * 1000,
        (min(memory for _, memory in ours) - min(memory for _, memory in bare)) / 1024,
    )


def lines(spread: Iterable[Spread], cost: Import) -> Iterator[str]:
    """Both as lines of the printed table."""
    yield f"{'reading, µs':34}{'texts':>7}{'p50':>8}{'p99':>8}{'worst':>8}{'floor':>8}{'p50/floor':>11}"
    for at in spread:
        share = at.p50 / at.floor
        yield f"{at.name:34}{at.texts:7}{at.p50:8.0f}{at.p99:8.0f}{at.worst:8.0f}{at.floor:8.2f}{share:11.0f}"
    yield f"import flows.reader and a first reading: {cost.milliseconds:.0f} ms, {cost.megabytes:.0f} MB"


def _replies() -> Iterator[dict[str, object]]:
    for name in ("replies_open.json", "replies_sample.json"):
        for reply in json.loads((REPLIES / name).read_text(encoding="utf-8"))["replies"]:
            if len(reply["text"]) <= LONGEST_SHORT:
                yield reply


def _reader(reply: dict[str, object]) -> Callable[[], object]:
    shown = reply.get("options")
    lines_ = [str(line) for line in shown] if isinstance(shown, list) else []
    options = tuple(Option(*(line.split(" ", 1) if " " in line else (line, ""))) for line in lines_)
    language = str(reply["lang"])
    return _asker(Expected(str(reply["expected"])), str(reply["text"]), language, COUNTRIES[language], options)


def _asker(
    expected: Expected, text: str, language: str, country: str, options: tuple[Option, ...] = ()
) -> Callable[[], object]:
    return lambda: read(expected, text, options=options, language=language, country=country, today=TODAY)


def _long(language: str, pieces: Iterable[str]) -> list[tuple[str, Callable[[], object]]]:
    asked = []
    for piece, kind in product(pieces, Expected):
        text = (piece * (LONG // len(piece) + 1))[:LONG]
        options = SEVERAL if kind is Expected.CHOICE else ()
        asked.append((text, _asker(kind, text, language, COUNTRIES[language], options)))
    return asked


def _spread(name: str, asked: Sequence[tuple[str, Callable[[], object]]]) -> Spread:
    spent = sorted(_quickest(ask) for _, ask in asked)
    floor = _floor([text for text, _ in asked])
    return Spread(
        name, len(spent), spent[len(spent) // 2], spent[min(len(spent) * 99 // 100, len(spent) - 1)], spent[-1], floor
    )


def _quickest(ask: Callable[[], object]) -> float:
    ask()
    spent = []
    for _ in range(TIMES):
        began = time.process_time()
        ask()
        spent.append(time.process_time() - began)
    return min(spent) * 1e6


def _floor(texts: Sequence[str]) -> float:
    """Microseconds a text: small letters, one Unicode form, one look into a dict. What comparing alone would cost."""
    known = {"oui": True, "non": False}
    rounds = []
    for _ in range(TIMES):
        began = time.process_time()
        for _ in range(FLOOR_TIMES):
            for text in texts:
                known.get(unicodedata.normalize("NFKD", text.casefold()))
        rounds.append((time.process_time() - began) / FLOOR_TIMES / len(texts))
    return min(rounds) * 1e6


def _process(code: str) -> tuple[float, float]:
    """Seconds of processor time and kilobytes that a new Python takes for some code."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{MOST_MEMORY}"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, float(done.stdout)


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines(list(spreads()), imported())) + "\n")
