"""One procedure as its editor has it in hand: draft or live, its steps, what is to be mended, who is in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache

from flows import editing
from flows.checker import check_content
from flows.editing import Sentence, StepView, StillRight
from flows.finding import Finding
from flows.places import opened
from sms_gateway.errors import NotFound
from sms_gateway.flow_versions import drafts, overview
from sms_gateway.flow_versions.overview import Version
from sms_gateway.store.tables import VersionState
from sms_gateway.web.accounts import current_services, signed_in
from sms_gateway.web.case_words import timezone_of
from sms_gateway.web.countries import country_name
from sms_gateway.web.editor_changes import ChangeShown, told
from sms_gateway.web.editor_findings import Place, Problem, problems
from sms_gateway.web.editor_phone import Chosen
from sms_gateway.web.moments import when


@dataclass(frozen=True)
class Closed:
    """Why nobody can begin a procedure: its last version was withdrawn. `again`: an earlier one could be live again."""

    number: int
    since: str
    reason: str
    again: bool


@dataclass(frozen=True)
class Flow:
    """A procedure and its draft, read once for a page. `content`: the draft's, else what is live, or was at last.

    before: what a draft is compared with: the live version, or a closed procedure's last one.
    """

    country: str
    code: str
    content: str
    live_content: str | None
    before: str | None
    live: int | None
    closed: Closed | None
    people: int
    has_draft: bool
    revision: int
    undecided: int
    today: date

    @cached_property
    def steps(self) -> tuple[StepView, ...]:
        """In the order of the conversation."""
        return editing.steps_of(self.content)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence that can be changed."""
        return editing.sentences_of(self.content)

    @cached_property
    def problems(self) -> list[Problem]:
        """What is to be mended, what stands against publishing first."""
        found = findings_of(self.content, self.today, self.live_content or "")
        return problems(found, self.place, lambda path, language: self.seen(StillRight(path, language)))

    @cached_property
    def changes(self) -> list[ChangeShown]:
        """What the draft changes, in the order of the conversation."""
        return told(self.before, self.content, self.place) if self.has_draft and self.before else []

    @property
    def place(self) -> Place:
        """Where its pages are, and its steps by name."""
        return Place(self.country, self.code, {view.name: view for view in self.steps}, self.source_language)

    @property
    def title(self) -> str:
        """As its author calls it."""
        return str(opened(self.content)[0]["flow"]["title"])

    @property
    def source_language(self) -> str:
        """The language that it is written in first."""
        return str(opened(self.content)[0]["source_language"])

    @property
    def languages(self) -> tuple[str, ...]:
        """All that it speaks, its own first."""
        spoken = tuple(opened(self.content)[0]["languages"])
        return (self.source_language, *(one for one in spoken if one != self.source_language))

    @property
    def country_name(self) -> str:
        """Its country, in the reader's language."""
        return country_name(self.country, self.country.replace("_", " ").capitalize())

    def view(self, name: str) -> StepView:
        """A step by its name. Raises NotFound."""
        found = self.place.steps.get(name)
        if found is None:
            raise NotFound("There is no such step.")
        return found

    def seen(self, edit: editing.Edit) -> str:
        """What stands now where an edit would change something."""
        return editing.current(self.content, edit)

    def chosen(self, values: object, step: str = "") -> Chosen:
        """What the phone shows: by the address or the form, else the first step, in the first language, by USSD."""
        get = getattr(values, "get")  # noqa: B009
        names = [view.name for view in self.steps if view.kind not in {"decides", "hands_over"}]
        wanted, language, channel = step or get("step", ""), get("language", ""), get("channel", "")
        return Chosen(
            wanted if wanted in self.place.steps else (names or [""])[0],
            language if language in self.languages else self.source_language,
            channel if channel in {"sms", "ussd"} else "ussd",
        )


def load(country: str, code: str) -> Flow:
    """A procedure of the organisation of whoever asks. Raises NotFound for any other."""
    services, scope = current_services(), signed_in().scope
    with services.database.read() as tx:
        versions = overview.history(tx, scope, country, code)
        draft = drafts.open_draft(tx, scope, country, code)
        live = drafts.live_content(tx, scope, country, code)
        before = live or drafts.newest_content(tx, scope, country, code)
        content = draft.content if draft else before
        timezone = timezone_of(tx, scope.organisation_id)
    if content is None:
        raise NotFound("There is no such procedure.")
    return Flow(
        country=country,
        code=code,
        content=content,
        live_content=live,
        before=before,
        live=next((one.number for one in versions if one.state is VersionState.PUBLISHED), None),
        closed=None if live else _closed(versions, services.clock(), timezone),
        people=sum({one.bundle_hash: one.people_now for one in versions}.values()),
        has_draft=draft is not None,
        revision=draft.revision if draft else 0,
        undecided=len(draft.undecided) if draft else 0,
        today=services.clock().date(),
    )


def _closed(versions: Sequence[Version], now: datetime, timezone: str) -> Closed | None:
    """By the version that was withdrawn last; None for a procedure that was never open."""
    gone = [one for one in versions if one.state is VersionState.WITHDRAWN]
    if not gone:
        return None
    last = max(gone, key=lambda one: (one.changed_at, one.number or 0))
    again = any(one.state is VersionState.RETIRED for one in versions)
    return Closed(last.number or 0, when(last.changed_at, now, timezone), last.left_reason, again)


@lru_cache(maxsize=64)
def findings_of(content: str, today: date, before: str) -> Sequence[Finding]:
    """What stands against publishing this content in place of another; kept, since every page of a procedure asks."""
    return tuple(check_content(content, today=today, before=before))
