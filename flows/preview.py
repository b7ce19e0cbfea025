"""One step as the phone will show it: its texts or screens, with their length and where they pass the bound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flows.alphabet import measure, rewrite, septets
from flows.asking import helped, said
from flows.compiler import compile_draft
from flows.contents import StepKind, kind_of
from flows.definition import Ask, AskAgain, Decide, End, Handoff, Step, Tell, targets
from flows.follow_up import asked_name
from flows.machine import Machine
from flows.rules import MAX_SEGMENTS, SMS_ROOM
from flows.screens import SCREEN, sms, ussd
from flows.session import Answer, Channel, Reply, Session
from flows.wording import SayValue
from flows.worst import longest, longest_help, longest_screen

__all__ = ["Part", "Shown", "shown"]

@dataclass(frozen=True, slots=True)
class Part:
    """One text or one screen as the phone shows it.

    septets: its length (UTF-16 units where the text is sent as UCS-2). rewritten: some letters were replaced by those
    that a phone has. over: the index in `text` from which it is past the bound, -1 where nothing is.
    """

    text: str
    septets: int
    rewritten: bool = False
    over: int = -1


@dataclass(frozen=True, slots=True)
class Shown:
    """What a step shows on a channel. segments: SMS parts that are paid, or USSD screens.

    limit: septets of a USSD screen; septets or units of all the texts of a step (2 parts); 0 where none holds: words
    that a volunteer reads, or a step that shows nothing. encoding: "GSM-7", "UCS-2", or "" where nothing is sent.
    """

    kind: StepKind | None
    parts: tuple[Part, ...] = ()
    segments: int = 0
    encoding: str = ""
    limit: int = 0

    @property
    def too_long(self) -> bool:
        """Whether anything is past the bound."""
        return any(part.over >= 0 for part in self.parts)


def shown(
    content: str, *, step: str, language: str, channel: str, simpler: bool = False, help: bool = False
) -> Shown:
    """What the phone shows when somebody comes to a step, with every value at its longest.

    The longest, not a likely one: that is what the checker proves, so a finding and the phone beside it agree. Also for
    a draft that can't be published yet: words that are missing are those of the flow's own language. A decision shows
    its reasons, each as a text of its own; what asks again shows its last words, then the question of days later; a
    hand-off shows its summary, which is for the volunteer (`kind` says it).
    simpler: the words that come when an answer was not understood twice. help: what whoever asks for help at a question
    gets, then the question; nothing for a step without a help of its own.
    """
    machine = compile_draft(content)
    if machine is None or step not in machine.steps:
        return Shown(None)
    language = machine.spoken(language)
    found = machine.steps[step]
    if isinstance(found, Handoff):
        text = longest(machine, machine.source_language, f"{step}.summary")
        return Shown(kind_of(found), (Part(text, measure(text).units),))
    if help and not (isinstance(found, Ask) and found.help):
        return Shown(kind_of(found))
    on = Channel(channel)
    replies = tuple(_replies(machine, found, language, on, simpler=simpler, help=help))
    if not replies:
        return Shown(kind_of(found))
    if on is Channel.USSD:
        part = "help" if help else "simpler" if simpler else "ask"
        return _screens(machine, found, language, replies, part)
    return _texts(found, replies)


@dataclass(frozen=True, slots=True)
class Longest:
    """A Say that says each sentence at its longest."""

    machine: Machine
    language: str

    def __call__(self, path: str, **values: SayValue) -> str:
        """The sentence at a path, whatever the values."""
        return longest(self.machine, self.language, path)


def _replies(
    machine: Machine, step: Step, language: str, channel: Channel, *, simpler: bool = False, help: bool = False
) -> Iterator[Reply]:
    say = Longest(machine, language)
    if isinstance(step, Decide):
        for number, row in enumerate(step.rows, 1):
            if row.because:
                yield Reply(say(f"{step.name}.because.{number}"), expects_answer=True)
        return
    if not isinstance(step, Ask | AskAgain | Tell | End):
        return
    before = (Answer(machine.start, ""),) if _after_a_question(machine, step, language) else ()
    lead = (step.name,) if isinstance(step, Tell) else (helped(step),) if help and isinstance(step, Ask) else ()
    tries = 2 if simpler else 0
    place = Session(machine.hash, step.name, channel, language, answers=before, lead=lead, tries=tries)
    for reply in said(machine, place, say):
        yield replace(reply, expects_answer=True)
    if isinstance(step, AskAgain):
        yield from _replies(machine, machine.steps[asked_name(step.name)], language, channel)


def _after_a_question(machine: Machine, step: Step, language: str) -> bool:
    """Whether the key back can stand below it: a question may come before. Where only that key is too much, it does."""
    if isinstance(step, Ask) and septets(rewrite(longest_screen(machine, language, step))) > SCREEN:
        return True
    reached: set[str] = set()
    waiting = [name for name, each in machine.steps.items() if isinstance(each, Ask)]
    while waiting:
        following = [target for target, _ in targets(machine.steps[waiting.pop()])]
        waiting += [name for name in following if name in machine.steps and name not in reached]
        reached |= set(following)
    return step.name in reached


def _screens(machine: Machine, step: Step, language: str, replies: Sequence[Reply], part: str) -> Shown:
    """A question must fit one screen (its first group of options, where they come from a list); words may go on."""
    asked = machine.steps.get(asked_name(step.name), step)
    too_long = isinstance(asked, Ask) and septets(rewrite(_longest(machine, language, asked, part))) > SCREEN
    parts: list[Part] = []
    for said_alone in [[reply] for reply in replies] if isinstance(step, Decide | AskAgain) else [replies]:
        rewritten = any(rewrite(line) != line for reply in said_alone for line in _lines(reply))
        page: int | None = 0
        while page is not None:
            screen = ussd(said_alone, page)
            over = 0 if too_long and len(parts) == 1 else -1
            parts.append(Part(screen.text, septets(screen.text), rewritten, over))
            page = screen.next_page
    return Shown(kind_of(step), tuple(parts), len(parts), "GSM-7", SCREEN)


def _longest(machine: Machine, language: str, step: Ask, part: str) -> str:
    if part == "help":
        return longest_help(machine, language, step)
    return longest_screen(machine, language, step, part if part == "ask" or step.simpler else "ask")


def _texts(step: Step, replies: Sequence[Reply]) -> Shown:
    apart = isinstance(step, Decide | AskAgain)
    bodies = [body for reply in replies for body in sms([reply])] if apart else list(sms(replies))
    rewritten = any(rewrite(line) != line for reply in replies for line in _lines(reply))
    bounded = replies[:1] if isinstance(step, AskAgain) else replies if isinstance(step, Tell | End) else ()
    bound = rewrite("\n".join(reply.text for reply in bounded))
    costs = [measure(body) for body in bodies]
    wide = any(cost.encoding == "UCS-2" for cost in costs)
    limit = SMS_ROOM["UCS-2" if wide else "GSM-7"]
    too_long = bool(bound) and measure(bound).segments > MAX_SEGMENTS
    parts = tuple(
        Part(body, cost.units, rewritten, _passes(body, limit, wide=wide) if too_long else -1)
        for body, cost in zip(bodies, costs, strict=True)
    )
    return Shown(kind_of(step), parts, sum(cost.segments for cost in costs), "UCS-2" if wide else "GSM-7", limit)


def _passes(text: str, limit: int, *, wide: bool) -> int:
    """The index of the first character past the limit; -1 where there is none."""
    used = 0
    for index, character in enumerate(text):
        used += len(character.encode("utf-16-le")) // 2 if wide else septets(character)
        if used > limit:
            return index
    return -1


def _lines(reply: Reply) -> tuple[str, ...]:
    return (reply.text, *reply.options, *reply.legend)
