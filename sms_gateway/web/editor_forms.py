"""The forms that change a procedure: their fields as they stand, and what was sent as edits, each with what it saw."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from unicodedata import category

from flows.alphabet import fits_gsm, outside, rewrite, sendable
from flows.definition import Fact
from flows.editing import (
    ChoiceView,
    Edit,
    FactEdit,
    KeywordsEdit,
    Sentence,
    SentenceEdit,
    StepView,
    StillRight,
    SynonymsEdit,
    UnknownPlace,
    UnusableWords,
    apply,
    current,
    facts_of,
    looked_at,
)
from flows.money import read_sum
from flows.places import opened
from sms_gateway.web.countries import language_name
from sms_gateway.web.editor_findings import Problem, field_id, title_of
from sms_gateway.web.words import _

LONGEST = 1000  # characters of a field; a sentence past the phone's bound is kept, and told
Form = Mapping[str, str]
Sent = tuple[Edit, str]


@dataclass(frozen=True)
class Field:
    """One field: what it is called, what stands in it, what it had seen. source: what a translation was made from."""

    id: str
    name: str
    label: str
    text: str
    seen: str = ""
    source: str | None = None
    language: str = ""
    rows: int = 0
    type: str = "text"
    hint: str = ""
    refused: str = ""
    problems: tuple[Problem, ...] = ()
    old: bool = False
    counted: bool = False

    @property
    def length(self) -> int:
        """Characters, as the phone would show them."""
        return len(rewrite(self.text))

    @property
    def rewritten(self) -> str | None:
        """What the phone shows instead of some letters; None where it shows all of them."""
        found = rewrite(self.text)
        return found if found != self.text else None

    @property
    def outside(self) -> str:
        """The signs that a basic phone has not."""
        found = rewrite(self.text)
        return "" if fits_gsm(found) else " ".join(outside(found))


@dataclass(frozen=True)
class Group:
    """What belongs together: one sentence in every language, or the other words of one choice."""

    legend: str
    fields: tuple[Field, ...]
    hint: str = ""


@dataclass(frozen=True)
class Read:
    """A form that was sent: edits that change something, each with what its form had seen; and refusals by field."""

    sent: tuple[Sent, ...]
    refused: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Drawn:
    """What a form is drawn from: the content, what was typed already, what was refused, what is to be mended."""

    content: str
    source: str
    languages: Sequence[str]
    form: Form
    refused: Mapping[str, str]
    problems: Sequence[Problem]


# ---- fields ----


def sentence_group(drawn: Drawn, sentence: Sentence, legend: str, *, rows: int = 3, hint: str = "") -> Group:
    """One sentence, side by side in every language that it has; a summary has one."""
    languages = [drawn.source] if sentence.part == "summary" else drawn.languages
    return Group(legend, tuple(_sentence_field(drawn, sentence, language, rows) for language in languages), hint)


def step_groups(drawn: Drawn, view: StepView, sentences: Iterable[Sentence]) -> list[Group]:
    """Every sentence of a step, and after each label the other words for it."""
    choices = {choice.path: choice for choice in view.choices if choice.path}
    found = []
    for sentence in sentences:
        if sentence.path in choices:
            found.append(_choice_group(drawn, view.name, sentence, choices[sentence.path]))
        else:
            found.append(sentence_group(drawn, sentence, _legend(sentence), hint=_hint(sentence)))
    return found


def title_groups(drawn: Drawn, sentence: Sentence) -> list[Group]:
    """The title in every language, and the words that lead to the procedure."""
    edit = KeywordsEdit(())
    now = current(drawn.content, edit)
    keywords = Field(
        id="keywords",
        name="keywords",
        label=_("Words that people write when they look for it"),
        text=drawn.form.get("keywords", now),
        seen=drawn.form.get("seen:keywords", now),
        rows=6,
        hint=_("As they write them, misspelt too, in every language. A comma between two."),
        refused=drawn.refused.get("keywords", ""),
    )
    hint = _("Whoever comes back in the middle reads it first. The menu has shorter words of its own.")
    return [
        sentence_group(drawn, sentence, _("Title"), rows=0, hint=hint),
        Group(_("Keywords"), (keywords,)),
    ]


def fact_fields(drawn: Drawn, fact: Fact) -> tuple[Field, ...]:
    """Value, source, and two days."""
    written = (
        ("value", _("What it says"), fact.value, "text", _("A sum with its currency (25 EUR), a day, or words.")),
        ("source", _("Who says so"), fact.source, "text", _("A site or an office, to look again.")),
        ("checked", _("Looked up on"), str(fact.checked or ""), "date", _("The day when you read it there.")),
        ("valid_to", _("True until (this day too)"), str(fact.valid_to or ""), "date", _("Empty: nobody knows.")),
    )
    return tuple(
        Field(
            id=f"fact-{fact.name}-{part}",
            name=f"fact:{fact.name}:{part}",
            label=label,
            text=drawn.form.get(f"fact:{fact.name}:{part}", now),
            type=kind,
            hint=hint,
            refused=drawn.refused.get(f"fact-{fact.name}-{part}", ""),
        )
        for part, label, now, kind, hint in written
    )


def fact_seen(drawn: Drawn, name: str) -> str:
    """What the form of a fact had seen."""
    return drawn.form.get(f"seen:fact:{name}") or current(drawn.content, FactEdit(name, ""))


def _sentence_field(drawn: Drawn, sentence: Sentence, language: str, rows: int) -> Field:
    name, now = f"text:{language}:{sentence.path}", sentence.texts.get(language, "")
    said, translated = sentence.texts.get(drawn.source, ""), language != drawn.source
    key = field_id(sentence.path, language)
    return Field(
        id=key,
        name=name,
        label=_language(language),
        text=drawn.form.get(name, now),
        seen=drawn.form.get(f"seen:{name}", now),
        source=drawn.form.get(f"source:{name}", said) if translated else None,
        language=language,
        rows=rows,
        refused=drawn.refused.get(key, ""),
        problems=tuple(
            one if one.fact else replace(one, mends=())  # this field is where it is mended
            for one in drawn.problems
            if one.path == sentence.path and (one.language or drawn.source) == language
            if one.rule != "translation_old"
        ),
        old=language in sentence.old,
        counted=sentence.part != "summary",
    )


def _choice_group(drawn: Drawn, step: str, sentence: Sentence, choice: ChoiceView) -> Group:
    """A label in every language, and under each what people write instead."""
    fields = [_sentence_field(drawn, sentence, language, 0) for language in drawn.languages]
    for language in drawn.languages:
        name, key = f"also:{language}:{choice.key}", f"also-{choice.key}-{language}"
        now = current(drawn.content, SynonymsEdit(step, choice.key, language, ()))
        fields.append(
            Field(
                id=key,
                name=name,
                label=_("%(language)s: other words that people write", language=_language(language)),
                text=drawn.form.get(name, now),
                seen=drawn.form.get(f"seen:{name}", now),
                language=language,
                rows=3,
                refused=drawn.refused.get(key, ""),
            )
        )
    return Group(
        _("Key %(n)s", n=choice.number),
        tuple(fields),
        _("Its label, as short as can be. Below it, what people write instead, misspelt too: a comma between two."),
    )


def _legend(sentence: Sentence) -> str:
    kind, _dot, place = sentence.part.partition(".")
    names = {
        "ask": _("The question"),
        "simpler": _("The question, said simpler"),
        "help": _("What is said to whoever asks for help here"),
        "end": _("The last words"),
        "summary": _("For the person who answers"),
        "ask_again": _("The question, some days later"),
        "title": _("Title"),
        "because": _("What is said in case %(n)s", n=place),
        "tell": _("Sentence %(n)s", n=place),
    }
    return names.get(kind, title_of(sentence.path))


def _hint(sentence: Sentence) -> str:
    if sentence.part == "simpler":
        return _("Said when an answer was not understood.")
    if sentence.part == "ask_again":
        return _("A text with these words comes some days after the last ones: by day, and never after STOP.")
    if sentence.part == "summary":
        return _("Volunteers read it above the case. Citizens never do.")
    return ""


def _language(language: str) -> str:
    name = language_name(language)
    return name[:1].upper() + name[1:]


# ---- what was sent ----


def read(content: str, form: Form, *, today: date, step: str = "") -> Read:
    """The edits of a form that would change something. A place that is not there any more is refused like too long."""
    unchanged = form.get("unchanged") == "yes"
    first = str(opened(content)[0]["source_language"])
    sent: list[Sent] = []
    refused: list[tuple[str, str]] = []
    for key in form:
        kind, _colon, name = key.partition(":")
        if kind != "seen" or form.get(f"choose:{name}") == "theirs":
            continue
        seen = _lines(form[key])
        edit, wrong = _edit(name, form, step, unchanged)
        refused += wrong
        if edit is None or wrong:
            continue
        if isinstance(edit, SentenceEdit):
            edit = replace(edit, source=_source(edit, form, first))
        if isinstance(edit, FactEdit) and edit.name in (known := facts_of(content)):
            edit = _looked_up(edit, known[edit.name], today if form.get(f"today:{name}") == "yes" else None)
        try:
            if _changes(content, edit, seen):
                sent.append((edit, seen))
            elif form.get(f"still:{name}") == "yes" and isinstance(edit, SentenceEdit):
                looked = StillRight(edit.path, edit.language)
                source = form.get(f"source:{name}")
                was = looked_at(_lines(source), seen) if source is not None else current(content, looked)
                sent.append((looked, was))
        except UnusableWords:
            refused.append((_id_of(name), _("Write something here: people would read an empty message.")))
        except UnknownPlace:
            refused.append((_id_of(name), _("This step has changed meanwhile. Copy your words, then open it again.")))
    return Read(tuple(sent), tuple(refused))


def with_edits(content: str, sent: Iterable[Sent]) -> str:
    """The content with all edits in it, for the phone beside the form."""
    for edit, _seen in sent:
        content = apply(content, edit)
    return content


def _changes(content: str, edit: Edit, seen: str) -> bool:
    """Whether it says something else than what its form had seen: fields that nobody touched are no edits."""
    return current(apply(content, edit), edit) != seen


def _edit(name: str, form: Form, step: str, unchanged: bool) -> tuple[Edit | None, list[tuple[str, str]]]:
    kind, _colon, rest = name.partition(":")
    if kind == "fact":
        return _fact(rest, form)
    if name not in form:
        return None, []
    text = _plain(form[name])
    if len(text) > LONGEST:
        longest = _("This has %(n)s characters. Keep it under %(most)s: a phone shows 160.", n=len(text), most=LONGEST)
        return None, [(_id_of(name), longest)]
    if kind == "keywords":
        return KeywordsEdit(_listed(text)), []
    language, _colon, place = rest.partition(":")
    if kind == "also":
        return SynonymsEdit(step, place, language, _listed(text)), []
    return SentenceEdit(place, language, text, meaning_unchanged=unchanged), []


def _source(edit: SentenceEdit, form: Form, first: str) -> str | None:
    """What a translation was made from: the words beside it as typed in the same form, else as the form began."""
    began = form.get(f"source:text:{edit.language}:{edit.path}")
    beside = f"text:{first}:{edit.path}"
    if began is None or beside not in form or form.get(f"choose:{beside}") == "theirs":
        return None if began is None else _lines(began)
    typed = _plain(form[beside])
    return _lines(began) if typed == _plain(form.get(f"seen:{beside}", "")) else typed


def _fact(name: str, form: Form) -> tuple[Edit | None, list[tuple[str, str]]]:
    written = {part: _plain(form.get(f"fact:{name}:{part}", "")) for part in ("value", "source", "checked", "valid_to")}
    wrong = []
    if not written["value"]:
        wrong.append((f"fact-{name}-value", _("Write what the source says.")))
    for part in ("value", "source"):
        if len(written[part]) > 200:
            wrong.append((f"fact-{name}-{part}", _("Keep it under 200 characters.")))
    days: dict[str, date | None] = {}
    for part in ("checked", "valid_to"):
        try:
            days[part] = date.fromisoformat(written[part]) if written[part] else None
        except ValueError:
            wrong.append((f"fact-{name}-{part}", _("Write a day of the calendar, such as 2026-12-31.")))
    if wrong:
        return None, wrong
    return FactEdit(name, written["value"], written["source"], days["checked"], days["valid_to"]), []


def _looked_up(edit: FactEdit, stands: Fact, today: date | None) -> FactEdit:
    """A sum as sums are written. today: where it says something else, and its day is the old one, it gets this day."""
    value = read_sum(edit.value, stands.value)
    forgotten = today is not None and value != stands.value and edit.checked == stands.checked
    return replace(edit, value=value, checked=today if forgotten else edit.checked)


def _id_of(name: str) -> str:
    """The id of the field with this name."""
    kind, _colon, rest = name.partition(":")
    language, _colon, place = rest.partition(":")
    if kind == "text":
        return field_id(place, language)
    return f"also-{place}-{language}" if kind == "also" else name.replace(":", "-")


def _listed(text: str) -> tuple[str, ...]:
    return tuple(word for word in _words(text) if word)


def _words(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        yield from (word.strip() for word in line.split(","))


def _plain(text: str) -> str:
    """As it was meant: our line ends, nothing that no phone can carry, no blanks around."""
    return "".join(sign for sign in _lines(sendable(text)) if sign == "\n" or category(sign) != "Cc").strip()


def _lines(text: str) -> str:
    """A form sends line ends of its own."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
