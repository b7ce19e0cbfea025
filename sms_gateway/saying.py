"""What a turn says goes into the outbox, in order, under a cap on automatic answers."""

from datetime import timedelta

from sms_gateway import outbox, phrases
from sms_gateway.store.tables import MessageKind
from sms_gateway.taking import Taking, Text

ANSWERS_WINDOW = timedelta(minutes=10)
ANSWERS_IN_WINDOW = 60  # automatic answers to one phone (docs/decisions/0004): a person who types fast stays far below
REST = timedelta(minutes=60)


def send(taking: Taking, texts: tuple[Text, ...]) -> None:
    """The end of a turn: what was said goes into the outbox, in order, and the person's row is written.

    Over the cap on automatic answers, that is said once, and then they rest.
    """
    every = [*taking.first, *texts, *taking.beside]
    if every and _within_cap(taking, len(every), urgent=taking.promised):
        outbox.add_turn(
            taking.tx,
            taking.services,
            taking.person,
            [(text.body, text.kind) for text in every],
            line_id=taking.line_id,
            event_id=taking.event_id,
            now=taking.now,
        )
    taking.write_person()


def _within_cap(taking: Taking, count: int, *, urgent: bool) -> bool:
    """Count automatic answers; a promise of a person and danger texts pass every cap."""
    person, now = taking.person, taking.now
    began = person.window_began_at
    resting = person.answers_in_window > ANSWERS_IN_WINDOW
    if began is None or now - began > (REST if resting else ANSWERS_WINDOW):
        began, sent = now, 0
    else:
        sent = person.answers_in_window
    if urgent:
        return True
    if sent > ANSWERS_IN_WINDOW:
        return False
    taking.change_person(window_began_at=began, answers_in_window=sent + count)
    if sent + count <= ANSWERS_IN_WINDOW:
        return True
    body = taking.phrase(
        "too_many_texts",
        minutes=str(int(REST.total_seconds() // 60)),
        emergency=phrases.emergency(taking.service.country),
    )
    taking.change_person(window_began_at=now, answers_in_window=ANSWERS_IN_WINDOW + 1)
    outbox.add_to_person(
        taking.tx,
        taking.services,
        taking.person,
        body=body,
        kind=MessageKind.REPLY,
        now=now,
        line_id=taking.line_id,
        event_id=taking.event_id,
    )
    return False
