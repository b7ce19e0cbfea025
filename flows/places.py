"""Where the sentences of a frozen flow stand in its tree, and in which order a conversation meets its steps."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from flows.definition import Definition, sentences, targets
from flows.parser import definition_of

__all__ = ["UnknownPlace", "conversation_order", "opened", "ordered_paths", "put_words", "sorted_by", "step_of"]


class UnknownPlace(KeyError):
    """A path, a step, a choice, a fact or a language that is not in this version."""


@lru_cache(maxsize=64)
def opened(content: str) -> tuple[Mapping[str, Any], Definition]:
    """The bundle and its definition, both to read only. Raises ParseError where the flow can't be read."""
    bundle = json.loads(content)
    return MappingProxyType(bundle), definition_of(bundle["flow"], file=str(bundle["code"]))


def step_of(path: str) -> str:
    """The step that a path belongs to; "" for the title."""
    return path.partition(".")[0] if "." in path else ""


def ordered_paths(definition: Definition) -> tuple[str, ...]:
    """What an author wrote and can be edited, in the order of the conversation. Phrases are the machine's own."""
    place = {name: number for number, name in enumerate(conversation_order(definition))}
    written = [path for path, words in sentences(definition) if not words.phrase]
    return tuple(sorted(written, key=lambda path: place.get(step_of(path), -1)))


def conversation_order(definition: Definition) -> tuple[str, ...]:
    """Every step, each after all those that lead to it (circles aside), the first ways first.

    What no way leads to comes last, in the order of the file.
    """
    reached = _postorder(definition, definition.start)[::-1]
    return (*reached, *(name for name in definition.steps if name not in reached))


def _postorder(definition: Definition, root: str) -> list[str]:
    """Depth first, the last way first: read backwards, it is a conversation."""
    done: list[str] = []
    seen = {root}
    open_steps: list[tuple[str, Iterator[str]]] = [(root, _ways(definition, root))]
    while open_steps:
        name, ways = open_steps[-1]
        following = next((way for way in ways if way not in seen), None)
        if following is None:
            open_steps.pop()
            done += [name] if name in definition.steps else []
        else:
            seen.add(following)
            open_steps.append((following, _ways(definition, following)))
    return done


def _ways(definition: Definition, name: str) -> Iterator[str]:
    step = definition.steps.get(name)
    return iter([target for target, _ in targets(step)][::-1] if step else ())


def put_words(tree: dict[str, Any], path: str, text: str) -> None:
    """Write a sentence into a flow's tree, where its author wrote it. Raises UnknownPlace."""
    if path == "title":
        tree["title"] = text
        return
    name, _, part = path.partition(".")
    kind, _, place = part.partition(".")
    try:
        step = tree["steps"][name]
        match kind:
            case "tell" | "because":
                _put_numbered(step, kind, int(place) - 1, text)
            case "choices" if isinstance(step["choices"][place], dict):
                step["choices"][place]["label"] = text
            case "choices":
                step["choices"][place] = text
            case "summary" if "handoff" in step:
                step["handoff"]["summary"] = text
            case "ask_again":
                step["ask_again"]["ask"] = text
            case _:
                step[kind] = text
    except (KeyError, ValueError, IndexError, TypeError):
        raise UnknownPlace(path) from None


def _put_numbered(step: dict[str, Any], kind: str, place: int, text: str) -> None:
    if kind == "because":
        step["decide"][place]["because"] = text
    elif isinstance(step["tell"], list):
        step["tell"][place] = text
    else:
        step["tell"] = text


def sorted_by(paths: Sequence[str], said: Mapping[str, str]) -> dict[str, str]:
    """The sentences of one language in the order that `freeze` gives them: written ones, then labels and lists."""
    known = {path: number for number, path in enumerate(paths)}
    return dict(sorted(said.items(), key=lambda item: known.get(item[0], len(known))))
