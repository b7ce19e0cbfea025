"""What changed between two contents of a procedure, in an administrator's words, word by word."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from flask import url_for

from flows.difference import Change, ChangeKind, difference
from sms_gateway.web.countries import language_name
from sms_gateway.web.editor_findings import Place, title_in, title_of
from sms_gateway.web.words import _

WORD = re.compile(r"\s+|[^\s]+")
LANGUAGE = re.compile(r"^language: *(\w+)", re.MULTILINE)  # a line of a conversation's head
ALIKE = 0.4  # below, two sentences have too little in common to be shown as one


class Mark(StrEnum):
    """What happened to some words."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Bit:
    """Words that stayed, went or came."""

    text: str
    mark: Mark = Mark.SAME


@dataclass(frozen=True)
class ChangeShown:
    """One change: where, what it is (where its words don't say it), the words. `print` tells it from any other."""

    where: str
    what: str
    language: str
    bits: tuple[Bit, ...]
    href: str
    print: str
    new: bool = False


def told(before: str, after: str, place: Place, *, read: Iterable[str] | None = None) -> list[ChangeShown]:
    """Every change in the order of the conversation. read: the prints of those that were read; any other one is new."""
    known = None if read is None else set(read)
    found = difference(before, after)
    accepted = [each for each in found if each.what is ChangeKind.TRANSCRIPT and each.before and each.after]
    return [
        *(_told(change, place, known) for change in found if change not in accepted),
        *([_accepted(accepted, place, known)] if accepted else ()),
    ]


def word_bits(before: str, after: str) -> tuple[Bit, ...]:
    """Two texts as one, word by word; one after the other where they have little in common."""
    if not before or not after:
        return tuple(bit for bit in (Bit(before, Mark.GONE), Bit(after, Mark.NEW)) if bit.text)
    old, new = WORD.findall(before), WORD.findall(after)
    match = SequenceMatcher(None, old, new, autojunk=False)
    if match.ratio() < ALIKE:
        return Bit(before, Mark.GONE), Bit(" "), Bit(after, Mark.NEW)
    bits: list[Bit] = []
    for kind, old_from, old_to, new_from, new_to in match.get_opcodes():
        gone, came = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
        if kind == "equal":
            bits.append(Bit(came))
            continue
        bits += [Bit(gone, Mark.GONE)] if gone else []
        bits += [Bit(" ")] if gone.strip() and came.strip() else []
        bits += [Bit(came, Mark.NEW)] if came else []
    return tuple(bits)


def _told(change: Change, place: Place, known: set[str] | None) -> ChangeShown:
    what, before, after = _what(change, place)
    mark = _print(change)
    return ChangeShown(
        where=_where(change, place),
        what=what,
        language=change.language,
        bits=word_bits(before, after),
        href=_href(change, place),
        print=mark,
        new=known is not None and mark not in known,
    )


def _accepted(changes: Sequence[Change], place: Place, known: set[str] | None) -> ChangeShown:
    """All written conversations whose new words were accepted, as one."""
    mark = _print(*changes)
    names = dict.fromkeys(_conversation(change, place) for change in changes)
    what = _("New words are accepted: %(names)s.", names=", ".join(names))
    href = url_for("conversations.every", country=place.country, code=place.code)
    return ChangeShown(_("Written conversations"), what, "", (), href, mark, known is not None and mark not in known)


def _print(*changes: Change) -> str:
    said = repr([(each.path, each.step, each.language, each.before, each.after) for each in changes])
    return hashlib.sha256(said.encode()).hexdigest()[:10]


def _where(change: Change, place: Place) -> str:
    language = language_name(change.language) if change.language else ""
    view = place.steps.get(change.step)
    if view:
        named = _("Step %(n)s, %(name)s", n=view.number, name=title_of(change.step))
    elif change.step:
        named = title_of(change.step)
    else:
        named = _whole(change, place)
    return f"{named}, {language}" if language else named


def _conversation(change: Change, place: Place) -> str:
    """A written conversation by its title, and its language where that is another one than the procedure's own."""
    found = LANGUAGE.search(change.after or change.before)
    language = found[1] if found else place.source_language
    title = title_in(place.code, change.path.partition(".")[2], language)
    return title if language == place.source_language else f"{title} ({language_name(language)})"


def _whole(change: Change, place: Place) -> str:
    kind, _dot, rest = change.path.partition(".")
    if change.what is ChangeKind.FACT:
        return _("The fact “%(name)s”", name=rest.rpartition(".")[0].rpartition("/")[2].replace("_", " "))
    if change.what is ChangeKind.TRANSCRIPT:
        return _("The conversation “%(name)s”", name=_conversation(change, place))
    names = {
        "title": _("Title"),
        "keywords": _("Words that lead to it"),
        "languages": _("Languages"),
        "phrases": _("Guichet’s own phrases"),
        "lists": _("Lists of places"),
        "danger": _("What is said in danger"),
    }
    return names.get(kind, title_of(kind))


def _what(change: Change, place: Place) -> tuple[str, str, str]:
    """What it is, where its words don't say it themselves; and these words, before and after."""
    before, after = change.before, change.after
    match change.what:
        case ChangeKind.SENTENCE_ADDED:
            return _("New sentence:"), before, after
        case ChangeKind.SENTENCE_REMOVED:
            return _("No more said:"), before, after
        case ChangeKind.SYNONYMS:
            return _("Other words for key %(key)s:", key=_key(change, place)), before, after
        case ChangeKind.STEP_ADDED:
            return _("A new step."), "", ""
        case ChangeKind.STEP_REMOVED:
            return _("The step is gone."), "", ""
        case ChangeKind.LEADS_ELSEWHERE:
            return _("Leads to:"), _titles(before), _titles(after)
        case ChangeKind.STEP_OTHERWISE:
            return _("Works otherwise (%(key)s):", key=change.path), before, after
        case ChangeKind.TRANSCRIPT:
            return (_("Came with Guichet.") if after else _("Is gone.")), "", ""
        case ChangeKind.MACHINE:
            return _("Came with a new version of Guichet."), "", ""
        case ChangeKind.FACT:
            return _fact_part(change.path.rpartition(".")[2]), before, after
    return "", before, after


def _titles(names: str) -> str:
    return ", ".join(title_of(name) for name in names.split(", "))


def _fact_part(key: str) -> str:
    names = {"source": _("Who says so:"), "checked": _("Looked up on:"), "valid_to": _("True until:")}
    return names.get(key, "")


def _key(change: Change, place: Place) -> str:
    view = place.steps.get(change.step)
    found = [one for one in view.choices if change.path == f"{change.step}.choices.{one.key}"] if view else []
    return str(found[0].number) if found else change.path.rpartition(".")[2]


def _href(change: Change, place: Place) -> str:
    """The page that changes it; nothing for what is not there any more."""
    if change.step:
        return place.href("step", name=change.step) if change.step in place.steps else ""
    if change.what is ChangeKind.FACT:
        return place.href("facts", anchor=f"fact-{change.path.split('.')[1]}")
    return place.href("words") if change.what in {ChangeKind.KEYWORDS, ChangeKind.SENTENCE_CHANGED} else ""
