"""What is said where a person is: what led here, and the open question with its options and its legend."""

from __future__ import annotations

from dataclasses import replace

from flows.alphabet import sendable
from flows.definition import Ask, AskAgain, Decide, End, Expected, Tell
from flows.doubting import common_name, which_options
from flows.machine import GROUP, Legend, Machine
from flows.session import Aside, Channel, Reply, Session
from flows.shown import fill, shown_value
from flows.wording import Say, SayValue, show

__all__ = ["MAX_REPLIES", "has_more", "helped", "said", "sms_groups"]

MAX_REPLIES = 3
PHRASE = "phrase:"
HELP = "help"


def said(
    machine: Machine,
    session: Session,
    say: Say,
    *,
    head: str = "",
    fresh: bool = True,
    keys: bool = False,
    **values: SayValue,
) -> tuple[Reply, ...]:
    """The replies of a place, at most 3. Same place, same words.

    head: a phrase put on top ("back_done") with its values. fresh: the person comes here now; else it is shown once
    more: an SMS then leaves out what is on the phone already, and nothing is kept by SMS a second time. keys: the
    legend stands below the question, come what may.
    """
    replies = [Reply(text, head=True) for text in (say(head, **values),) if text] if head else []
    if session.aside is not None:
        return (*replies, _aside(machine, session, say, session.aside))
    if fresh or session.channel is Channel.USSD:
        replies += [reply for part in session.lead if (reply := _led(machine, session, say, part, fresh=fresh)).text]
    step = machine.steps.get(session.step)
    if isinstance(step, Ask):
        headed = bool(head) or keys or session.lead[-1:] == (helped(step),)
        replies.append(_question(machine, session, say, step, headed=headed))
    elif isinstance(step, End | AskAgain):
        legend = machine.choice_legends[machine.spoken(session.language)]
        text = fill(machine, session, say, f"{step.name}.end")
        replies.append(Reply(text, legend=(legend.person,), more=legend.more, back=legend.back, expects_answer=True))
    elif replies:
        legend = machine.choice_legends[machine.spoken(session.language)]
        replies[-1] = Reply(replies[-1].text, more=legend.more, back=legend.back, keep=replies[-1].keep)
    return _few(replies)


def _few(replies: list[Reply]) -> tuple[Reply, ...]:
    """No more than 3 replies: neighbours are put together, the earliest first, those kept by SMS last."""
    while len(replies) > MAX_REPLIES:
        pairs = [pair for pair in range(len(replies) - 1) if not replies[pair].head]
        loose = [pair for pair in pairs if not replies[pair].keep and not replies[pair + 1].keep]
        first = (loose or pairs)[0]
        joined = replace(
            replies[first + 1],
            text=f"{replies[first].text}\n{replies[first + 1].text}",
            keep=replies[first].keep or replies[first + 1].keep,
        )
        replies = [*replies[:first], joined, *replies[first + 2 :]]
    return tuple(replies)


def _led(machine: Machine, session: Session, say: Say, part: str, *, fresh: bool) -> Reply:
    if part.startswith(PHRASE):
        return Reply(say(part.removeprefix(PHRASE)))
    name, _, row = part.partition("#")
    step = machine.steps.get(name)
    if isinstance(step, Tell):
        lines = (fill(machine, session, say, f"{name}.tell.{number}") for number in range(1, len(step.words) + 1))
        return Reply("\n".join(line for line in lines if line), keep=fresh and step.also_by_sms)
    if isinstance(step, Decide):
        return Reply(fill(machine, session, say, f"{name}.because.{row}"))
    if isinstance(step, Ask) and part == helped(step):
        return Reply(fill(machine, session, say, f"{name}.{HELP}"))
    return Reply("")


def helped(step: Ask) -> str:
    """What stands in a session's `lead` where a question's help was said before it."""
    return f"{step.name}#{HELP}"


def _question(machine: Machine, session: Session, say: Say, step: Ask, *, headed: bool) -> Reply:
    language = machine.spoken(session.language)
    closed = step.expected in {Expected.CHOICE, Expected.YES_NO}
    legend = (machine.choice_legends if closed else machine.open_legends)[language]
    path = "simpler" if session.tries >= 2 and step.simpler else "ask"
    text = fill(machine, session, say, f"{step.name}.{path}")
    options = tuple(f"{option.key} {option.label}" for option in machine.options.get((language, step.name), ()))
    lines = _lines(machine, session, step, legend)
    if session.channel is Channel.USSD:
        return Reply(
            text,
            options,
            lines,
            more=legend.more,
            back=legend.back,
            more_head=say("menu_next_page.head"),
            expects_answer=True,
        )
    page = min(max(session.page, 0), max(sms_groups(len(options)) - 1, 0))
    further = page + 1 < sms_groups(len(options))
    if page:
        text = say("menu_next_page.head")
    if page and not session.answers:
        lines = (*lines, legend.back)
    if further:
        lines = (*lines, legend.more)
    shown = headed or further or bool(page) or not session.answers or step.name in machine.follow_ups
    return Reply(
        text,
        options[page * GROUP : (page + 1) * GROUP],
        lines if shown else (),
        more=legend.more,
        expects_answer=True,
    )


def _lines(machine: Machine, session: Session, step: Ask, legend: Legend) -> tuple[str, ...]:
    """The lines whose keys do something here: a person always, back where there is something to go back to.

    A question that comes days later is the first of a new conversation.
    """
    if step.every_language:
        people = tuple(machine.choice_legends[language].person for language in machine.languages)
    else:
        people = (legend.person,)
    return (*people, legend.back) if session.answers and step.name not in machine.follow_ups else people


def _aside(machine: Machine, session: Session, say: Say, aside: Aside) -> Reply:
    language = machine.spoken(session.language)
    legend = machine.choice_legends[language]
    values: dict[str, SayValue] = {}
    if aside is Aside.WHICH:
        options = which_options(machine, session)
        return Reply(
            say(f"{Aside.NEARLY}.ask", guess=common_name(options)),
            tuple(f"{option.key} {option.label}" for option in options),
            (legend.person,),
            more=legend.more,
            back=legend.back,
            expects_answer=True,
        )
    if aside is Aside.NEARLY:
        values["guess"] = show(shown_value(machine, session.step, session.guess, language), language)
    elif aside is Aside.KEY_OR_PLACE:
        key = sendable(str(session.guess)[:2])
        action = (legend.more if key.endswith("8") else legend.back).partition(" ")[2]
        values |= {"key": key, "place": key, "action": action}
    return Reply(
        say(f"{aside}.ask", **values),
        (f"1 {say(f'{aside}.1', **values)}", f"2 {say(f'{aside}.2', **values)}"),
        (legend.person,),
        more=legend.more,
        back=legend.back,
        expects_answer=True,
    )


def sms_groups(options: int) -> int:
    """How many texts a list takes, five options each."""
    return -(-options // GROUP)


def has_more(machine: Machine, session: Session) -> bool:
    """Whether an SMS list goes on after this page."""
    options = machine.options.get((machine.spoken(session.language), session.step), ())
    return session.page + 1 < sms_groups(len(options))
