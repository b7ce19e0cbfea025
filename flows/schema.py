"""The JSON Schema of the flow language, made of the parser's own tables: for editors that complete and check YAML.

It knows what may stand where. Whether a step leads somewhere, and whether a screen fits, the checker says.
"""

from __future__ import annotations

from collections.abc import Mapping

from flows.definition import EFFECTS, Expected
from flows.durations import DAYS, TIME
from flows.grammar import (
    ASK_AGAIN,
    BOUNDED,
    CHOICE,
    FACT,
    FLOW,
    HANDOFF,
    IDENTIFIER,
    LANGUAGE,
    LONGEST_SENTENCE,
    MAX_OPTIONS,
    QUESTIONS,
    RANGE,
    REMIND,
    ROW,
    STEPS,
    TESTED,
    Key,
    Takes,
)

__all__ = ["DRAFT", "schema"]

DRAFT = "http://json-schema.org/draft-07/schema#"
Node = dict[str, object]



def schema() -> Node:
    """The schema of a flow's file."""
    return {
        "$schema": DRAFT,
        "title": "A flow of Guichet",
        "description": "What a person and the machine say to each other. docs/writing-flows.md teaches it.",
    } | _table(FLOW)


def _whole(pattern: str) -> str:
    return f"^(?:{pattern})$"


def _text(pattern: str) -> Node:
    return {"type": "string", "pattern": _whole(pattern)}


def _table(keys: Mapping[str, Key]) -> Node:
    """A table with these keys and no other."""
    return {
        "type": "object",
        "properties": {name: {"description": key.about} | TAKES[key.takes] for name, key in keys.items()},
        "required": [name for name, key in keys.items() if key.required],
        "additionalProperties": False,
    }


def _named(each: Node) -> Node:
    """A table whose keys are names that the author gives."""
    return {"type": "object", "propertyNames": {"pattern": _whole(IDENTIFIER.pattern)}, "additionalProperties": each}


def _steps() -> Node:
    """Each step has the keys of its kind; which kind, its own key says."""
    shape: Node = {}
    for kind, keys in reversed(list(STEPS.items())):  # the first kind whose key is there, as the parser tells it
        of_kind = _question(keys) if kind == "ask" else _table(keys)
        shape = {"if": {"required": [kind]}, "then": of_kind} | ({"else": shape} if shape else {})
    kinds: list[Node] = [{"required": [kind]} for kind in STEPS]
    return _named({"type": "object", "properties": _hints(), "anyOf": kinds} | shape) | {"minProperties": 1}


def _hints() -> Node:
    """Every key of every kind, so that an editor proposes them before the kind is told."""
    return {name: {"description": key.about} for keys in STEPS.values() for name, key in keys.items()}


def _question(keys: Mapping[str, Key]) -> Node:
    """A question waits for one kind of answer; `if_yes` and `if_no` are those of yes and no."""
    yes_no: Node = {"properties": {"expect": {"const": Expected.YES_NO.value}}, "required": ["expect"]}
    return _table(keys) | {
        "oneOf": [{"required": [way]} for way in QUESTIONS],
        "dependencies": {"if_yes": yes_no, "if_no": yes_no},
    }


def _expect() -> Node:
    plain = "|".join(each.value for each in Expected if each is not Expected.CHOICE)
    bounded = "|".join(each.value for each in BOUNDED)
    return _text(f"{plain}|(?:{bounded}) +{RANGE.pattern}") | {
        "examples": [each.value for each in Expected if each is not Expected.CHOICE] + ["number 0 to 120"]
    }


def _effects() -> Node:
    ways = [f"{effect.value} {argument}".strip() for effect, arguments in EFFECTS.items() for argument in arguments]
    patterns = (way.replace("{step}", r"\{[a-z][a-z0-9_]*\}") for way in ways)
    return _text("|".join(patterns)) | {"examples": ways}


# Whatever stands in YAML is read as text: 2 and 2.50 are texts too.
TEXT: Node = {"type": ["string", "number"], "minLength": 1, "maxLength": LONGEST_SENTENCE}
MAYBE: Node = {"type": ["string", "number", "null"], "maxLength": LONGEST_SENTENCE}
PHRASE: Node = {
    "type": "object",
    "properties": {"phrase": {"type": "string"}},
    "required": ["phrase"],
    "additionalProperties": False,
}
SENTENCE: Node = {"anyOf": [TEXT, PHRASE]}
TEXTS: Node = {"anyOf": [MAYBE, {"type": "array", "items": TEXT}]}
STEP_NAME: Node = _text(IDENTIFIER.pattern)
DAY: Node = {"type": ["string", "null"], "pattern": _whole(r"(?:\d{4}-\d{2}-\d{2})?")}
LANGUAGE_CODE: Node = _text(LANGUAGE.pattern)
CONDITION: Node = {"anyOf": [TEXT, {"type": "array", "items": TEXT, "minItems": 1}]}

TAKES: dict[Takes, Node] = {
    Takes.SENTENCE: SENTENCE,
    Takes.SENTENCES: {"anyOf": [SENTENCE, {"type": "array", "items": SENTENCE, "minItems": 1}]},
    Takes.TEXT: TEXT,
    Takes.TEXTS: TEXTS,
    Takes.NAME: STEP_NAME,
    Takes.GO: STEP_NAME,
    Takes.YES: {"enum": ["yes", "no"]},
    Takes.DAY: DAY,
    Takes.PEOPLE: {"type": ["string", "integer"], "minimum": 1, "pattern": _whole("0*[1-9][0-9]*")},
    Takes.LANGUAGES: {"anyOf": [LANGUAGE_CODE, {"type": "array", "items": LANGUAGE_CODE, "minItems": 1}]},
    Takes.EXPECT: _expect(),
    Takes.EFFECT: _effects(),
    Takes.TIME: _text(TIME.pattern) | {"examples": ["2 hours", "1 working day"]},
    Takes.DAYS: _text(DAYS.pattern) | {"examples": ["21 days"]},
    Takes.ALSO: {
        "anyOf": [
            TEXTS,
            {
                "type": "object",
                "propertyNames": {"pattern": _whole(LANGUAGE.pattern)},
                "additionalProperties": TEXTS,
            },
        ]
    },
    Takes.CONDITIONS: {
        "type": "object",
        "propertyNames": {"pattern": _whole(rf"{IDENTIFIER.pattern}(?:\.{IDENTIFIER.pattern})*")},
        "additionalProperties": CONDITION,
        "minProperties": 1,
    },
    Takes.LISTS: _named(TEXTS),
    Takes.WAIVERS: {"type": "object", "additionalProperties": TEXT},
}
# Those that hold others, by the tables above.
TAKES[Takes.CHOICES] = _named({"anyOf": [TEXT, _table(CHOICE)]}) | {"minProperties": 1, "maxProperties": MAX_OPTIONS}
TAKES[Takes.ROWS] = {"type": "array", "items": _table(ROW), "minItems": 1}
TAKES[Takes.HANDOFF] = _table(HANDOFF)
TAKES[Takes.ASK_AGAIN] = _table(ASK_AGAIN)
TAKES[Takes.REMIND] = _table(REMIND)
TAKES[Takes.FACTS] = _named(_table(FACT))
TAKES[Takes.TESTED] = _table(TESTED)
TAKES[Takes.STEPS] = _steps()
