"""What a conversation asks of the gateway, carried out: cases, languages, rights, other machines."""

from collections.abc import Callable, Mapping
from typing import Any

from flows import packaged, screens
from flows import session as asked
from flows.session import Channel, Reply, Severity, Status
from sms_gateway import days_after, languages, phrases, reception, same_matter, turns, which_flow, which_town
from sms_gateway.cases import desk
from sms_gateway.store import journal, people, sessions
from sms_gateway.store.sessions import Stored
from sms_gateway.store.tables import MessageKind, PersonStatus, SessionStatus
from sms_gateway.taking import Taking, Text

SEVERITIES: Mapping[Severity, int] = {Severity.DANGER: 0, Severity.URGENT: 1, Severity.NORMAL: 2}

# What is said once a case is open, by why it was opened; any other reason goes by how the network stands.
_SAID_BY_REASON: Mapping[asked.Reason, str] = {
    asked.Reason.FACT_EXPIRED: "fact_expired",
    asked.Reason.FAILED: "turn_failed",
}
_SAID_BY_KIND: Mapping[desk.PromiseKind, str] = {
    desk.PromiseKind.OPEN: "handoff_open",
    desk.PromiseKind.NIGHT: "handoff_night",
    desk.PromiseKind.HOLIDAY: "handoff_holiday",
    desk.PromiseKind.NOBODY: "handoff_nobody",
}


def carry_out(taking: Taking, effect: asked.Effect, *, session_id: int) -> None:
    """Do what one effect asks, in the turn's transaction. `session_id`: the session whose machine asked."""
    _BY_KIND[type(effect)](taking, effect, session_id)


def promise(taking: Taking, opened: desk.Promise, reason: asked.Reason, *, language: str = "") -> None:
    """Say the number of a case, and by when somebody answers. `language`: where it is not the person's own."""
    taking.promised = not opened.joined or reason is asked.Reason.DANGER
    spoken = language if language in taking.service.languages else taking.language
    case = str(opened.number)
    when = phrases.by(opened.by, now=taking.now, language=spoken, timezone=taking.service.timezone)
    if opened.joined:
        key = "note_joined" if reason is not asked.Reason.FAILED else "turn_failed"
    elif reason is asked.Reason.DANGER:
        key = "danger_person" if opened.kind is desk.PromiseKind.OPEN else "handoff_night"
    else:
        key = _SAID_BY_REASON.get(reason) or _SAID_BY_KIND[opened.kind]
    text = phrases.say(spoken, key, case=case, by=when, emergency=phrases.emergency(taking.service.country))
    if reason is asked.Reason.DANGER:
        _number_first(taking, text)
    else:
        taking.said.append(Reply(text, keep=True))


def _number_first(taking: Taking, promised: str) -> None:
    """In danger the number to call comes first and waits for nothing; who answers, and who we are, come after it."""
    taking.beside[:0], taking.first[:] = taking.first, []
    if taking.channel is Channel.USSD:
        taking.beside.insert(0, Text(promised))  # the screen holds the number, and the key to a person
        return
    taking.first[:] = [Text(body, MessageKind.DANGER) for body in screens.sms(taking.said)]
    taking.said[:] = [Reply(promised)]


def _open_case(taking: Taking, effect: asked.OpenCase, session_id: int) -> None:
    opened = desk.open_case(
        taking.tx,
        taking.services,
        taking.person,
        taking.service,
        line_id=taking.line_id,
        topic=effect.topic or "other",
        summary=effect.summary,
        words="\n".join(part for part in (taking.opening, effect.words) if part),
        event_id=taking.event_id,
        reason=effect.reason,
        severity=SEVERITIES[effect.severity],
        danger=effect.danger,
        answer_within_minutes=effect.answer_within_minutes,
        language=taking.language,
        discreet=effect.discreet,
        now=taking.now,
    )
    sessions.wait_for_case(taking.tx, session_id, opened.case_id)
    standing = desk.standing(taking.tx, taking.person, now=taking.now) if opened.joined else None
    if standing is not None and effect.reason is asked.Reason.ASKED and not effect.words:
        reception.say_where_it_stands(taking, standing)
        return
    if effect.language:
        languages.danger_in(taking, effect.language, effect.danger or "life", discreet=effect.discreet)
    promise(taking, opened, effect.reason, language=effect.language)


def _add_to_case(taking: Taking, effect: asked.AddToCase, _session_id: int) -> None:
    wrote = reception.add_to_case(taking, effect.words)
    if wrote is None:  # it was closed meanwhile: the words open it, or another, again
        _reopen(taking, asked.ReopenCase(), 0)
    else:
        taking.say("note_joined", case=str(wrote.number))


def _reopen(taking: Taking, _effect: asked.ReopenCase, session_id: int) -> None:
    has_words = reception.is_free_words(taking)
    if same_matter.was_asked(taking, session_id) and same_matter.same(taking, has_words=has_words):
        return
    opened = desk.reopen(
        taking.tx,
        taking.services,
        taking.person,
        taking.service,
        event_id=taking.event_id,
        words=taking.words,
        now=taking.now,
    )
    when = taking.by(opened.by)
    taking.promised = True
    taking.said.append(Reply(taking.phrase("reopened", case=str(opened.number), by=when), keep=True))


def _new_matter(taking: Taking, _effect: asked.NewMatter, session_id: int) -> None:
    opened = same_matter.another(taking, session_id)
    if opened is not None:
        promise(taking, opened, asked.Reason.ASKED)
    elif not same_matter.same(taking, has_words=True):  # it was answered and closed while they thought
        _reopen(taking, asked.ReopenCase(), 0)


def _tell_counter(taking: Taking, _effect: asked.TellCounter, session_id: int) -> None:
    if not which_town.tell(taking, session_id):  # the case was closed meanwhile: the words open it again
        _reopen(taking, asked.ReopenCase(), 0)


def _helped(taking: Taking, effect: asked.RecordHelped, _session_id: int) -> None:
    desk.say_helped(taking.tx, taking.services, taking.person, helped=effect.helped, now=taking.now)


def _show_answer(taking: Taking, _effect: asked.ShowAnswer, _session_id: int) -> None:
    standing = desk.standing(taking.tx, taking.person, now=taking.now)
    if standing is not None and standing.last_answer:
        taking.said.append(Reply(standing.last_answer, keep=True))


def _stop(taking: Taking, _effect: asked.StopTexts, _session_id: int) -> None:
    desk.stop_by_citizen(taking.tx, taking.services, taking.person, now=taking.now)
    taking.end_sessions()
    taking.change_person(status=PersonStatus.STOPPED)
    journal.record(taking.tx, taking.service.organisation_id, "stopped", now=taking.now, person_id=taking.person.id)
    taking.said[:] = [Reply(taking.phrase("stop_confirmed", service=taking.service.name), keep=True)]
    taking.first.clear()
    taking.place = None


def _start(taking: Taking, _effect: asked.StartTexts, _session_id: int) -> None:
    taking.change_person(status=PersonStatus.ACTIVE)
    taking.said[:] = [Reply(taking.phrase("start_confirmed", service=taking.service.name))]
    turns.show_menu(taking)


def _choose_language(taking: Taking, effect: asked.ChooseLanguage, session_id: int) -> None:
    stored = taking.active_session()
    below = _below(taking) if sessions.flow_of(taking.tx, session_id) == languages.ASKED else None
    if effect.language not in taking.service.languages:
        _go_on(taking, stored or below, languages.not_here(taking, stored or below))
        return
    languages.keep(taking, effect.language)
    if stored is not None and stored.flow in {languages.ASKED, languages.ASKED_FIRST}:
        taking.put_aside(stored)  # a name was written where a number was asked for
        stored = None
    elif taking.said and stored is not None and not reception.holds_words_of_ours(stored):
        return  # the open question was said in it already
    waiting = stored or below
    if waiting is not None and not turns.speaks(taking, waiting):
        _go_on(taking, waiting, languages.not_yet(taking, waiting))
    else:  # whoever is new chose on their first screen: the welcome says it
        _go_on(taking, waiting, Reply(taking.phrase("language_kept"), head=True) if taking.person.welcomed else None)


def _ask_language(taking: Taking, _effect: asked.AskLanguage, _session_id: int) -> None:
    stored = taking.active_session()
    if len(taking.service.languages) > 1:
        languages.ask(taking)
    else:
        _go_on(taking, stored, languages.not_here(taking, stored))


def _go_on(taking: Taking, waiting: Stored | None, head: Reply | None) -> None:
    """On with the question that waits, in the person's language; else with what a dial would show."""
    taking.said[:] = [head] if head else []
    if waiting is None:
        reception.say_what_waits(taking)
    elif reception.holds_words_of_ours(waiting):
        reception.say_what_waits(taking, offered=_below(taking))
    else:
        turns.again(taking, waiting)


def _open_menu(taking: Taking, _effect: asked.OpenMenu, _session_id: int) -> None:
    taking.put_aside(taking.active_session())
    turns.show_menu(taking, opening=taking.opening)


def _open_flow(taking: Taking, effect: asked.OpenFlow, _session_id: int) -> None:
    if effect.flow == packaged.OTHER_LANGUAGE:
        languages.take_the_other(taking)
    elif effect.flow == packaged.SOMETHING_ELSE:
        turns.show_menu(taking, opening=taking.opening)
    else:
        which_flow.begin(taking, effect.flow, opening=taking.opening)


def _open_found(taking: Taking, _effect: asked.OpenFound, session_id: int) -> None:
    which_flow.begin(taking, which_flow.asked_about(taking, session_id), opening=taking.opening)


def _resume(taking: Taking, _effect: asked.ResumeFlow, session_id: int) -> None:
    below = _below(taking)
    if below is None or below.id == session_id:
        turns.show_menu(taking)
        return
    if (stored := taking.active_session()) is not None:
        taking.set_status(stored, SessionStatus.ENDED)
    before = len(taking.said)
    turns.again(taking, below)
    languages.warn(taking, at=before)


def _restart(taking: Taking, _effect: asked.RestartFlow, _session_id: int) -> None:
    below = _below(taking)
    if below is None:
        turns.show_menu(taking)
        return
    taking.set_status(below, SessionStatus.ENDED)
    turns.begin_flow(taking, below.flow)


def _help(taking: Taking, _effect: asked.SayHelp, _session_id: int) -> None:
    said = taking.phrase(
        "help",
        service=taking.service.name,
        phone=taking.service.help_phone or _own_number(taking),
        price=phrases.price(taking.language),
    )
    if taking.channel is Channel.USSD:
        taking.beside.append(Text(said))  # the screen stays with the question
    else:
        taking.said.append(Reply(said))
    if (stored := taking.active_session()) is not None:
        turns.again(taking, stored)


def _sleep(taking: Taking, effect: asked.Sleep, session_id: int) -> None:
    days_after.sleep(taking, session_id, effect.days)


def _erase(taking: Taking, _effect: asked.EraseAll, _session_id: int) -> None:
    """The key goes now; a new one holds the number alone, until the last text has left."""
    phone = people.phone_of(taking.person)
    desk.stop_by_citizen(taking.tx, taking.services, taking.person, now=taking.now)
    taking.end_sessions()
    taking.write_person()
    people.erase(taking.tx, taking.person.id)
    assert phone is not None
    people.new_key(taking.tx, taking.services.sealer, taking.person.id, phone, now=taking.now)
    people.change(taking.tx, taking.person.id, erased_at=taking.now)
    fresh = people.lock(taking.tx, taking.services.sealer, taking.person.id)
    assert fresh is not None
    taking.person = fresh
    journal.record(taking.tx, taking.service.organisation_id, "erased", now=taking.now, person_id=taking.person.id)
    taking.said[:] = [Reply(taking.phrase("erased"), keep=True)]
    taking.first.clear()
    taking.place = None


def _below(taking: Taking) -> Stored | None:
    """The conversation that was put aside with a question open; one that waits for a case has none."""
    below = sessions.last_parked(taking.tx, taking.person)
    return below if below is not None and below.place.status is Status.ACTIVE else None


def _own_number(taking: Taking) -> str:
    line = taking.service.line(taking.line_id)
    return line.address if line is not None else ""


_BY_KIND: Mapping[type, Callable[[Taking, Any, int], None]] = {
    asked.OpenCase: _open_case,
    asked.AddToCase: _add_to_case,
    asked.ReopenCase: _reopen,
    asked.NewMatter: _new_matter,
    asked.TellCounter: _tell_counter,
    asked.RecordHelped: _helped,
    asked.ShowAnswer: _show_answer,
    asked.StopTexts: _stop,
    asked.StartTexts: _start,
    asked.ChooseLanguage: _choose_language,
    asked.AskLanguage: _ask_language,
    asked.OpenMenu: _open_menu,
    asked.OpenFlow: _open_flow,
    asked.OpenFound: _open_found,
    asked.ResumeFlow: _resume,
    asked.RestartFlow: _restart,
    asked.SayHelp: _help,
    asked.Sleep: _sleep,
    asked.EraseAll: _erase,
}
