"""From one step to the next that waits for something: sentences, decisions, hand-offs, effects and endings."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.asking import said
from flows.definition import Ask, AskAgain, Call, Decide, Do, DoName, End, Handoff, Tell
from flows.effects import (
    AddToCase,
    AskLanguage,
    ChooseLanguage,
    Effect,
    EraseAll,
    NewMatter,
    OpenCase,
    OpenFlow,
    OpenFound,
    OpenMenu,
    Reason,
    RecordHelped,
    ReopenCase,
    RestartFlow,
    ResumeFlow,
    SayHelp,
    Severity,
    ShowAnswer,
    Sleep,
    StartTexts,
    StopTexts,
    TellCounter,
)
from flows.machine import Machine
from flows.screens import ussd
from flows.session import Channel, Session, Status, Turn, Value
from flows.shown import fill, free_words, holds, summary
from flows.wording import Say, sayer

__all__ = ["arrive", "fact_expired", "failed", "open_case"]

LONGEST_WALK = 100  # steps between two questions; the compiler refuses circles, this bounds what is left

SIMPLE: dict[DoName, Effect] = {
    DoName.REOPEN_CASE: ReopenCase(),
    DoName.NEW_MATTER: NewMatter(),
    DoName.TELL_COUNTER: TellCounter(),
    DoName.SHOW_ANSWER: ShowAnswer(),
    DoName.OPEN_FOUND: OpenFound(),
    DoName.OPEN_MENU: OpenMenu(),
    DoName.RESUME: ResumeFlow(),
    DoName.RESTART: RestartFlow(),
    DoName.ASK_LANGUAGE: AskLanguage(),
    DoName.SAY_HELP: SayHelp(),
    DoName.STOP_TEXTS: StopTexts(),
    DoName.START_TEXTS: StartTexts(),
    DoName.ERASE_ALL: EraseAll(),
}


def arrive(
    machine: Machine, session: Session, name: str, now: datetime, say: Say, *, head: str = ""
) -> Turn:
    """Go to a step, and on from there until something is waited for. `session.lead` is what was said before it."""
    effects: list[Effect] = []
    lead = list(session.lead)
    today = now.date()
    for _ in range(LONGEST_WALK):
        step = machine.steps.get(name)
        if machine.expired(name, today):
            return fact_expired(machine, _at(session, name, lead))
        match step:
            case Tell():
                lead.append(name)
                name = step.go
            case Call():
                name = step.go
            case Decide():
                number = next((number for number, row in enumerate(step.rows, 1) if holds(session, row)), 0)
                if not number:
                    return failed(machine, _at(session, name, lead))
                if step.rows[number - 1].because:
                    lead.append(f"{name}#{number}")
                name = step.rows[number - 1].go
            case Do():
                effects.append(effect_of(machine, session, step))
                if not step.go:
                    ended = _at(session, name, lead, Status.ENDED)
                    return Turn(ended, said(machine, ended, say, head=head), tuple(effects))
                name = step.go
            case Ask():
                place = _at(session, name, lead)
                return Turn(place, said(machine, place, say, head=head), tuple(effects))
            case End():
                return _ended(machine, _at(session, name, lead), say, tuple(effects), head)
            case AskAgain() if machine.discreet:
                return _ended(machine, _at(session, name, lead), say, tuple(effects), head)
            case AskAgain():
                sleep = Sleep(name, step.after_days)
                return _ended(machine, _at(session, name, lead), say, (*effects, sleep), head, Status.SLEEPING)
            case Handoff():
                return _handed_off(machine, _at(session, name, lead), step, say, tuple(effects), head)
            case _:
                return failed(machine, _at(session, name, lead))
    return failed(machine, _at(session, name, lead))


def _at(session: Session, step: str, lead: list[str], status: Status = Status.ACTIVE) -> Session:
    """The person at a step that they have just come to."""
    return Session(
        session.machine,
        step,
        session.channel,
        session.language,
        status,
        session.answers,
        tuple(lead),
        values=session.values,
    )


def _ended(
    machine: Machine,
    place: Session,
    say: Say,
    effects: tuple[Effect, ...],
    head: str,
    status: Status = Status.ENDED,
) -> Turn:
    """The last words. A USSD screen that doesn't hold them all keeps the conversation open until the last one."""
    replies = said(machine, place, say, head=head)
    cut = place.channel is Channel.USSD and ussd(replies).next_page is not None
    return Turn(place if cut else replace(place, status=status), replies, effects)


def _handed_off(
    machine: Machine,
    place: Session,
    step: Handoff,
    say: Say,
    effects: tuple[Effect, ...],
    head: str,
) -> Turn:
    """A case is opened; the conversation waits for its outcome. Who answers, and by when, the gateway says."""
    parked = replace(place, status=Status.PARKED)
    language = machine.source_language
    case = OpenCase(
        reason=Reason.HANDOFF,
        topic=step.topic,
        summary=fill(machine, place.in_language(language), sayer(machine, language), f"{step.name}.summary"),
        words=free_words(machine, place),
        severity=Severity.URGENT if step.urgent else Severity.NORMAL,
        answer_within_minutes=step.answer_within_minutes,
        discreet=machine.discreet,
    )
    return Turn(parked, said(machine, parked, say, head=head), (*effects, case))


def effect_of(machine: Machine, place: Session, step: Do) -> Effect:
    """The effect that a step of the machine's own dialogues names."""
    answer = place.answer(step.answer_of) if step.answer_of else None
    given: Value = answer.value if answer else None
    word = given if isinstance(given, str) else ""
    match step.effect:
        case DoName.OPEN_CASE:
            return open_case(machine, place, Reason.ASKED, word)
        case DoName.ADD_TO_CASE:
            return AddToCase(word)
        case DoName.HELPED:
            return RecordHelped(step.argument == "yes")
        case DoName.OPEN_FLOW:
            return OpenFlow(word)
        case DoName.CHOOSE_LANGUAGE:
            return ChooseLanguage(word)
        case _:
            return SIMPLE[step.effect]


def open_case(
    machine: Machine,
    session: Session,
    reason: Reason,
    words: str = "",
    *,
    severity: Severity = Severity.NORMAL,
    danger: str | None = None,
) -> OpenCase:
    """A case about where the person is: what the conversation gathered, and their words."""
    free = free_words(machine, session)
    return OpenCase(
        reason=reason,
        topic=machine.topic,
        summary=summary(machine, session),
        words="\n".join(dict.fromkeys(part for part in (free, words) if part)),
        severity=severity,
        danger=danger,
        discreet=machine.discreet,
    )


def fact_expired(machine: Machine, session: Session) -> Turn:
    """The step would say a fact past its last day: nothing of it is said, a person answers."""
    return Turn(replace(session, status=Status.PARKED), (), (open_case(machine, session, Reason.FACT_EXPIRED),))


def failed(machine: Machine, session: Session, words: str = "") -> Turn:
    """The conversation can't go on from here: a person answers, nobody is left in silence."""
    ended = replace(session, status=Status.ENDED, aside=None, guess=None)
    return Turn(ended, (), (open_case(machine, session, Reason.FAILED, words),))
