"""What Guichet promises to a person, looked at after each event: one promise, one function, "" where it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from flows.alphabet import measure, septets
from flows.definition import Ask, AskAgain, Expected, Handoff
from flows.effects import AddToCase, EraseAll, OpenCase, OpenMenu, Reason, SayHelp, StopTexts
from flows.explorer.acts import Act, Kind
from flows.machine import Machine
from flows.rules import MAX_SEGMENTS
from flows.screens import SCREEN, kept, sms, ussd
from flows.session import Aside, Channel, Session, SessionError, Status, Turn, decode, encode

__all__ = ["PROMISES", "Happened", "seen"]

MOST_MESSAGES = 3
LAST_SCREEN = 182
TAKES_BACK = frozenset({Kind.BACK, Kind.CHANGE, Kind.ASIDE})
SPOKEN = frozenset(Kind) - {Kind.SILENCE, Kind.CHANNEL, Kind.CASE_ENDED, Kind.REDIAL, Kind.TIMER}
STAYS = frozenset({Kind.UNCLEAR, Kind.OUTSIDE})


@dataclass(frozen=True, slots=True)
class Happened:
    """One event: where the person was, what happened, what it led to.

    trail: for each answer given so far, the session as it was before it. said: what the phone shows.
    """

    machine: Machine
    before: Session
    act: Act
    turn: Turn
    trail: tuple[Session, ...]
    said: tuple[str, ...]

    @property
    def after(self) -> Session:
        """Where the person is now."""
        return self.turn.session

    @property
    def asked(self) -> Ask | None:
        """The question that was open."""
        step = self.machine.steps.get(self.before.step)
        open_now = self.before.status is Status.ACTIVE and self.before.aside is None
        return step if open_now and isinstance(step, Ask) else None

    def has(self, kind: type[object]) -> bool:
        """Whether the gateway is asked for this."""
        return any(isinstance(effect, kind) for effect in self.turn.effects)

    def case(self) -> OpenCase | None:
        """The case that is opened."""
        return next((effect for effect in self.turn.effects if isinstance(effect, OpenCase)), None)


def seen(turn: Turn) -> tuple[str, ...]:
    """What the phone shows: texts, or the screen and the texts beside it."""
    if turn.session.channel is Channel.SMS:
        return sms(turn)
    return (ussd(turn.replies, turn.session.page).text, *kept(turn)) if turn.replies else ()


def never_silent(it: Happened) -> str:
    """Whoever sends something gets words, or the gateway is asked to say some."""
    if it.act.kind in SPOKEN and not any(it.said) and not it.turn.effects:
        return "nothing is said"
    return ""


def few_messages(it: Happened) -> str:
    """At most three messages in one turn."""
    return f"{len(it.said)} messages in one turn" if len(it.said) > MOST_MESSAGES else ""


def fits_the_phone(it: Happened) -> str:
    """A screen that goes on holds 160 septets; a text costs what was proven at most."""
    texts = it.said
    if it.after.channel is Channel.USSD and it.turn.replies:
        screen = ussd(it.turn.replies, it.after.page)
        room = SCREEN if screen.expects_answer else LAST_SCREEN
        if septets(screen.text) > room:
            return f"a screen of {septets(screen.text)} septets"
        texts = it.said[1:]
    dear = max((measure(text).segments for text in texts), default=0)
    return f"a text of {dear} parts" if dear > MAX_SEGMENTS else ""


def a_person_one_key_away(it: Happened) -> str:
    """The legend's key opens a case, everywhere."""
    if it.act.kind is not Kind.PERSON:
        return ""
    case = it.case()
    return "" if case and case.reason in {Reason.ASKED, Reason.FACT_EXPIRED} else "the key to a person opens no case"


def asked_twice_at_most(it: Happened) -> str:
    """The third time that we don't understand, a person is asked."""
    if it.after.tries > 2:
        return "the question is asked a third time"
    retried = it.act.kind is Kind.UNCLEAR and it.asked and it.before.tries >= 2
    moved_on = it.after.step != it.before.step or it.after.answers != it.before.answers or it.after.aside
    return "" if not retried or moved_on or it.case() else "the question is asked a third time"


def a_wrong_key_stays(it: Happened) -> str:
    """A key that does nothing here leaves the page where it is."""
    asked = it.asked
    if it.act.kind not in STAYS or asked is None or asked.expected is Expected.TEXT or it.after.aside:
        return ""
    if it.after.answers != it.before.answers:
        return "" if asked.unclear_means else "what can't be an answer is taken for one"
    stayed = (it.after.step, it.after.page) == (it.before.step, it.before.page)
    return "" if stayed else "a wrong key leaves the page"


def no_answer_erased(it: Happened) -> str:
    """Answers stay until the person takes them back."""
    if it.act.kind in TAKES_BACK or it.after.answers[: len(it.before.answers)] == it.before.answers:
        return ""
    return "an answer is erased"


def an_option_is_that_answer(it: Happened) -> str:
    """A number or a label chosen is that option; a misspelt label is never taken for another one."""
    if it.asked is None or len(it.after.answers) <= len(it.before.answers):
        return ""
    taken = it.after.answers[-1].value
    wrong = it.act.kind in {Kind.ANSWER, Kind.MISSPELT} and it.act.about and taken != it.act.about
    return f"`{it.act.given[2:]}` is taken for `{taken}`" if wrong else ""


def no_end_without_words(it: Happened) -> str:
    """What ends, ends with words."""
    ended = it.after.status is Status.ENDED and it.before.status is not Status.ENDED
    step = it.machine.steps.get(it.before.step)
    told_by_gateway = it.act.kind is Kind.CASE_ENDED and isinstance(step, Handoff) and not step.go
    if not ended or told_by_gateway or any(it.said) or it.turn.effects:
        return ""
    return "the conversation ends without words"


def never_fails(it: Happened) -> str:
    """No step leads to where the conversation can't go on."""
    case = it.case()
    return "the conversation can't go on from here" if case and case.reason is Reason.FAILED else ""


def stored_and_read_back(it: Happened) -> str:
    """A session is the same once stored."""
    try:
        same = decode(encode(it.after)) == it.after
    except SessionError:
        same = False
    return "" if same else "the session is another one once stored"


def stop_stops(it: Happened) -> str:
    """STOP stops, at once and without another word of ours."""
    if it.act.kind is not Kind.STOP:
        return ""
    return "" if it.turn.effects == (StopTexts(),) and not it.turn.replies else "STOP doesn't stop"


def danger_is_heard(it: Happened) -> str:
    """Words of danger get the number at once, and a person."""
    if it.act.kind is not Kind.DANGER:
        return ""
    case = it.case()
    if case is None or case.danger is None:
        return "words of danger open no case"
    return "" if it.said or not it.machine.danger else "no number is said to somebody in danger"


def the_words_that_always_work(it: Happened) -> str:
    """MENU, help, erase and a language do what they say, everywhere."""
    match it.act.kind:
        case Kind.MENU if not it.has(OpenMenu):
            return "MENU doesn't lead to the menu"
        case Kind.HELP if not it.has(SayHelp) and not it.said:
            return "no help is said"
        case Kind.ERASE if it.has(EraseAll) or it.after.aside is not Aside.ERASE:
            return "all is erased without asking"
        case Kind.LANGUAGE if it.after.language != it.act.about and not it.turn.effects:
            return f"`{it.act.given[2:]}` doesn't change the language"
    return ""


def words_to_the_case(it: Happened) -> str:
    """While a person is waited for, words go to the case; the machine asks nothing."""
    waits = it.before.status is Status.PARKED and it.after.status is Status.PARKED and it.before.aside is None
    if it.act.kind is not Kind.UNCLEAR or not waits or it.has(AddToCase):
        return ""
    return "words for the person don't reach the case"


def bad_luck_moves_nobody(it: Happened) -> str:
    """A text that is not delivered, a session that drops, a dialled number: the person stays where they were."""
    if it.act.kind is Kind.SILENCE and it.after != it.before:
        return f"`{it.act.given[2:]}` moves the person"
    if it.act.kind is not Kind.REDIAL or it.before.status is not Status.ACTIVE:
        return ""
    if not it.said and not it.turn.effects:
        return "nothing is said to whoever dials again"
    same = (it.after.step, it.after.answers) == (it.before.step, it.before.answers)
    return "" if same else "dialling again moves the person"


def asked_when_it_rings(it: Happened) -> str:
    """The days have passed: whoever sleeps is asked; nobody else hears anything, unless they are at the last words."""
    if it.act.kind is not Kind.TIMER:
        return ""
    if isinstance(it.machine.steps.get(it.before.step), AskAgain) and it.before.status is not Status.ENDED:
        asked = it.after.step in it.machine.follow_ups and it.after.status is Status.ACTIVE and any(it.said)
        return "" if asked else "the question of later is not asked"
    return "" if it.after == it.before and not it.said and not it.turn.effects else "a timer moves the person"


def change_is_a_fresh_run(it: Happened) -> str:
    """CHANGER 2 leads to where the second answer was given, as if nothing had come after it."""
    if it.act.kind is not Kind.CHANGE or it.asked is None:
        return ""
    number = int(it.act.about)
    return "" if _same_place(it.after, it.trail[number - 1], it.before) else f"changing answer {number} is no fresh run"


def back_gives_back(it: Happened) -> str:
    """An answer taken back gives the state before it. (Looked at with the legend's own word, right after an answer.)"""
    if it.act.kind is not Kind.BACK or it.asked is None or it.before.page or not it.before.answers:
        return ""
    if it.asked.name in it.machine.follow_ups:
        return "" if it.after == it.before else "back leads from a question of today to those of weeks ago"
    if it.after.aside is Aside.KEY_OR_PLACE:
        return ""
    return "" if _same_place(it.after, it.trail[-1], it.before) else "back doesn't give back the state before"


def _same_place(after: Session, then: Session, now: Session) -> bool:
    """Whether this is the place where an answer was given, in the language and on the channel of now."""
    return after == replace(
        then, tries=0, aside=None, guess=None, language=now.language, channel=now.channel, status=Status.ACTIVE
    )


PROMISES: tuple[Callable[[Happened], str], ...] = (
    never_silent,
    few_messages,
    fits_the_phone,
    a_person_one_key_away,
    asked_twice_at_most,
    a_wrong_key_stays,
    no_answer_erased,
    an_option_is_that_answer,
    no_end_without_words,
    never_fails,
    stored_and_read_back,
    stop_stops,
    danger_is_heard,
    the_words_that_always_work,
    words_to_the_case,
    bad_luck_moves_nobody,
    asked_when_it_rings,
    change_is_a_fresh_run,
    back_gives_back,
)
