"""A step of a flow in process: the state read, the text understood, the screen made, the state written again."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flows import engine, packaged, screens
from flows.compiler import compile_bundle
from flows.session import Channel, TextArrived, decode, encode
from flows.wording import sayer
from tests.bench.rounds import Figure, compare

STEPS = 2_000
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC).astimezone(ZoneInfo("Africa/Nairobi"))
KEYS = ("1", "9", "2", "1", "8")  # on, back, the other way, on, the next page; then from the first screen again

# What a programmer would write in ten minutes for the same three questions: it reads keys and nothing else.
BARE = {
    "how": (
        "Is your ID lost, stolen or damaged?\n1 Lost\n2 Stolen\n3 Damaged\n0 A person",
        {"1": "paper", "2": "paper"},
    ),
    "paper": ("Do you have the police abstract?\n1 Yes\n2 No\n0 A person\n9 Back", {"1": "go", "2": "go"}),
    "go": ("Bring the abstract to a Huduma Centre.\n0 A person\n9 Back", {}),
}


def figure() -> Figure:
    """Microseconds a step, beside the bare machine."""
    return compare(
        "a step of a flow",
        unit="µs",
        beside="a dict of screens, its state as JSON",
        ours=_each(_our_steps()),
        floor=_each(_bare_steps()),
        quicker=False,
    )


def _each(step: Callable[[], None]) -> Callable[[], float]:
    def round_() -> float:
        began = time.perf_counter()
        for _ in range(STEPS):
            step()
        return (time.perf_counter() - began) / STEPS * 1e6

    return round_


def _our_steps() -> Callable[[], None]:
    machine = compile_bundle(packaged.bundle("kenya", "lost_id"))
    say = sayer(machine, "en")
    first = encode(engine.start(machine, channel=Channel.USSD, language="en", now=NOW, say=say).session)
    state, taken = first, 0

    def step() -> None:
        nonlocal state, taken
        key = KEYS[taken % len(KEYS)]
        turn = engine.advance(machine, decode(state), TextArrived(key), NOW, say)
        screen = screens.ussd(turn.replies, turn.session.page)
        assert screen.expects_answer, screen.text
        taken += 1
        state = encode(turn.session) if taken % len(KEYS) else first

    return step


def _bare_steps() -> Callable[[], None]:
    first = json.dumps({"at": "how", "trail": []})
    state, taken = first, 0

    def step() -> None:
        nonlocal state, taken
        key = KEYS[taken % len(KEYS)]
        place = json.loads(state)
        following = BARE[place["at"]][1].get(key)
        if key == "9" and place["trail"]:
            place["at"] = place["trail"].pop()
        elif following:
            place["trail"].append(place["at"])
            place["at"] = following
        screen = BARE[place["at"]][0]
        assert screen
        taken += 1
        state = json.dumps(place) if taken % len(KEYS) else first

    return step
