"""The language of a person: recognised in a first text, asked on a first screen, kept; and what is said about it."""

from datetime import date

from babel import Locale

from flows import packaged, reader
from flows.commands import danger_reply
from flows.definition import Ask, Expected
from flows.session import Reply
from sms_gateway import flow_versions, phrases, turns
from sms_gateway.cases import desk
from sms_gateway.services import Service
from sms_gateway.store.people import Person
from sms_gateway.store.sessions import Stored
from sms_gateway.taking import DIALOGUE, MENU, Taking

ASKED = DIALOGUE + "language_menu"  # a conversation may wait under it
ASKED_FIRST = DIALOGUE + "language_first"  # the same question where nothing does: the menu comes after it
_CLOSED = {Expected.CHOICE, Expected.YES_NO}


def is_known(taking: Taking) -> bool:
    """Whether the person told us their language, or the service has but one."""
    return taking.person.language_chosen or len(taking.service.languages) == 1


def heard(service: Service, person: Person, words: str, *, today: date) -> str | None:
    """The language that somebody names or plainly writes in, while theirs is not known; None in doubt."""
    if person.language_chosen:
        return None
    reading = reader.read(reader.Expected.ANY, words, language=person.language, country=service.country, today=today)
    if reading.intent is reader.Intent.SWITCH_LANGUAGE:
        return reading.value if isinstance(reading.value, str) and reading.value in service.languages else None
    return reader.written_in(words, service.languages)


def follow(taking: Taking, language: str) -> None:
    """Answer in the language that the words are in; a procedure that was begun in another one goes on in that."""
    stored = taking.active_session()
    if language == taking.language:
        keep(taking, language)
    elif stored is None or stored.flow in {MENU, ASKED, ASKED_FIRST}:
        taking.put_aside(stored)
        keep(taking, language)


def keep(taking: Taking, language: str) -> None:
    """Keep a language for the person, and for whoever answers their open case."""
    taking.change_person(language=language, language_chosen=True)
    desk.speaks(taking.tx, taking.person, language)


def ask(taking: Taking) -> None:
    """The language menu; a conversation that was open waits under it."""
    stored = taking.active_session()
    taking.put_aside(stored)
    waits = stored is not None and stored.flow != MENU and not stored.flow.startswith(DIALOGUE)
    _begin(taking, ASKED if waits else ASKED_FIRST)


def ask_first(taking: Taking) -> None:
    """The language menu before anything else; the service's menu comes after it."""
    _begin(taking, ASKED_FIRST)


def _begin(taking: Taking, flow: str) -> None:
    machine = flow_versions.dialogue(taking.tx, taking.service.country, "language_menu", taking.now)
    turns.begin_machine(taking, flow, machine)


def take_the_other(taking: Taking) -> None:
    """The menu's line of another language: that one, where there is but one; else the language menu."""
    others = [each for each in taking.service.languages if each != taking.language]
    if len(others) > 1:
        ask_first(taking)
        return
    keep(taking, others[0])
    taking.said.append(Reply(taking.phrase("language_kept"), head=True))
    turns.show_menu(taking)


def danger_in(taking: Taking, language: str, kind: str, *, discreet: bool) -> None:
    """Say what is said in danger in the language that it was written in, where the open procedure lacks that one."""
    stored = taking.active_session()
    if language not in taking.service.languages or stored is None:
        return
    if language in turns.machine_of(taking, stored).voices:
        return
    menu = flow_versions.menu(taking.tx, taking.service, taking.now)
    place = stored.place.moved_to(taking.channel)
    if language in menu.voices and (reply := danger_reply(menu, place, kind, language, discreet=discreet)):
        taking.said[:] = [reply]


def lines(taking: Taking) -> tuple[str, ...]:
    """How to have another language, in each of the others that the service speaks; none where theirs is known."""
    others = () if is_known(taking) else taking.service.languages
    return tuple(phrases.say(each, "language_line") for each in others if each != taking.language)


def not_here(taking: Taking, open_question: Stored | None) -> Reply:
    """The service does not speak the language that was named: those that it does, and a person."""
    names = (str(packaged.reader_words(each)["name"]) for each in taking.service.languages)
    digit = _person_key(taking, open_question)
    return Reply(taking.phrase("language_not_here", languages=", ".join(names), digit=digit), head=True)


def not_yet(taking: Taking, stored: Stored) -> Reply:
    """A procedure is not written in the person's language: which one it goes on in, and a person."""
    spoken = turns.machine_of(taking, stored).spoken(taking.language)
    name = Locale.parse(taking.language).languages.get(spoken) or spoken
    return Reply(taking.phrase("language_not_yet", language=name, digit=_person_key(taking, stored)), head=True)


def warn(taking: Taking, *, at: int) -> None:
    """Say so in the person's language where a procedure that begins or goes on is in another one.

    `at`: how much had been said before it.
    """
    stored = taking.active_session()
    if stored is not None and not turns.speaks(taking, stored):
        taking.said.insert(at, not_yet(taking, stored))


def _person_key(taking: Taking, stored: Stored | None) -> str:
    """The key to a person at a question: 00 where 0 may be an answer."""
    step = turns.machine_of(taking, stored).steps.get(stored.place.step) if stored is not None else None
    return "00" if isinstance(step, Ask) and step.expected not in _CLOSED else "0"
