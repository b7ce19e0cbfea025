"""The written conversations of a procedure: read as on a phone, and compared with what its draft says now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from flows.alphabet import rewrite
from flows.compiler import CompileError, compile_bundle
from flows.difference import same_ways
from flows.machine import Machine
from flows.parser import ParseError
from flows.places import opened
from flows.transcript import Difference, Said, TranscriptError, play_text, read_text
from flows.transcript_text import Exchange as Written
from sms_gateway.errors import NotFound
from sms_gateway.flow_versions import drafts
from sms_gateway.store.tables import Role
from sms_gateway.web.accounts import current_services, signed_in
from sms_gateway.web.editor_changes import Bit, word_bits
from sms_gateway.web.editor_findings import title_in, title_of
from sms_gateway.web.editor_flow import Flow, load
from sms_gateway.web.gates import role_needed
from sms_gateway.web.words import _, ngettext

blueprint = Blueprint("conversations", __name__, url_prefix="/editor/<country>/<code>/conversations")

ALL = "*"


class State(StrEnum):
    """How a written conversation stands to the draft."""

    SAME = "same"
    OTHER_WORDS = "other_words"
    OTHER_WAY = "other_way"
    UNREAD = "unread"


@dataclass(frozen=True)
class Heard:
    """One thing that the phone gets ("<", "<<"), or that the gateway is asked to do ("!")."""

    mark: str
    text: str
    bits: tuple[Bit, ...] = ()


@dataclass(frozen=True)
class Exchange:
    """What the person sends, or what happens, and what follows it. `now`: what follows now, where that differs."""

    mark: str
    given: str
    remarks: tuple[str, ...]
    heard: tuple[Heard, ...]
    now: tuple[Heard, ...]
    other_way: bool

    @property
    def differs(self) -> bool:
        """Whether something else follows now."""
        return bool(self.now) or self.other_way


@dataclass(frozen=True)
class Conversation:
    """One written conversation. first: what the person sends first."""

    name: str
    title: str
    first: str
    channel: str
    language: str
    state: State
    exchanges: tuple[Exchange, ...]

    @property
    def changed(self) -> tuple[Exchange, ...]:
        """The exchanges that differ."""
        return tuple(one for one in self.exchanges if one.differs)


@dataclass(frozen=True)
class Pair:
    """What was written and what is said now, once for all that hold it. alone: those that hold no other."""

    exchange: Exchange
    language: str
    conversations: tuple[Conversation, ...]
    alone: tuple[Conversation, ...]

    @property
    def names(self) -> str:
        """What accepts all that hold only this."""
        return " ".join(one.name for one in self.alone)


def pairs_of(conversations: Iterable[Conversation]) -> list[Pair]:
    """Every change of words once, in the order of the conversations."""
    found: dict[tuple[object, ...], dict[str, Conversation]] = {}
    first: dict[tuple[object, ...], Exchange] = {}
    kinds: dict[str, set[tuple[object, ...]]] = {}
    for one in conversations:
        for exchange in one.changed:
            kind = (one.language, exchange.heard, exchange.now)
            first.setdefault(kind, exchange)
            found.setdefault(kind, {})[one.name] = one
            kinds.setdefault(one.name, set()).add(kind)
    return [
        Pair(
            first[kind],
            str(kind[0]),
            tuple(holders.values()),
            tuple(one for one in holders.values() if len(kinds[one.name]) == 1),
        )
        for kind, holders in found.items()
    ]


@blueprint.get("")
@role_needed(Role.EDITOR)
def every(country: str, code: str) -> str:
    """Every conversation; what was and what is said first, each such pair once."""
    one = load(country, code)
    found = conversations_of(one)
    other_words = [each for each in found if each.state is State.OTHER_WORDS]
    pairs = pairs_of(other_words)
    alone = {each.name for pair in pairs for each in pair.alone}
    return render_template(
        "editor/conversations.html",
        flow=one,
        tab="conversations",
        conversations=found,
        other_words=other_words,
        pairs=pairs,
        several=[each for each in other_words if each.name not in alone],
        other_way=[each for each in found if each.state is State.OTHER_WAY],
        unplayed=any(each.state is State.UNREAD for each in found),
    )


@blueprint.get("/<name>")
@role_needed(Role.EDITOR)
def conversation(country: str, code: str, name: str) -> str:
    """One conversation, as a thread on the phone."""
    one = load(country, code)
    found = [each for each in conversations_of(one) if each.name == name]
    if not found:
        raise NotFound("There is no such conversation.")
    return render_template("editor/conversation.html", flow=one, conversation=found[0])


@blueprint.post("")
@role_needed(Role.EDITOR)
def accept(country: str, code: str) -> Response:
    """Accept the new words of some conversations by their names, or of all that only say other words."""
    one = load(country, code)
    wanted = request.form.get("name", "").split()
    onward = redirect(url_for("conversations.every", country=country, code=code), code=303)
    revision = _number(request.form.get("revision", ""))
    if not one.has_draft or revision != one.revision:
        flash(_("The draft has changed since you read it. Read the conversations once more."), "late")
        return onward
    ready = [each for each in conversations_of(one) if each.state is State.OTHER_WORDS]
    chosen = [each.name for each in ready if ALL in wanted or each.name in wanted]
    for done, name in enumerate(chosen):
        kept = drafts.accept_words(
            current_services(), signed_in().scope, country, code, transcript=name, revision=revision
        )
        if isinstance(kept, drafts.Clash):
            flash(_("The draft has changed meanwhile. %(n)s are accepted; read the others again.", n=done), "late")
            return onward
        revision = kept.revision
    said = ngettext("%(n)s conversation has its new words.", "%(n)s conversations have their new words.", len(chosen))
    flash(said if chosen else _("Nothing was to be accepted."))
    return onward


def conversations_of(one: Flow) -> tuple[Conversation, ...]:
    """All of them, in the order of their names; compared with the draft where there is one."""
    return _played(one.content, one.live_content or "")


@lru_cache(maxsize=16)
def _played(content: str, live: str) -> tuple[Conversation, ...]:
    """Kept, since every page about a draft asks."""
    texts = opened(content)[0].get("transcripts", {})
    machine, before = _machine(content), _machine(live) if live and same_ways(live, content) else None
    code = str(opened(content)[0]["code"])
    return tuple(_conversation(name, text, code, machine, before) for name, text in sorted(texts.items()))


def _machine(content: str) -> Machine | None:
    try:
        return compile_bundle(content)
    except (CompileError, ParseError):
        return None


def _conversation(name: str, text: str, code: str, machine: Machine | None, before: Machine | None) -> Conversation:
    try:
        written = read_text(text, name)
        found = play_text(machine, text, name, before=before) if machine else []
    except TranscriptError:
        return Conversation(name, title_of(name), "", "", "", State.UNREAD, ())
    at = {each.line: each for each in found}
    if machine is None:
        state = State.UNREAD
    elif all(each.acceptable for each in found):
        state = State.OTHER_WORDS if found else State.SAME
    else:
        state = State.OTHER_WAY
    language = written.header.get("language") or (machine.source_language if machine else "")
    exchanges = tuple(_exchange(each, at.get(_line(each))) for each in written.exchanges)
    first = next((each.given for each in exchanges if each.mark == ">"), "")
    return Conversation(
        name, title_in(code, name, language), first, written.header.get("channel", "sms"), language, state, exchanges
    )


def _line(written: Written) -> int:
    """Where a difference of this exchange says that it is."""
    return written.expected[0].line if written.expected else written.line


def _exchange(written: Written, found: Difference | None) -> Exchange:
    mark, _blank, given = written.given.partition(" ")
    heard = tuple(Heard(each.mark, each.text) for each in written.expected)
    now = tuple(_now(written.expected, found)) if found else ()
    remarks = tuple(line.removeprefix("#").strip() for line in written.remarks)
    return Exchange(mark, given, remarks, heard, now, found is not None and not found.acceptable)


def _now(expected: tuple[Said, ...], found: Difference) -> Iterator[Heard]:
    """What follows now, each thing compared word by word with the one that stood at its place."""
    was = [(each.mark, rewrite(each.text)) for each in expected]
    for place, said in enumerate(found.actual):
        mark, _blank, text = said.partition(" ")
        text = text.replace("\n  ", "\n")
        before = was[place][1] if place < len(was) and was[place][0] == mark else ""
        yield Heard(mark, text, word_bits(before, text) if before else (Bit(text),))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else -1
