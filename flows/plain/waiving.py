"""Which rules a flow may leave with a reason, under their numbers and their names, and which none may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from flows.definition import Definition, Waiver
from flows.finding import Finding, FindingSeverity
from flows.page import nearest

__all__ = ["RULE_NAMES", "untested", "waived"]

# The numbers of `docs/plain-language.md`: the names that they have here. A finding bears one or the other.
RULE_NAMES: Mapping[str, tuple[str, ...]] = {
    "L01": ("sentence_too_long",),
    "L02": ("text_too_dear", "text_of_two_parts"),
    "L03": ("confused_without_accents", "not_on_phone"),
    "L04": ("screen_too_long",),
    "L05": ("many_options", "too_many_options"),
    "L06": ("deep_menu",),
    "L07": ("label_too_long",),
    "L08": ("similar_options",),
    "L09": ("one_thing_at_a_time",),
    "L10": ("shown_form",),
    "L11": ("jargon",),
    "L12": ("acronym",),
    "L13": ("rare_words",),
    "L14": ("word_too_long",),
    "L15": ("numbers",),
    "L16": ("dates",),
    "L17": ("clock",),
    "L18": ("negation",),
    "L19": ("official_style",),
    "L20": ("blame",),
    "L25": ("asks_secret",),
    "L26": ("links",),
    "L27": ("paid_call",),
    "L31": ("capitals_and_signs",),
    "L32": ("same_as_source", "missing_sentence", "mismatched_sentence"),
    "L34": ("unused_answer",),
    "L35": ("untested",),
}
# Promises to the person who texts: whatever the reason, a flow keeps them.
PROMISES = {"L25", "asks_secret", "not_on_phone", "too_many_options", "missing_sentence", "mismatched_sentence"}
WAIVABLE = {*RULE_NAMES, *(name for names in RULE_NAMES.values() for name in names), "fact_unverified"} - PROMISES


def waived(definition: Definition, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings as the flow's `waive` leaves them, and what is wrong with `waive` itself.

    A waived warning is gone; a waived error stays as a warning that says why.
    """
    used: set[str] = set()
    for finding in findings:
        waiver = next((each for each in definition.waive.values() if _covers(each.rule, finding.rule)), None)
        if waiver is None or not _may_be_left(finding):
            yield finding
            continue
        used.add(waiver.rule)
        if finding.severity is FindingSeverity.ERROR:
            message = f"{finding.message} Left on purpose: {waiver.reason}"
            yield replace(finding, message=message, severity=FindingSeverity.WARNING)
    for waiver in definition.waive.values():
        if waiver.rule not in used:
            yield from _unfit(definition, waiver)


def untested(definition: Definition) -> bool:
    """L35: whether nobody of its public has tried a flow. Told in one line for all: at first it is true of each."""
    return definition.tested is None and not any(_covers(rule, "L35") for rule in definition.waive)


def _covers(waived_rule: str, rule: str) -> bool:
    return waived_rule == rule or rule in RULE_NAMES.get(waived_rule, ()) or waived_rule in RULE_NAMES.get(rule, ())


def _may_be_left(finding: Finding) -> bool:
    if finding.rule == "screen_too_long":
        return finding.severity is FindingSeverity.WARNING
    return finding.rule in WAIVABLE


def _unfit(definition: Definition, waiver: Waiver) -> Iterator[Finding]:
    severity = FindingSeverity.ERROR
    if waiver.rule not in WAIVABLE:
        guess = nearest(waiver.rule, sorted(WAIVABLE))
        promise = waiver.rule in PROMISES or guess is None
        advice = "Mend what it finds, and take it off `waive`." if promise else f"Write `{guess}`."
        message = f"`{waiver.rule}` is no rule that a flow may leave. {advice}"
    elif _covers(waiver.rule, "L35"):
        return
    else:
        message = f"`{waiver.rule}` has nothing to find here. Take it off `waive`."
        severity = FindingSeverity.WARNING
    yield Finding(definition.file, "", "waiver", message, waiver.line, severity)
