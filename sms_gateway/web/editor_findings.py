"""What stands against publishing, in an administrator's words: where it is, what it does to people, how to mend it."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sized
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

from flows.editing import StepView
from flows.finding import Finding, FindingSeverity
from sms_gateway.web.countries import language_name
from sms_gateway.web.editor_plain import advice, fault
from sms_gateway.web.words import _, ngettext

SCREEN = 160
NUMBER = re.compile(r"^(\d+) ")
QUOTED = re.compile(r"`([^`]+)`")
PLAIN = re.compile(r"L\d\d")  # the rules of plain language
SIGNS = re.compile(r"show: (.+?)\. ")


@dataclass(frozen=True)
class Mend:
    """A way to mend something: a page to open, or a form of hidden fields to send."""

    words: str
    href: str
    form: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Problem:
    """One thing to mend. step, path, language: where it shows. `grave`: it stands against publishing."""

    step: str
    path: str
    language: str
    rule: str
    short: str
    words: str
    grave: bool
    where: str = ""
    mends: tuple[Mend, ...] = ()
    fact: str = ""
    size: int = 0
    times: int = 1


@dataclass(frozen=True)
class Place:
    """Which flow this is about: its steps by name, its languages."""

    country: str
    code: str
    steps: Mapping[str, StepView]
    source_language: str

    @property
    def conversations(self) -> str:
        """The address of its written conversations."""
        return url_for("conversations.every", country=self.country, code=self.code)

    def href(self, page: str, *, anchor: str = "", **more: Any) -> str:
        """The address of one of this flow's pages."""
        return url_for(f"editor.{page}", country=self.country, code=self.code, _anchor=anchor or None, **more)


def _unseen(_path: str, _language: str) -> str:
    return ""


def problems(
    findings: Iterable[Finding], place: Place, seen: Callable[[str, str], str] = _unseen
) -> list[Problem]:
    """Every finding as the page tells it, what stands against publishing first, in the order of the conversation.

    seen: by path and language, what a translation's "Still right" has before its eyes.
    """
    findings = tuple(findings)
    expired = {one.path for one in findings if one.rule == "fact_expired"}
    told = [
        _problem(finding, place, seen)
        for finding in findings
        if finding.rule != "fact_unverified" or finding.path not in expired
    ]
    times = Counter(told)  # written conversations that say the same of the same step are one thing to mend
    once = [replace(one, times=many) for one, many in times.items()]
    return sorted(once, key=lambda one: (not one.grave, _number(place, one.step)))


def field_id(path: str, language: str) -> str:
    """The id of the field of one sentence."""
    return f"{path}-{language}".replace(".", "-").replace("/", "--")


def where(place: Place, step: str, language: str = "") -> str:
    """A place in words: Step 2, Swahili."""
    view = place.steps.get(step)
    named = _("step %(n)s, %(name)s", n=view.number, name=title_of(step)) if view else _("the whole procedure")
    return f"{named}, {language_name(language)}" if language else named


def title_of(step: str) -> str:
    """What a step is called: its name, as words; of a called flow, its own name there."""
    return step.removeprefix("subflows.").rpartition("/")[2].replace("_", " ").capitalize()


def title_in(code: str, name: str, language: str = "") -> str:
    """A conversation's name without the procedure's, its language and its channel, which stand beside it."""
    words = [word for word in name.removeprefix(code).split("_") if word and word not in {language, "sms", "ussd"}]
    return " ".join(words).capitalize() or _("The straight way")


def heading(found: Sized) -> str:
    """The sentence above the list of what is to be mended."""
    names = {1: _("One thing to mend before you publish"), 2: _("Two things to mend before you publish"),
             3: _("Three things to mend before you publish")}  # fmt: skip
    count = len(found)
    return names.get(count) or ngettext(
        "%(n)s thing to mend before you publish", "%(n)s things to mend before you publish", count
    )


def _problem(finding: Finding, place: Place, seen: Callable[[str, str], str]) -> Problem:
    fact = finding.path.removeprefix("facts.") if finding.path.startswith("facts.") else ""
    short, words = _said(finding, fact)
    conversation = finding.rule.startswith("transcript_")
    told = Problem(
        step=finding.step,
        path="" if conversation else finding.path,
        language=finding.locale,
        rule=finding.rule,
        short=short,
        words=words,
        grave=finding.severity is FindingSeverity.ERROR,
        where=where(place, finding.step, finding.locale),
        fact=fact,
        size=_first_number(finding.message),
    )
    return replace(told, mends=_mends(told, place, seen))


def _said(finding: Finding, fact: str) -> tuple[str, str]:
    """In the list above, and at the place."""
    language = language_name(finding.locale) if finding.locale else ""
    name = fact.rpartition("/")[2].replace("_", " ")
    match finding.rule:
        case "fact_expired":
            return _("the fact “%(name)s” ran out", name=name), _(
                "The fact “%(name)s” ran out. People are sent to a person here.", name=name
            )
        case "fact_unverified":
            return _("the fact “%(name)s” waits for a look at its source", name=name), _(
                "Look at the source of “%(name)s” again, and write on which day you did.", name=name
            )
        case "translation_old":
            return _("the %(language)s words may be old", language=language), _(
                "The first language changed after these words were written."
            )
        case "transcript_words":
            return _("a written conversation says other words now"), _(
                "A written conversation passes here, with other words now. Read it, then accept them."
            )
        case "transcript_differs":
            return _("a written conversation goes another way"), _(
                "A written conversation goes another way here. Read it, then take back what leads it there."
            )
        case "not_reached":
            return _("no written conversation ends here"), _(
                "No written conversation comes to this end. Who runs Guichet can record one."
            )
    return _said_of_words(finding, language)


def _said_of_words(finding: Finding, language: str) -> tuple[str, str]:
    """The same for one sentence; the checker's own words for a rule that has none here."""
    message = finding.message
    size = _first_number(message)
    match finding.rule:
        case "screen_too_long" if size > SCREEN:
            return _("the %(language)s screen is too long", language=language), ngettext(
                "The %(language)s screen is %(n)s character too long at its longest. A question needs one screen.",
                "The %(language)s screen is %(n)s characters too long at its longest. A question needs one screen.",
                size - SCREEN, language=language,
            )  # fmt: skip
        case "screen_too_long":
            return _("the %(language)s screen is nearly full", language=language), _(
                "The %(language)s screen has %(size)s of 160 characters, at its longest. Aim at 140.",
                language=language, size=size,
            )  # fmt: skip
        case "text_too_dear":
            return _("the %(language)s text is too long", language=language), _(
                "In %(language)s this takes %(n)s SMS. Two is the most. Shorten it.", language=language, n=size
            )
        case "not_on_phone":
            return _("a basic phone can’t show a sign"), _(
                "A basic phone has no %(signs)s. Write it with plain letters and signs.", signs=_signs(message)
            )
        case "confused_without_accents":
            return _("a word changes its sense"), _(
                "“%(word)s” loses its accent on a phone, and means something else. Use another word.",
                word=_quoted(message),
            )
        case "missing_sentence":
            return _("the %(language)s words are missing", language=language), _(
                "Nothing is said here in %(language)s yet. Write it.", language=language
            )
        case "bad_braces":
            return _("a slot has only one brace"), _(
                "A slot such as {fee} has a brace on each side. One is missing, or one is too many."
            )
        case "unknown_name":
            return _("a slot has no value"), _(
                "“%(name)s” is no fact of this procedure, and no question. Write one that is.", name=_quoted(message)
            )
        case "mismatched_sentence":
            return _("a slot of the %(language)s words is not the same", language=language), _(
                "The slots between { } must be the same in every language, with both braces. Write them again."
            )
    told = advice(finding.rule, message) or QUOTED.sub(r"“\1”", message)
    if PLAIN.fullmatch(finding.rule) and language and finding.severity is FindingSeverity.ERROR:
        what = fault(finding.rule, message)
        return (
            _("the %(language)s words must change: %(what)s", language=language, what=what)
            if what else _("the %(language)s words must be plainer", language=language)
        ), told  # fmt: skip
    if PLAIN.fullmatch(finding.rule) and language:
        return _("the %(language)s words can be plainer", language=language), told
    return told.rstrip("."), told


def _mends(told: Problem, place: Place, seen: Callable[[str, str], str]) -> tuple[Mend, ...]:
    if told.fact:
        anchor = f"fact-{told.fact}"
        words = _("Write the new value") if told.rule == "fact_expired" else _("Look at the fact")
        return (Mend(words, place.href("facts", anchor=anchor)),)
    if told.rule.startswith("transcript_"):
        return (Mend(_("Read the conversation"), place.conversations),)
    if told.step not in place.steps and told.path != "title":
        return ()
    if PLAIN.fullmatch(told.rule) and not told.grave:
        return ()  # advice: the card has its own way to the fields
    field = _field_of(place, told.path, told.language, told.step)
    if told.rule == "translation_old":
        looked = (("path", told.path), ("language", told.language), ("seen", seen(told.path, told.language)))
        return (Mend(_("Change it"), field), Mend(_("Still right"), place.href("still_right"), looked))
    words = {
        "screen_too_long": _("Shorten it"),
        "text_too_dear": _("Shorten it"),
        "missing_sentence": _("Write it"),
    }.get(told.rule, _("Change it"))
    return (Mend(words, field),)


def _field_of(place: Place, path: str, language: str, step: str = "") -> str:
    """The page that changes a sentence, at its field."""
    name = step or path.partition(".")[0]
    if path == "title" or not name:
        return place.href("words")
    language = language or place.source_language
    anchor = field_id(path, language) if path else ""
    return place.href("step", name=name, anchor=anchor, language=language)


def _number(place: Place, step: str) -> int:
    view = place.steps.get(step)
    return view.number if view else 0


def _first_number(message: str) -> int:
    found = NUMBER.match(message)
    return int(found[1]) if found else 0


def _quoted(message: str) -> str:
    found = QUOTED.search(message)
    return found[1] if found else ""


def _signs(message: str) -> str:
    found = SIGNS.search(message)
    return found[1] if found else ""
