"""Whom a text is for: the open question, the volunteer who has the case, a flow that it names, or the menu."""

from datetime import timedelta

from flows import engine, reader
from flows.reader import Expected, Intent
from flows.session import Channel, OpenCase, Reply, TextArrived
from flows.wording import sayer
from sms_gateway import flow_versions, languages, same_matter, turns, unclear, which_flow, which_town, withdrawal
from sms_gateway.cases import desk
from sms_gateway.store.sessions import Stored
from sms_gateway.taking import DIALOGUE, MENU, Taking

ASKED_LATELY = timedelta(days=14)
LONGEST_NAME = 4  # words of a text that asks for a flow by its name; a longer one tells something
ASKS_HELPED = DIALOGUE + "case_closed"
RESUME_WITHIN = timedelta(hours=24)  # an older conversation is not offered again on a redial

# Dialogues that say a time or a title in the language in which they were begun.
WITH_WORDS_OF_OURS = ("resume_by_redial", "status_waiting", "status_answered")

# What a person can want before any question is open; everything else is looked for among the flows' names.
GLOBAL_INTENTS = frozenset(
    {
        Intent.DISTRESS,
        Intent.STOP,
        Intent.HUMAN,
        Intent.HELP,
        Intent.SWITCH_LANGUAGE,
        Intent.START,
        Intent.ERASE,
    }
)


def take_text(taking: Taking, *, struck: bool = False) -> None:
    """A text, or what was typed on a USSD screen: to the open question, to a flow that it names, or to the menu."""
    stored = taking.active_session()
    if _is_past_the_language_menu(taking, stored):
        taking.put_aside(stored)
        stored = None
    standing = desk.standing(taking.tx, taking.person, now=taking.now)
    if standing is not None:
        if _answers_slip(taking):
            return
        if standing.machine_parked and not _has_the_floor(stored, standing):
            _to_the_volunteer(taking, stored, standing)
            return
    if stored is not None and stored.withdrawn:
        _leave_withdrawn(taking, stored)
        return
    if standing is not None:
        if standing.danger and _read(taking).intent is Intent.HELP:  # "help me" is no question about prices
            join(taking)
            return
        if _asks_where_it_stands(taking, stored):
            say_where_it_stands(taking, standing)
            return
        if is_free_words(taking) and _is_for_the_case(taking, stored, standing):
            return
    elif _may_be_the_same_matter(taking, stored) and same_matter.ask(taking, stored):
        return
    if stored is not None and _names_a_flow_instead(taking, stored):
        return
    if stored is not None:
        turns.advance(taking, stored, TextArrived(taking.words, struck=struck))
    else:
        take_free_words(taking, struck=struck)


def _names_a_flow_instead(taking: Taking, stored: Stored) -> bool:
    """Words that are no answer to "what do you look for?" may say what it is about: that is asked, or begun."""
    if stored.flow != MENU and stored.flow != which_flow.ASKED:
        return False
    if not is_free_words(taking):
        return False
    if not (stored.flow == MENU and which_flow.names_one(taking)) and _leads_on(taking, stored):
        return False  # a name counts among all procedures, not only among those of the screen
    return which_flow.lead(taking, but=which_flow.asked_in(stored))


def _leave_withdrawn(taking: Taking, stored: Stored) -> None:
    """The version of the open question was withdrawn: a person answers. A word that always works is obeyed, too."""
    intent = _read(taking).intent
    if intent is Intent.DISTRESS:
        take_free_words(taking)  # the number to call comes before anything else
        withdrawal.leave(taking, stored, aloud=False)
        return
    commands = GLOBAL_INTENTS | {Intent.MENU, Intent.BACK, Intent.MORE}
    if not withdrawal.leave(taking, stored, words="" if intent in commands else taking.words):
        take_text(taking)
    elif intent is Intent.MENU:
        turns.show_menu(taking)
    elif intent in GLOBAL_INTENTS - {Intent.HUMAN}:
        take_free_words(taking)


def _is_for_the_case(taking: Taking, stored: Stored | None, standing: desk.Standing) -> bool:
    """Free words while a case waits join it; True where they were meant for it alone, and no machine answers them."""
    if stored is not None and which_town.is_asked(stored):
        join(taking, quietly=True)  # it looks like a town; it may be meant for whoever answers
        if _leads_on(taking, stored):
            return False
        which_town.leave(taking, stored)
        taking.say("note_joined", case=str(standing.number))
        return True
    asks = stored is not None and stored.flow.startswith(DIALOGUE) and not _says_where_it_stands(stored)
    if not asks and standing.volunteer is None and _read(taking).intent is Intent.THANKS:
        join(taking, quietly=True)
        taking.say("thanks_case", case=str(standing.number), by=taking.by(standing.by))
        return True
    if _says_where_it_stands(stored):
        taking.put_aside(stored)
        join(taking)
        return True
    if stored is not None and stored.flow == which_flow.ASKED and not _leads_on(taking, stored):
        taking.put_aside(stored)
        join(taking)  # they asked for a person at "is it about this?", and go on telling
        return True
    if stored is not None and stored.flow.startswith(DIALOGUE):
        return False  # the machine's own question is open
    names_one = stored is not None and stored.flow == MENU and which_flow.names_one(taking)
    if stored is not None and (names_one or _leads_on(taking, stored, surely=stored.flow == MENU)):
        join(taking, quietly=True)
        return False
    if stored is not None and stored.flow != MENU:
        join(taking)  # words that are no answer are for the person who was asked for
        return True
    join(taking, quietly=True)
    say_where_it_stands(taking, standing)
    return True


def _may_be_the_same_matter(taking: Taking, stored: Stored | None) -> bool:
    """Free words with no question of a flow open: what was closed lately may not be over.

    "Did it help?" is answered first; what is no answer to it is about the matter. A short text that names a flow
    asks for that flow, and thanks ask for nothing.
    """
    if not is_free_words(taking) or _read(taking).intent is Intent.THANKS:
        return False
    if stored is not None and stored.flow == MENU and taking.now - stored.updated_at <= RESUME_WITHIN:
        return False
    if stored is not None and stored.flow == ASKS_HELPED:
        return not _leads_on(taking, stored)
    if stored is not None and stored.flow != MENU:
        return False
    return len(taking.words.split()) > LONGEST_NAME or not which_flow.found(taking).codes


def _to_the_volunteer(taking: Taking, stored: Stored | None, standing: desk.Standing) -> None:
    """A volunteer has the conversation: words are theirs to read."""
    if is_free_words(taking):
        taking.put_aside(stored)
        join(taking)
    else:
        _word_to_the_machine(taking, stored, standing)


def _answers_slip(taking: Taking) -> bool:
    """A digit that answers "we are late", while that was the last text: it belongs to the case, not to a machine."""
    if taking.channel is not Channel.SMS:  # a screen has digits of its own
        return False
    answered = desk.answer_slip(
        taking.tx,
        taking.services,
        taking.person,
        taking.service,
        words=taking.words,
        event_id=taking.event_id,
        now=taking.now,
    )
    if answered is not None and answered.asks_town:
        which_town.ask(taking)
    elif answered is not None:
        taking.said.append(Reply(answered.words))
    return answered is not None


def join(taking: Taking, *, quietly: bool = False) -> None:
    """Put the words into the person's open case; say so once for a burst of texts, unless a machine answers anyway.

    A screen always says so: one that has nothing to say would look like a breakdown.
    """
    wrote = add_to_case(taking, taking.words)
    if wrote is not None and not quietly and (wrote.say_joined or taking.channel is Channel.USSD):
        taking.say("note_joined", case=str(wrote.number))


def add_to_case(taking: Taking, words: str) -> desk.Wrote | None:
    """Put words into the person's open case; None where there is none."""
    return desk.citizen_wrote(
        taking.tx,
        taking.services,
        taking.person,
        taking.service,
        event_id=taking.event_id,
        words=words,
        now=taking.now,
    )


def take_free_words(taking: Taking, *, struck: bool = False) -> None:
    """Words with no question open: a word that always works, the name of a flow, or the menu."""
    reading = _read(taking)
    if reading.intent in GLOBAL_INTENTS or reading.maybe_stop:
        menu = flow_versions.menu(taking.tx, taking.service, taking.now)
        begun = turns.start_machine(taking, menu)
        stored = turns.begin(taking, MENU, begun.session)
        turns.advance(taking, stored, TextArrived(taking.words, struck=struck))
        return
    if reading.intent is Intent.MENU or not which_flow.lead(taking):
        if reading.intent in {Intent.UNCLEAR, Intent.OTHER, Intent.PROBLEM}:
            unclear.keep_wish(taking)
        turns.show_menu(taking, opening=taking.words if is_free_words(taking) else "")


def take_dial(taking: Taking, *, direct: bool = False) -> None:
    """A USSD session begins: what waits for the person comes first, then what they had begun, then the menu.

    Before all that, somebody new says their language. `direct`: they dialled keys of the menu with the code, which is
    in the service's first language for them.
    """
    stored = taking.active_session()
    if stored is not None and stored.withdrawn and not _is_with_a_volunteer(taking):
        if withdrawal.leave(taking, stored):
            return
        stored = None
    if stored is not None and not _waits(taking) and _was_asked_lately(taking, stored):
        turns.again(taking, stored)
        return
    offered = stored if stored is not None and _may_resume(taking, stored) else None
    if offered is None and not direct and not languages.is_known(taking) and not _waits(taking):
        languages.ask_first(taking)
    else:
        say_what_waits(taking, offered=offered)


def _is_with_a_volunteer(taking: Taking) -> bool:
    standing = desk.standing(taking.tx, taking.person, now=taking.now)
    return standing is not None and standing.machine_parked


def say_what_waits(taking: Taking, *, offered: Stored | None = None) -> None:
    """The open case, if there is one; else the conversation that is offered to go on with; else the menu."""
    standing = desk.standing(taking.tx, taking.person, now=taking.now)
    if standing is not None:
        say_where_it_stands(taking, standing)
    elif offered is not None:
        taking.put_aside(offered)
        title = sayer(turns.machine_of(taking, offered), taking.language)("title")
        turns.start_dialogue(taking, "resume_by_redial", topic=title)
    else:
        turns.show_menu(taking)


def holds_words_of_ours(stored: Stored) -> bool:
    """A dialogue that was begun with words in one language (a time, a title): it can't be said in another one."""
    return stored.flow in {which_flow.ASKED, *(DIALOGUE + name for name in WITH_WORDS_OF_OURS)}


def say_where_it_stands(taking: Taking, standing: desk.Standing) -> None:
    """An open case: its number, by when, and what can be done meanwhile."""
    taking.put_aside(taking.active_session())
    case = str(standing.number)
    if standing.volunteer is not None:
        turns.start_dialogue(taking, "status_answered", case=case, volunteer=standing.volunteer)
    else:
        turns.start_dialogue(taking, "status_waiting", case=case, by=taking.by(standing.by))


def _waits(taking: Taking) -> bool:
    return desk.standing(taking.tx, taking.person, now=taking.now) is not None


def _is_past_the_language_menu(taking: Taking, stored: Stored | None) -> bool:
    """The first screen asked for a language; the person hung up, and now writes what it is about."""
    if stored is None or stored.flow != languages.ASKED_FIRST or taking.channel is not Channel.SMS:
        return False
    return is_free_words(taking)


def _read(taking: Taking) -> reader.Reading:
    return reader.read(
        Expected.ANY,
        taking.words,
        language=taking.language,
        country=taking.service.country,
        today=taking.local_now.date(),
    )


def _has_the_floor(stored: Stored | None, standing: desk.Standing) -> bool:
    """The person went back to the machine (MENU, a dial) after the volunteer had last spoken."""
    return stored is not None and (standing.parked_since is None or stored.updated_at > standing.parked_since)


def _asks_where_it_stands(taking: Taking, stored: Stored | None) -> bool:
    """OU while a case waits: in a flow it asks for the answers so far, anywhere else for the case."""
    in_a_flow = stored is not None and stored.flow != MENU and not _says_where_it_stands(stored)
    return not in_a_flow and _read(taking).intent is Intent.WHERE


def _says_where_it_stands(stored: Stored | None) -> bool:
    return stored is not None and stored.flow.startswith(DIALOGUE + "status_")


def _leads_on(taking: Taking, stored: Stored, *, surely: bool = False) -> bool:
    """Whether these words lead on from the open question, rather than to the same one asked again.

    surely: nor to "do you mean ...?". "Where is it?" is about the case that waits, not about a card that is lost.
    """
    machine = turns.machine_of(taking, stored)
    place = stored.place.moved_to(taking.channel)
    turn = engine.advance(machine, place, TextArrived(taking.words), taking.local_now, sayer(machine, place.language))
    asks_a_person = any(isinstance(effect, OpenCase) for effect in turn.effects)
    guesses = surely and turn.session.guess is not None
    return turn.session.tries <= place.tries and not asks_a_person and not guesses


def is_free_words(taking: Taking) -> bool:
    """Words that a person should read: neither a key (0, 12) nor a word that always works."""
    if taking.words.strip().isdigit() and len(taking.words.strip()) < 3:
        return False
    return _read(taking).intent not in GLOBAL_INTENTS | {Intent.MENU, Intent.BACK, Intent.MORE}


def _word_to_the_machine(taking: Taking, stored: Stored | None, standing: desk.Standing) -> None:
    """A volunteer has the conversation, and the person sends a key or a word that always works.

    MENU gives the machine back. A bare key is the volunteer's, who may have asked "1 or 2?". 0 says where it stands.
    """
    intent = _read(taking).intent
    taking.put_aside(stored)
    if intent is Intent.MENU:
        taking.say("person_gives_back", case=str(standing.number))
        turns.show_menu(taking)
    elif intent is Intent.HUMAN:
        say_where_it_stands(taking, standing)
    elif intent in GLOBAL_INTENTS:
        take_free_words(taking)
    else:
        join(taking)


def _was_asked_lately(taking: Taking, stored: Stored) -> bool:
    """A question that we asked days after the end, by SMS, and that is still open: a dial may answer it, too."""
    return taking.now - stored.updated_at < ASKED_LATELY and turns.is_asked_again(taking, stored)


def _may_resume(taking: Taking, stored: Stored) -> bool:
    if stored.flow == MENU or stored.flow.startswith(DIALOGUE) or taking.now - stored.updated_at > RESUME_WITHIN:
        return False
    return not turns.is_discreet(taking, stored)
