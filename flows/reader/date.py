"""Reads a day: 12/3/80, 12031980, "12 mars 1980", "hier", "alhamisi"; the day stands before the month."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from flows.reader.folding import Folded, fold, strip_accents
from flows.reader.number import find_number, mend_digits
from flows.reader.reading import Certainty, Intent, Reading
from flows.reader.slips import alike
from flows.reader.vocabulary import Vocabulary

__all__ = ["read_date"]

ISO = re.compile(r"(?<!\d)(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})(?!\d)")
NUMERIC = re.compile(r"(?<!\d)(\d{1,2})\s*[-/., ]\s*(\d{1,2})\s*[-/., ]\s*(\d{4}|\d{2})(?!\d)")
SHORT = re.compile(r"(?<!\d)(\d{1,2})\s*[-/.]\s*(\d{1,2})(?!\d)")
TOGETHER = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{4}|\d{2})(?!\d)")
YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
ENDING = re.compile(r"(?<=\d)\s?(?:er|st|nd|rd|th|eme|e)\b")
GLUED = re.compile(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)")
# Hours, which are no part of a day: "9h30", "a 14 h", "10:30", "3pm".
HOURS = re.compile(
    r"(?<![\d/.-])(?:\ba\s+|\bat\s+|\bvers\s+|\bsaa\s+)?\d{1,2}\s?(?:h\s?\d{0,2}|:\s?\d{2}|heures?|(?:a\.?m|p\.?m)\b)(?![\w/])"
)
ONE = re.compile(r"(?<=[/.-])[Il|](?=[/.-])")
SHORTEST_MONTH = 4  # letters of a month that may be misspelt
FEW = 4  # words around the number of a day
LONGEST = 10  # words around a weekday
OLDEST = 1880


def read_date(folded: Folded, words: Vocabulary, today: date) -> Reading | None:
    """An ISO day. NEARLY for a day that was guessed (no year, month first) and for "1980-03" or "1962", where only that
    was said. INVALID for a day that no calendar has."""
    plain = HOURS.sub(" ", mend_digits(ONE.sub("1", strip_accents(ONE.sub("1", folded.text)))))
    if words.dates.relative.get(folded.line.strip(), 0) is None:
        return None
    if found := _numeric(plain, today):
        return found
    line = f" {' '.join(words.fold(ENDING.sub(' ', plain)).words)} "
    line = line if line.strip() in words.dates.relative else GLUED.sub(" ", line)
    bare = _without_lead(line, words)
    if feast := _feast(line, words, today):
        return feast
    return (
        _relative(bare, words, today)
        or _relative(line.strip(), words, today)
        or _with_month(bare, words, today)
        or _distance(line, words, today)
        or _weekday(bare, words, today)
        or _year_only(bare, words, today)
        or _begun(bare, words, today)
        or _begun(f"{' '.join(words.fold(plain).words)} ", words, today)
        or _with_month(line.strip(), words, today)
        or _day_of_month(line, words, today)
        or _scattered(line, today)
    )


def _day_of_month(line: str, words: Vocabulary, today: date) -> Reading | None:
    """ "le 11", "11th", "tarehe 9 mwezi huu": the nearest such day, NEARLY. A bare number is none."""
    tokens = line.split()
    days = [token for token in tokens if token.isdigit()]
    told = len(days) == 1 and len(days[0]) <= 2 and len(tokens) <= FEW
    if not told or not any(token in words.dates.day_words for token in tokens):
        return None
    around = ((today.year * 12 + today.month - 1 + shift) for shift in (-1, 0, 1))
    found = []
    for month in around if words.dates.this_month.find(line) is None else [today.year * 12 + today.month - 1]:
        try:
            found.append(date(month // 12, month % 12 + 1, int(days[0])))
        except ValueError:
            continue
    if not found:
        return None
    nearest = min(found, key=lambda day: abs((day - today).days))
    return Reading(Certainty.NEARLY, Intent.ANSWER, nearest.isoformat())


def _scattered(line: str, today: date) -> Reading | None:
    """Figures with other words between them."""
    found = _numeric(" ".join(word for word in line.split() if word[0].isdigit()), today)
    return replace(found, certainty=Certainty.NEARLY) if found and found.intent is Intent.ANSWER else found


def _feast(line: str, words: Vocabulary, today: date) -> Reading | None:
    """A feast that is on the same day each year: "tangu krismasi", "jamhuri day 2001"."""
    for name, day in words.feasts.items():
        if f" {name} " in line:
            month, number = (int(part) for part in day.split("-"))
            year = YEAR.search(line)
            if year:
                return _day(int(year[1]), month, number, certainty=Certainty.NEARLY)
            return _closest(number, month, today)
    return None


def _without_lead(line: str, words: Vocabulary) -> str:
    again = True
    while again:
        again = False
        for lead in words.dates.lead:
            if line.startswith(f"{lead} ") and line.strip() != lead.strip():
                line, again = line[len(lead):], True
                break
    return line.strip()


def _day(year: int, month: int, day: int, *, certainty: Certainty = Certainty.SURE) -> Reading:
    try:
        found = date(year, month, day)
    except ValueError:
        return Reading(Certainty.UNCLEAR, Intent.INVALID)
    if year < OLDEST:
        return Reading(Certainty.UNCLEAR, Intent.INVALID)
    return Reading(certainty, Intent.ANSWER, found.isoformat())


def _year(text: str, today: date) -> int:
    """Two figures are the last such year that is not in the future."""
    year = int(text)
    if len(text) > 2:
        return year
    century = today.year // 100 * 100
    return century + year if century + year <= today.year else century - 100 + year


def _numeric(text: str, today: date) -> Reading | None:
    if found := ISO.search(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    found = NUMERIC.search(text) or TOGETHER.search(text)
    if found:
        day, month, year = int(found[1]), int(found[2]), _year(found[3], today)
        if month > 12 and 1 <= day <= 12 and month <= 31:
            return _day(year, day, month, certainty=Certainty.NEARLY)
        return _day(year, month, day)
    if found := SHORT.fullmatch(text.strip(" .")):
        return _closest(int(found[1]), int(found[2]), today)
    return None


def _closest(day: int, month: int, today: date) -> Reading:
    """A day without its year: the nearest one to today."""
    days = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    if not days:
        return Reading(Certainty.UNCLEAR, Intent.INVALID)
    return Reading(
        Certainty.NEARLY, Intent.ANSWER, min(days, key=lambda found: abs((found - today).days)).isoformat()
    )


def _relative(line: str, words: Vocabulary, today: date) -> Reading | None:
    shift = words.dates.relative.get(line)
    if shift is None:
        return None
    return Reading(Certainty.SURE, Intent.ANSWER, (today + timedelta(days=shift)).isoformat())


def _begun(line: str, words: Vocabulary, today: date) -> Reading | None:
    """ "hier soir vers 20h": a day, then something else."""
    for name in sorted(words.dates.relative, key=len, reverse=True):
        shift = words.dates.relative[name]
        if shift is not None and line.startswith(f"{name} "):
            return Reading(Certainty.NEARLY, Intent.ANSWER, (today + timedelta(days=shift)).isoformat())
    return None


def _with_month(line: str, words: Vocabulary, today: date) -> Reading | None:
    """A day and a month word in either order, with a year or without; a month word and a year."""
    name, month = _month(line, words)
    if not month:
        return None
    before, _, after = f" {line} ".partition(f" {name} ")
    figures = re.findall(r"\d+", f"{before} {after}")
    if ordinal := words.numbers.ordinals.get(before.strip()):
        figures = [ordinal, *figures]
        before = ordinal
    if not re.search(r"\d", before) and (spoken := find_number(words.fold(before), words)):
        figures = [str(int(spoken.value)), *figures]
    if not re.search(r"\d", after) and (year := _spoken_year(after, words)):
        figures = [*figures, year]
    if len(figures) >= 2:
        day, year = (figures[1], figures[0]) if len(figures[0]) == 4 else (figures[0], figures[1])
        return _day(_year(year, today), month, int(day)) if len(figures) == 2 else None
    if len(figures) == 1 and len(figures[0]) == 4:
        return Reading(Certainty.NEARLY, Intent.ANSWER, f"{int(figures[0]):04d}-{month:02d}")
    return _closest(int(figures[0]), month, today) if figures else None


def _spoken_year(text: str, words: Vocabulary) -> str | None:
    """ "mil neuf cent quatre-vingts", "quatre vingt", "nineteen eighty"."""
    found = find_number(words.fold(text), words)
    if found and (found.value > OLDEST or 20 <= found.value <= 99):
        return str(int(found.value))
    spoken = text.split()
    for cut in range(1, len(spoken)):
        first, second = (find_number(words.fold(" ".join(part)), words) for part in (spoken[:cut], spoken[cut:]))
        if first and second and first.value in {19, 20} and 1 <= second.value <= 99:
            return str(int(first.value * 100 + second.value))
    return None


def _month(line: str, words: Vocabulary) -> tuple[str, int]:
    padded = f" {line} "
    for name in sorted(words.dates.months, key=len, reverse=True):
        if f" {name} " in padded:
            return name, words.dates.months[name]
    if any(sign.isdigit() for sign in line):
        return _misspelt_month(line, words)
    return "", 0


def _misspelt_month(line: str, words: Vocabulary) -> tuple[str, int]:
    """A word beside figures that is nearly the name of one month: "janvié", "septamber"."""
    for typed in line.split():
        if len(typed) < SHORTEST_MONTH or typed in words.known_words:
            continue
        long = (name for name in words.dates.months if len(name) >= SHORTEST_MONTH)
        months = {words.dates.months[name] for name in long if alike(typed, name, words.sound) is not None}
        if len(months) == 1:
            return typed, months.pop()
    return "", 0


def _distance(line: str, words: Vocabulary, today: date) -> Reading | None:
    """ "il y a 3 jours", "3 days ago", "dans 2 semaines"."""
    back, ahead = words.dates.ago.find(line), words.dates.ahead.find(line)
    unit = next((words.dates.units[word] for word in line.split() if word in words.dates.units), "")
    if not unit or bool(back) == bool(ahead):
        return None
    rest = line.replace(f" {back or ahead} ", " ", 1)
    number = find_number(fold(" ".join(word for word in rest.split() if word not in words.dates.units)), words)
    if number is None or number.value != int(number.value) or number.value > 1000:
        return None
    count = int(number.value) * (-1 if back else 1)
    if unit in {"days", "weeks"}:
        found = today + timedelta(days=count * (7 if unit == "weeks" else 1))
        return Reading(Certainty.SURE if unit == "days" else Certainty.NEARLY, Intent.ANSWER, found.isoformat())
    if unit == "years":
        return Reading(Certainty.NEARLY, Intent.ANSWER, str(today.year + count))
    months = today.year * 12 + today.month - 1 + count
    return Reading(Certainty.NEARLY, Intent.ANSWER, f"{months // 12:04d}-{months % 12 + 1:02d}")


def _weekday(line: str, words: Vocabulary, today: date) -> Reading | None:
    """The next such day after today; the last one where that is said."""
    tokens = line.split()
    named = [token for token in tokens if token in words.dates.weekdays]
    if len(named) != 1 or len(tokens) > LONGEST:
        return None
    if len(tokens) > 3:
        return _weekday_told(words.dates.weekdays[named[0]], tokens, words, today)
    ahead = (words.dates.weekdays[named[0]] - today.weekday() - 1) % 7 + 1
    rest = [token for token in tokens if token != named[0] and token not in words.small_words]
    if numbered := [int(token) for token in rest if token.isdigit()]:
        return _numbered(words.dates.weekdays[named[0]], numbered[0], today)
    if any(token in words.dates.last for token in rest):
        behind = (today.weekday() - words.dates.weekdays[named[0]] - 1) % 7 + 1
        return Reading(Certainty.SURE, Intent.ANSWER, (today - timedelta(days=behind)).isoformat())
    sure = not [token for token in rest if token not in words.dates.next]
    return Reading(
        Certainty.SURE if sure else Certainty.NEARLY, Intent.ANSWER, (today + timedelta(days=ahead)).isoformat()
    )


def _weekday_told(weekday: int, tokens: list[str], words: Vocabulary, today: date) -> Reading | None:
    """A weekday in a sentence, NEARLY: the last one where it tells of what was."""
    if any(token[0].isdigit() for token in tokens):
        return None
    was = any(token in words.dates.last or token in words.dates.past for token in tokens)
    was = was or any(token.startswith(words.dates.past_beginnings) for token in tokens if len(token) > SHORTEST_MONTH)
    behind, ahead = (today.weekday() - weekday - 1) % 7 + 1, (weekday - today.weekday() - 1) % 7 + 1
    found = today - timedelta(days=behind) if was else today + timedelta(days=ahead)
    return Reading(Certainty.NEARLY, Intent.ANSWER, found.isoformat())


def _numbered(weekday: int, number: int, today: date) -> Reading | None:
    """ "vendredi 13": the next such day, if there is one within two months."""
    days = (today + timedelta(days=ahead) for ahead in range(63))
    found = next((day for day in days if day.weekday() == weekday and day.day == number), None)
    return Reading(Certainty.SURE, Intent.ANSWER, found.isoformat()) if found else None


def _year_only(line: str, words: Vocabulary, today: date) -> Reading | None:
    found = YEAR.fullmatch(line)
    if found and OLDEST <= int(found[1]) <= today.year + 10:
        return Reading(Certainty.NEARLY, Intent.ANSWER, found[1])
    return None
