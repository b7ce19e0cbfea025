"""What a flow costs before anybody texts: the time to compile a version, and the memory that its machine keeps."""

import json
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flows import packaged
from flows.compiler import compile_bundle
from flows.machine import Machine
from tests.bench.rounds import Figure, compare

FLOWS = 1_000
A_ROUND = 50


def figures() -> Iterator[Figure]:
    """Milliseconds a flow to compile, and kilobytes a flow once `FLOWS` of them are held; beside the bare JSON."""
    fresh = _different_bundles()
    yield compare(
        "a version compiled",
        unit="ms",
        beside="json.loads of the same bundle",
        ours=_each(lambda: compile_bundle.__wrapped__(next(fresh))),
        floor=_each(lambda: json.loads(next(fresh))),
        quicker=False,
    )
    ours, floor = _held(compile_bundle.__wrapped__), _held(json.loads)
    yield Figure(f"{FLOWS:,} versions held", "kB each", ours, floor, floor / ours, "the same as parsed JSON", False)


def _each(one: Callable[[], object]) -> Callable[[], float]:
    def round_() -> float:
        began = time.perf_counter()
        for _ in range(A_ROUND):
            one()
        return (time.perf_counter() - began) / A_ROUND * 1e3

    return round_


def _held(made: Callable[[str], Machine | Mapping[str, Any]]) -> float:
    bundles = _different_bundles()
    contents = [next(bundles) for _ in range(FLOWS)]
    tracemalloc.start()
    kept = [made(content) for content in contents]
    size, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(kept) == FLOWS
    return size / FLOWS / 1024


def _different_bundles() -> Iterator[str]:
    """France's lost card again and again, each under a name of its own: no two are the same version."""
    bundle = json.loads(packaged.bundle("france", "carte_identite"))
    number = 0
    while True:
        bundle["code"] = f"carte_{number}"
        number += 1
        yield json.dumps(bundle, ensure_ascii=False, separators=(",", ":"))
