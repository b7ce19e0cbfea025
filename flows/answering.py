"""A text at an open question: an answer, a word that always works, or something to ask about once more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.asking import has_more, helped, said
from flows.commands import always, ask_aside, step_back
from flows.definition import Ask, Expected
from flows.doubting import doubted, stored_value
from flows.effects import Reason
from flows.machine import Machine
from flows.reader import LOST, Certainty, Intent, Reading, read
from flows.screens import previous_page, ussd
from flows.session import Answer, Aside, Channel, Reply, Session, Turn, Value
from flows.shown import recap
from flows.walk import arrive, failed, open_case
from flows.wording import Say, SayValue

__all__ = ["MAX_ANSWERS", "accept", "answer_question", "not_understood"]

MAX_TRIES = 3
SIMPLER = 2  # from so many tries on, a question has its simpler words
MAX_ANSWERS = 60  # a conversation that goes round in circles this long goes to a person


def answer_question(
    machine: Machine, session: Session, step: Ask, text: str, now: datetime, say: Say, *, struck: bool = False
) -> Turn:
    """The turn for a text at an open question."""
    language = machine.spoken(session.language)
    reading = read(
        step.expected,
        text,
        options=machine.options.get((language, step.name), ()),
        language=language,
        country=machine.country,
        today=now.date(),
        low=step.low if step.low is not None or step.expected is not Expected.AMOUNT else 1,
        high=step.high,
    )
    if reading.intent is Intent.SECRET or struck:
        return _struck(machine, session, step, reading, text, now, say)
    if reading.certainty is Certainty.NEARLY and reading.intent in {Intent.BACK, Intent.MORE}:
        asked = replace(session, aside=Aside.KEY_OR_PLACE, guess=str(reading.value or ""))
        return Turn(asked, said(machine, asked, say, fresh=False))
    if reading.intent is not Intent.ANSWER:
        if turn := always(machine, session, reading, text, now, say):
            return turn
        if reading.intent is Intent.REPEAT and reading.value == LOST:
            return _lost(machine, session, step, text, say)
        if turn := _moves(machine, session, reading, now, say):
            return turn
    return _answered(machine, session, step, reading, text, now, say)


def _answered(
    machine: Machine, session: Session, step: Ask, reading: Reading, text: str, now: datetime, say: Say
) -> Turn:
    """What is no word of ours: an answer, nearly one, or not understood."""
    if session.lead and session.channel is Channel.USSD and not _asked(machine, session, say):
        return not_understood(machine, session, step, text, now, say)
    if reading.intent is Intent.ANSWER:
        value = stored_value(machine, step, reading.value)
        if value is None:
            return not_understood(machine, session, step, text, now, say)
        if reading.certainty is Certainty.SURE:
            return accept(machine, session, step, value, now, say)
        asked = doubted(machine, session, step, reading, text, now)
        return Turn(asked, said(machine, asked, say, fresh=False))
    if step.expected is Expected.TEXT and text.strip():
        return accept(machine, session, step, text, now, say)
    if reading.maybe_stop:
        return ask_aside(machine, session, Aside.STOP, say)
    return not_understood(machine, session, step, text, now, say)


def _asked(machine: Machine, session: Session, say: Say) -> bool:
    """Whether the question is on the USSD screen: a key pressed among the words before it answers nothing."""
    return ussd(said(machine, session, say, fresh=False), session.page).reached


def accept(
    machine: Machine, session: Session, step: Ask, value: Value, now: datetime, say: Say, *, head: str = ""
) -> Turn:
    """Keep an answer, and go on."""
    if len(session.answers) >= MAX_ANSWERS:
        return _to_person_unasked(machine, replace(session, answers=session.answers[MAX_ANSWERS // 2 :]), "", say)
    given = Answer(step.name, value, session.page, session.lead)
    target = next((choice.go for choice in step.choices if choice.key == value and choice.go), step.go)
    if not target:
        return failed(machine, session)
    answered = replace(session, answers=(*session.answers, given), lead=())
    return arrive(machine, answered, target, now, say, head=head)


def not_understood(machine: Machine, session: Session, step: Ask, text: str, now: datetime, say: Say) -> Turn:
    """Ask again, our fault: first with the form, then in simpler words; the third time a person, unasked."""
    if step.unclear_means and not session.lead:
        return accept(machine, session, step, step.unclear_means, now, say)
    tries = min(session.tries, MAX_TRIES) + 1
    if tries >= MAX_TRIES:
        return _to_person_unasked(machine, session, text, say)
    return _otherwise(machine, session, step, say, tries=tries)


def _lost(machine: Machine, session: Session, step: Ask, text: str, say: Say) -> Turn:
    """"I don't understand": the question's help, then its simpler words; nothing left to say, a person, unasked.

    It counts like an answer that was not understood, so that nobody reads the same words for ever.
    """
    told = helped(step) in session.lead
    tries = min(session.tries, MAX_TRIES) + 1
    if tries >= MAX_TRIES:
        return _to_person_unasked(machine, session, text, say)
    if step.help is not None and not told:
        place = replace(session, lead=(helped(step),), page=0, tries=tries, aside=None, guess=None)
        return Turn(place, said(machine, place, say))
    if step.simpler is not None:
        place = replace(session, lead=_unhelped(session, step), page=0, tries=SIMPLER, aside=None, guess=None)
        return Turn(place, said(machine, place, say, fresh=False, keys=True))
    return _otherwise(machine, session, step, say, tries=SIMPLER)


def _unhelped(session: Session, step: Ask) -> tuple[str, ...]:
    """What led here without the help, which was told."""
    return tuple(part for part in session.lead if part != helped(step))


def _otherwise(machine: Machine, session: Session, step: Ask, say: Say, *, tries: int) -> Turn:
    """The question once more, below a sentence that takes the fault."""
    place = replace(session, tries=tries, aside=None, guess=None, lead=_unhelped(session, step))
    closed = step.expected in {Expected.CHOICE, Expected.YES_NO}
    example = machine.examples.get((machine.spoken(session.language), step.name), "")
    number = 1 if tries == 1 and (closed or example) else 2
    head = f"not_understood_{'choice' if closed else 'open'}_{number}"
    values: dict[str, SayValue] = {"example": example} if number == 1 and not closed else {}
    return Turn(place, said(machine, place, say, head=head, fresh=False, keys=False, **values))


def _to_person_unasked(machine: Machine, session: Session, text: str, say: Say) -> Turn:
    place = replace(session, tries=0, aside=None, guess=None)
    case = open_case(machine, place, Reason.NOT_UNDERSTOOD, text)
    return Turn(place, (Reply(say("not_understood_person")),), (case,))


def _struck(
    machine: Machine, session: Session, step: Ask, reading: Reading, text: str, now: datetime, say: Say
) -> Turn:
    """A secret was in the text. A free text is kept without it; else the question comes once more, uncounted."""
    if step.expected is Expected.TEXT and reading.intent is not Intent.SECRET and text.strip():
        turn = accept(machine, session, step, text, now, say)
        return replace(turn, replies=(Reply(say("secret_struck")), *turn.replies)[:MAX_TRIES])
    place = replace(session, lead=("phrase:secret_struck",), page=0)
    return Turn(place, said(machine, place, say))


def _moves(machine: Machine, session: Session, reading: Reading, now: datetime, say: Say) -> Turn | None:
    """Back, more, the question once more, the answers so far, one of them again, all of them again."""
    match reading.intent:
        case Intent.BACK:
            return _back(machine, session, say)
        case Intent.MORE:
            return _more(machine, session, say)
        case Intent.REPEAT:
            return Turn(session, said(machine, session, say, fresh=False, keys=True))
        case Intent.GREETING:
            return Turn(session, said(machine, session, say, fresh=False))
        case Intent.THANKS:
            return Turn(session, said(machine, session, say, head="thanks", fresh=False))
        case Intent.WHERE:
            return _where(machine, session, say)
        case Intent.CHANGE:
            return _change(machine, session, reading, say)
        case Intent.RESTART if session.answers:
            return ask_aside(machine, session, Aside.RESTART, say)
        case Intent.RESTART:
            return Turn(session, said(machine, session, say, head="back_at_start", fresh=False))
    return None


def _back(machine: Machine, session: Session, say: Say) -> Turn:
    """The screen before, else the question before."""
    if not session.page:
        return step_back(machine, session, say)
    if session.channel is Channel.USSD:
        page = previous_page(said(machine, session, say, fresh=False), session.page)
    else:
        page = max(0, session.page - 1)
    place = replace(session, page=page)
    return Turn(place, said(machine, place, say, fresh=False))


def _more(machine: Machine, session: Session, say: Say) -> Turn:
    """The next screen; on the last one, the same once more."""
    place = session
    if session.channel is Channel.USSD:
        following = ussd(said(machine, session, say, fresh=False), session.page).next_page
        if following is not None:
            place = replace(session, page=following)
    elif has_more(machine, session):
        place = replace(session, page=session.page + 1)
    return Turn(place, said(machine, place, say, fresh=False))


def _where(machine: Machine, session: Session, say: Say) -> Turn:
    """The answers so far, each behind its number, then the question."""
    told = recap(machine, session)
    question = said(machine, session, say, fresh=False)
    if not told:
        return Turn(session, question)
    last = told[-1].partition(" ")[0]
    words = say("recap", answers="\n".join(told), n=last)
    if session.channel is Channel.SMS:
        return Turn(session, (Reply(words), *question)[-MAX_TRIES:])
    return Turn(session, (Reply(words, more=question[-1].more, legend=question[-1].legend, expects_answer=True),))


def _change(machine: Machine, session: Session, reading: Reading, say: Say) -> Turn:
    """`CHANGER 2`: back to the second answer; those after it are asked again."""
    number = reading.value if isinstance(reading.value, int) else 0
    if not 1 <= number <= len(session.answers):
        return Turn(session, said(machine, session, say, fresh=False))
    return step_back(machine, replace(session, answers=session.answers[:number]), say, changing=True)
