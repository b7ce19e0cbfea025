"""Whom to ask: which case first, which volunteers, for how long, and why them. Pure.

Order: danger first, then the age of the oldest unanswered text, where an urgent case counts as two hours older than it
is. So an ordinary case that waited two hours goes before a fresh urgent one, and nobody starves (casework.md §7).
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from sms_gateway.cases.case import DANGER, URGENT

OFFER_BY_SMS = timedelta(minutes=10)
OFFER_ON_WEB = timedelta(minutes=3)
SEEN_ON_WEB = timedelta(minutes=2)  # seen this short a while ago: at the screen
HEAD_START = timedelta(hours=2)
ONE_BY_ONE = 1  # this many are asked alone; from then on several at once
AT_ONCE = 3
LOOKED_AHEAD = 50  # cases before one; with more of them, it waits its turn in any case
PAUSE_AFTER = 2  # offers in a row that ran out: not a good time
WAITED_FOR = frozenset({"topic", "anybody"})  # circles whose busy members are waited for; for a region nobody waits


@dataclass(frozen=True)
class Wanted:
    """What a waiting case asks of whoever takes it. `asked`: who had an offer in this round, whatever became of it."""

    case_id: int
    severity: int
    waiting_since: datetime
    language: str
    topic: str
    region: str | None = None
    asked: frozenset[int] = field(default=frozenset())
    offers_made: int = 0  # in all rounds
    knows: int | None = None  # the volunteer who answered this person last
    at_desk: bool = False  # its promise is near, or everybody was asked
    reaches_phones: bool = True  # of one ahead: its line reaches the phones that `has_phone` speaks of


@dataclass(frozen=True)
class Volunteer:
    """What the choice needs of a volunteer."""

    id: int
    languages: tuple[str, ...] = ()  # none named: all
    topics: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()  # none named: everywhere
    beside: frozenset[str] = field(default=frozenset())  # regions that theirs are neighbours of
    untrained_for: frozenset[str] = field(default=frozenset())  # topics that ask for a training they have not had
    on_shift: bool = True  # and outside their own quiet hours: nobody is woken, not even for danger
    paused: bool = False  # or they rest, or have had their cases of today
    resting: bool = False  # of those who are paused: after a hard case
    has_phone: bool = True
    at_screen: bool = False
    load: int = 0
    capacity: int = 1
    asked_now: bool = False  # has an offer that still runs: a second one would make `1` ambiguous
    offered_24h: int = 0


@dataclass(frozen=True)
class Chosen:
    """One volunteer to ask, for how long, and the reasons that a coordinator reads."""

    account_id: int
    time: timedelta
    reasons: tuple[str, ...]


class Outlook(StrEnum):
    """What to do where nobody is asked now."""

    ASK = "ask"
    WAIT = "wait"  # somebody suits, and will be free
    EXHAUSTED = "exhausted"  # everybody on shift who suits was asked
    NOBODY = "nobody"  # nobody on shift suits


@dataclass(frozen=True)
class Choice:
    """Whom to ask now, or what the outlook is. `yields`: somebody is free, but for a case whose turn is before."""

    outlook: Outlook
    chosen: tuple[Chosen, ...] = ()
    yields: bool = False


def place_in_queue(severity: int, waiting_since: datetime) -> tuple[bool, datetime]:
    """Sorts cases: the smallest is served first."""
    return severity != DANGER, waiting_since - (HEAD_START if severity <= URGENT else timedelta())


def choose(wanted: Wanted, volunteers: Sequence[Volunteer], *, ahead: Iterable[Wanted] = ()) -> Choice:
    """Whom to ask about this case. `ahead`: cases that wait too; those whose turn is before get their volunteer first.

    Who knows the topic is asked circle by circle: the same region, its neighbours, every region; then everybody in the
    language. Somebody who knows the topic is waited for while they are busy; for a region nobody waits: a free one far
    away is asked, since the answer then comes sooner by minutes (docs/decisions/0013-thresholds.md).
    """
    before = sorted((other for other in ahead if _turn(other) < _turn(wanted)), key=_turn)
    return _choose(wanted, volunteers, _kept_one_by_one(before[:LOOKED_AHEAD], volunteers)[-1])


def choose_each(
    several: Iterable[Wanted], volunteers: Sequence[Volunteer], *, ahead: Iterable[Wanted]
) -> dict[int, Choice]:
    """What `choose` says of each of several cases at one moment, by the case's id; the queue is gone through once."""
    queue = sorted(ahead, key=_turn)
    kept = _kept_one_by_one(queue[:LOOKED_AHEAD], volunteers)
    turns = [_turn(other) for other in queue]
    return {
        wanted.case_id: _choose(wanted, volunteers, kept[min(bisect_left(turns, _turn(wanted)), LOOKED_AHEAD)])
        for wanted in several
    }


def _choose(wanted: Wanted, volunteers: Sequence[Volunteer], kept: frozenset[int]) -> Choice:
    speakers = [one for one in volunteers if _may_answer(one, wanted) and one.on_shift]
    if not speakers:
        return Choice(Outlook.NOBODY)
    for name, circle in _circles(wanted, speakers):
        left = [one for one in circle if one.id not in wanted.asked]
        able = sorted((one for one in left if _is_free(one, wanted)), key=partial(_rank, wanted=wanted))
        free = [one for one in able if one.id not in kept]
        if free:
            asked = free[: _how_many(wanted, first=free[0].id)]
            return Choice(Outlook.ASK, tuple(_chosen(one, wanted, name, circle) for one in asked))
        if name in WAITED_FOR and _is_waited_for(left, wanted):
            return Choice(Outlook.WAIT, yields=bool(able))
    return Choice(Outlook.EXHAUSTED if wanted.asked else Outlook.NOBODY)


def suited(wanted: Wanted, volunteers: Sequence[Volunteer]) -> int:
    """How many on shift could take it, now or once they are free: what the promise is made from."""
    return sum(_will_be_free(one, wanted) for one in volunteers if _may_answer(one, wanted) and one.on_shift)


def can_take(one: Volunteer, language: str, topic: str) -> bool:
    """Whether somebody may answer such a case, and can be asked, now or once they are on shift and free."""
    return not one.paused and (one.has_phone or one.at_screen) and _suits(one, language, topic)


def _kept_one_by_one(before: Iterable[Wanted], volunteers: Sequence[Volunteer]) -> list[frozenset[int]]:
    """The volunteers whom these cases, in their order, will ask: each the best that is left for it.

    Nobody at first; then, after each case, all who are kept by then. A case that waits for somebody of a narrow circle
    keeps nobody of a wider one.
    """
    kept: frozenset[int] = frozenset()
    after = [kept]
    for other in before:
        speakers = [one for one in volunteers if one.on_shift and _may_answer(one, other)]
        for name, circle in _circles(other, speakers):
            left = [one for one in circle if one.id not in other.asked]
            free = [one for one in left if one.id not in kept and _is_free(one, other)]
            if free:
                kept |= {min(free, key=partial(_rank, wanted=other)).id}
            if free or (name in WAITED_FOR and _is_waited_for(left, other)):
                break
        after.append(kept)
    return after


def _circles(wanted: Wanted, speakers: list[Volunteer]) -> list[tuple[str, list[Volunteer]]]:
    """Whom to ask first, then next, by the name that the reasons have. What is urgent does not wait for a region."""
    for_topic = [one for one in speakers if _knows_topic(one, wanted)]
    circles = [("topic", for_topic), ("anybody", speakers)]
    if wanted.region is None or wanted.severity <= URGENT:
        return circles
    here = [one for one in for_topic if not one.regions or _is_near(one, wanted)]
    beside = [one for one in for_topic if one in here or wanted.region in one.beside]
    return [("region", here), ("neighbours", beside), *circles]


def _is_waited_for(left: Iterable[Volunteer], wanted: Wanted) -> bool:
    """Whether somebody of these is free, or will be."""
    return any(_will_be_free(one, wanted) for one in left)


def _will_be_free(one: Volunteer, wanted: Wanted) -> bool:
    return not one.paused and _can_be_asked(one, wanted)


def _turn(wanted: Wanted) -> tuple[bool, datetime, int]:
    return (*place_in_queue(wanted.severity, wanted.waiting_since), wanted.case_id)


def _is_free(one: Volunteer, wanted: Wanted) -> bool:
    if one.paused or one.asked_now or not _can_be_asked(one, wanted):
        return False
    return one.load < room(one.capacity, at_screen=one.at_screen, has_phone=one.has_phone)


def room(capacity: int, *, at_screen: bool, has_phone: bool) -> int:
    """How many cases at a time: one by SMS, where two would make an answer's addressee unclear."""
    return capacity if at_screen or not has_phone else 1


def _can_be_asked(one: Volunteer, wanted: Wanted) -> bool:
    return (one.has_phone and wanted.reaches_phones) or one.at_screen


def _may_answer(one: Volunteer, wanted: Wanted) -> bool:
    return _suits(one, wanted.language, wanted.topic)


def _suits(one: Volunteer, language: str, topic: str) -> bool:
    return (not one.languages or language in one.languages) and topic not in one.untrained_for


def _knows_topic(one: Volunteer, wanted: Wanted) -> bool:
    return not one.topics or wanted.topic in one.topics


def _is_near(one: Volunteer, wanted: Wanted) -> bool:
    return wanted.region is not None and wanted.region in one.regions


def _rank(one: Volunteer, wanted: Wanted) -> tuple[bool, bool, int, int, int]:
    return one.id != wanted.knows, not _is_near(one, wanted), one.offered_24h, one.load, one.id


def _how_many(wanted: Wanted, *, first: int) -> int:
    """Whoever knows the person is asked alone, too."""
    if wanted.severity <= URGENT or wanted.at_desk:
        return AT_ONCE
    return 1 if first == wanted.knows or wanted.offers_made < ONE_BY_ONE else AT_ONCE


def _chosen(one: Volunteer, wanted: Wanted, name: str, circle: Sequence[Volunteer]) -> Chosen:
    reasons = [f"circle:{name}", f"language:{wanted.language}"]
    reasons.append(f"topic:{wanted.topic}" if _knows_topic(one, wanted) else "topic:any")
    if one.id == wanted.knows:
        reasons.append("knows_the_person")
    if _is_near(one, wanted):
        reasons.append(f"region:{wanted.region}")
    reasons += [f"offers_24h:{one.offered_24h}", f"load:{one.load}", f"of:{len(circle)}"]
    if resting := sum(other.resting for other in circle):
        reasons.append(f"resting:{resting}")
    return Chosen(one.id, OFFER_ON_WEB if one.at_screen else OFFER_BY_SMS, tuple(reasons))
