"""What changed between two versions of a flow, in the order of the conversation: for people who read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from flows.contents import StepView, steps_of, synonyms_of
from flows.definition import Ask, Definition
from flows.homes import home_of, homes, laid_out, order_of
from flows.places import opened, step_of

__all__ = ["Change", "ChangeKind", "difference", "same_ways"]

WORDS = frozenset({"ask", "simpler", "help", "tell", "end", "because", "label", "also", "summary"})
WAYS = frozenset({"go", "if_yes", "if_no"})


class ChangeKind(StrEnum):
    """What is another one now."""

    SENTENCE_CHANGED = "sentence_changed"
    SENTENCE_ADDED = "sentence_added"
    SENTENCE_REMOVED = "sentence_removed"
    SYNONYMS = "synonyms"
    KEYWORDS = "keywords"
    FACT = "fact"
    STEP_ADDED = "step_added"
    STEP_REMOVED = "step_removed"
    LEADS_ELSEWHERE = "leads_elsewhere"
    STEP_OTHERWISE = "step_otherwise"
    TRANSCRIPT = "transcript"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Change:
    """One change. before and after: the words, "" where there were none; step: "" for what belongs to none.

    path: "comment.ask"; "facts.timbre.value" (source, checked, valid_to); "keywords"; "transcripts.NAME"; of a step
    that works otherwise (a kind of answer, a delay), the key in its YAML. Words and facts of a called flow stand where
    it is called first ("adresse/ville.ask"). MACHINE: what an upgrade brought besides, its path is the key in the
    bundle ("phrases").
    """

    what: ChangeKind
    step: str
    path: str
    language: str
    before: str
    after: str


def difference(before: str, after: str) -> tuple[Change, ...]:
    """Every change from one content to another: title, keywords, facts, then step by step; conversations at the end."""
    if before == after:
        return ()
    return (
        *_sentences(before, after, ""),
        *_keywords(before, after),
        *_facts(before, after),
        *(change for step in _steps(before, after) for change in _of_step(before, after, step)),
        *_transcripts(before, after),
        *_machine(before, after),
    )


def same_ways(before: str, after: str) -> bool:
    """Whether two contents have the same steps, leading the same ways: they differ in words and facts only."""
    return _bones(opened(before)) == _bones(opened(after))


def _bones(content: tuple[Mapping[str, Any], Definition]) -> tuple[object, ...]:
    bundle, definition = content
    steps = bundle["flow"]["steps"]
    subs = {name: _bare(each["flow"], left_out=WORDS | {"facts"}) for name, each in bundle.get("subflows", {}).items()}
    return bundle["flow"]["start"], {name: _bare(steps[name], left_out=WORDS) for name in definition.steps}, subs


def _steps(before: str, after: str) -> tuple[str, ...]:
    """The steps of both: as the conversation is now, each that is gone after the one that it followed."""
    now = list(order_of(after))
    previous = ""
    for name in order_of(before):
        if name not in now:
            now.insert(now.index(previous) + 1 if previous in now else 0, name)
        previous = name
    return tuple(now)


def _of_step(before: str, after: str, step: str) -> Iterator[Change]:
    was, now = _view(before, step), _view(after, step)
    if was is None:
        yield Change(ChangeKind.STEP_ADDED, step, step, "", "", step)
    elif now is None:
        yield Change(ChangeKind.STEP_REMOVED, step, step, "", step, "")
    shared = all(_repeated(content, step) for content in (before, after))
    if not shared:
        yield from _sentences(before, after, step)
    if was is not None and now is not None:
        yield from () if shared else _synonyms(before, after, step)
        yield from _ways(was, now)
        yield from () if shared else _otherwise(before, after, step)


def _view(content: str, step: str) -> StepView | None:
    return _views(content).get(step)


@lru_cache(maxsize=8)
def _views(content: str) -> Mapping[str, StepView]:
    return {view.name: view for view in steps_of(content)}


def _repeated(content: str, step: str) -> bool:
    """Whether an earlier call of the same flow tells its words, or this version has no such step."""
    home = homes(content).get(step.rpartition("/")[0])
    return home is None or bool(home.same_as)


def _sentences(before: str, after: str, step: str) -> Iterator[Change]:
    """Changed words of one step (of the title where it is ""), each language; a summary is everywhere the same."""
    was, now = opened(before)[0], opened(after)[0]
    old_said, new_said = _said(before, step), _said(after, step)
    call = step.rpartition("/")[0]
    for path in dict.fromkeys((*_paths(new_said, step), *_paths(old_said, step))):
        for language in dict.fromkeys((*now["languages"], *was["languages"])):
            if path.endswith(".summary") and language != now["source_language"]:
                continue
            own = path.removeprefix(f"{call}/")
            old, new = (said.get(language, {}).get(own, "") for said in (old_said, new_said))
            if old != new:
                kind = ChangeKind.SENTENCE_CHANGED if old and new else ChangeKind.SENTENCE_ADDED
                yield Change(kind if new else ChangeKind.SENTENCE_REMOVED, step, path, language, old, new)


def _said(content: str, step: str) -> Mapping[str, Mapping[str, str]]:
    """The sentences of the flow that a step is of, by language, by its own paths; none where it is not called."""
    home = homes(content).get(step.rpartition("/")[0])
    return home.said if home else {}


def _paths(every: Mapping[str, Mapping[str, str]], step: str) -> Iterator[str]:
    call, _, own = step.rpartition("/")
    before = f"{call}/" if call else ""
    for said in every.values():
        yield from (before + path for path in said if step_of(path) == own and not path.startswith("lists."))


def _synonyms(before: str, after: str, step: str) -> Iterator[Change]:
    was, now = _also(before, step), _also(after, step)
    for place in dict.fromkeys((*now, *was)):
        old, new = was.get(place, ""), now.get(place, "")
        if old != new:
            yield Change(ChangeKind.SYNONYMS, step, place[0], place[1], old, new)


def _also(content: str, step: str) -> dict[tuple[str, str], str]:
    bundle = opened(content)[0]
    found = laid_out(content).definition.steps[step]
    return {
        (f"{step}.choices.{choice.key}", language): ", ".join(words)
        for choice in (found.choices if isinstance(found, Ask) else ())
        for language, words in synonyms_of(choice, str(bundle["source_language"])).items()
    }


def _ways(was: StepView, now: StepView) -> Iterator[Change]:
    old, new = (tuple(way.target for way in view.goes) for view in (was, now))
    if old != new:
        yield Change(ChangeKind.LEADS_ELSEWHERE, now.name, now.name, "", ", ".join(old), ", ".join(new))


def _otherwise(before: str, after: str, step: str) -> Iterator[Change]:
    was, now = (_bare(_tree(content, step), left_out=WORDS | WAYS) for content in (before, after))
    for key in dict.fromkeys((*now, *was)):
        old, new = was.get(key), now.get(key)
        if old != new:
            yield Change(ChangeKind.STEP_OTHERWISE, step, key, "", _plain(old), _plain(new))


def _tree(content: str, step: str) -> Any:
    home, own = home_of(content, step)
    return home.part["flow"]["steps"][own]


def _bare(value: Any, key: str = "", *, left_out: frozenset[str]) -> Any:
    """A step's tree without its words, and without the other keys left out. The order of options counts."""
    if key == "when":
        return value
    if key == "choices":
        entries = ((name, each if isinstance(each, dict) else {}) for name, each in value.items())
        return [[name, _bare(each, left_out=left_out)] for name, each in entries]
    if isinstance(value, dict):
        return {name: _bare(each, name, left_out=left_out) for name, each in value.items() if name not in left_out}
    return [_bare(each, left_out=left_out) for each in value] if isinstance(value, list) else value


def _plain(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def _keywords(before: str, after: str) -> Iterator[Change]:
    old, new = (", ".join(opened(content)[1].keywords) for content in (before, after))
    if old != new:
        yield Change(ChangeKind.KEYWORDS, "", "keywords", "", old, new)


def _facts(before: str, after: str) -> Iterator[Change]:
    was, now = _all_facts(before), _all_facts(after)
    for name in dict.fromkeys((*now, *was)):
        for key in ("value", "source", "checked", "valid_to"):
            old, new = (str(facts.get(name, {}).get(key, "")) for facts in (was, now))
            if old != new:
                yield Change(ChangeKind.FACT, "", f"facts.{name}.{key}", "", old, new)


def _all_facts(content: str) -> dict[str, Mapping[str, Any]]:
    """As their authors wrote them, those of called flows too, by whole name; what two calls share stands once."""
    return {
        home.prefix + name: fact
        for home in homes(content).values()
        if not home.same_as
        for name, fact in (home.part["flow"].get("facts") or {}).items()
    }


def _transcripts(before: str, after: str) -> Iterator[Change]:
    was, now = (opened(content)[0].get("transcripts", {}) for content in (before, after))
    for name in dict.fromkeys((*now, *was)):
        if was.get(name, "") != now.get(name, ""):
            yield Change(ChangeKind.TRANSCRIPT, "", f"transcripts.{name}", "", was.get(name, ""), now.get(name, ""))


def _machine(before: str, after: str) -> Iterator[Change]:
    was, now = (opened(content)[0] for content in (before, after))
    for key in ("languages", "phrases", "lists", "danger", "subflows"):
        old, new = was.get(key), now.get(key)
        if key == "subflows":
            old, new = _untold(before, after), _untold(after, before)
        if old != new:
            yield Change(ChangeKind.MACHINE, "", key, "", _plain(old), _plain(new))


def _untold(content: str, other: str) -> dict[str, Any]:
    """Of each called flow what its steps, words and facts don't tell; all of it where one of the two can't call it."""
    told = [{home.code for home in homes(each).values()} for each in (content, other)]
    return {
        code: _without(sub) if all(code in codes for codes in told) else sub
        for code, sub in opened(content)[0].get("subflows", {}).items()
        if any(code not in codes for codes in told) or _without(sub)
    }


def _without(sub: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in sub["flow"].items() if key not in {"steps", "facts", "languages", "start"}}
