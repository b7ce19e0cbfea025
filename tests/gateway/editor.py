"""An editor at work, for tests of versions: changes words, accepts conversations, publishes, and reads what is kept."""

import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, insert, select

from flows import editing
from flows.editing import Edit, SentenceEdit
from sms_gateway.context import Services
from sms_gateway.flow_versions import drafts, overview, publishing, rows, storing
from sms_gateway.flow_versions.drafts import Clash, Draft, Saved
from sms_gateway.flow_versions.overview import FlowLine, Version
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import Role, VersionState, accounts, organisations

TODAY = date(2026, 3, 10)


def count_of(services: Services, table: object, *conditions: object) -> int:
    """How many rows of a table there are."""
    with services.database.read() as tx:
        return int(tx.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one())  # type: ignore[call-overload, arg-type]


def organisation_of(services: Services, code: str = "demo") -> int:
    """The id of an organisation."""
    with services.database.read() as tx:
        return int(tx.execute(select(organisations.c.id).where(organisations.c.code == code)).scalar_one())


def account_of(services: Services, organisation_id: int, name: str, role: Role = Role.EDITOR) -> int:
    """An account that never signs in."""
    row = {
        "organisation_id": organisation_id, "login": f"{name}-{organisation_id}", "role": role, "name": name,
        "password_hash": "-", "languages": [], "topics": [], "regions": [], "created_at": services.clock(),
    }  # fmt: skip
    with services.database.write() as tx:
        return int(tx.execute(insert(accounts).values(row).returning(accounts.c.id)).scalar_one())


@dataclass
class Editor:
    """One editor of one organisation, at work on one flow."""

    services: Services
    scope: Scope
    country: str = "france"
    code: str = "carte_identite"

    def at(self, country: str, code: str) -> "Editor":
        """The same editor, at work on another flow."""
        return Editor(self.services, self.scope, country, code)

    @property
    def line(self) -> FlowLine:
        """The flow in their list."""
        with self.services.database.read() as tx:
            found = overview.flow_of(tx, self.scope, self.country, self.code)
        assert found is not None
        return found

    @property
    def live(self) -> Version:
        """The version that is live."""
        found = self.line.live
        assert found is not None
        return found

    @property
    def draft(self) -> Draft | None:
        """The draft, or None."""
        with self.services.database.read() as tx:
            return drafts.open_draft(tx, self.scope, self.country, self.code)

    @property
    def content(self) -> str:
        """What they see: the draft, else what is live or was last."""
        if (draft := self.draft) is not None:
            return draft.content
        with self.services.database.read() as tx:
            found = drafts.newest_content(tx, self.scope, self.country, self.code)
        assert found is not None
        return found

    def history(self) -> list[Version]:
        """Every version that is kept, the newest first."""
        with self.services.database.read() as tx:
            return overview.history(tx, self.scope, self.country, self.code)

    def version(self, number: int) -> Version:
        """A version by its number."""
        return next(each for each in self.history() if each.number == number)

    def said(self, path: str, language: str = "fr") -> str:
        """A sentence as they see it."""
        try:
            return editing.current(self.content, SentenceEdit(path, language, ""))
        except editing.UnknownPlace:
            return ""

    def change(self, *edits: Edit, seen: str | None = None) -> Saved | Clash:
        """Save edits; they have seen what stands there, unless it is given."""
        pairs = [(edit, editing.current(self.content, edit) if seen is None else seen) for edit in edits]
        return drafts.save(self.services, self.scope, self.country, self.code, pairs)

    def says(self, path: str, text: str, language: str = "fr", *, seen: str | None = None) -> Saved | Clash:
        """Save other words for one sentence; its meaning is the same."""
        return self.change(SentenceEdit(path, language, text, meaning_unchanged=True), seen=seen)

    def discard(self) -> None:
        """Drop the draft."""
        draft = self.draft
        assert draft is not None
        assert drafts.discard(self.services, self.scope, self.country, self.code, revision=draft.revision)

    def drafts(self, content: str) -> None:
        """Put a whole content into the draft, as nobody can from a page: other steps, another kind of flow."""
        flow, now = rows.flow_at(self.scope, self.country, self.code), self.services.clock()
        with self.services.database.write() as tx:
            rows.lock(tx, flow)
            if (old := rows.draft(tx, flow)) is not None:
                drafts.remove(tx, old)
            base = rows.newest(tx, flow)
            assert base is not None
            bundle_hash = storing.store(tx, content, now)
            rows.add(
                tx, flow, now=now, state=VersionState.DRAFT, origin=rows.EDITED, bundle_hash=bundle_hash, revision=1,
                base_id=base.id, follows=base.follows, touched={drafts.LAST: self.scope.account_id},
                made_by=self.scope.account_id,
            )  # fmt: skip

    def accept_all(self) -> None:
        """Accept every written conversation as the draft tells it now."""
        for name in json.loads(self.content).get("transcripts", {}):
            draft = self.draft
            assert draft is not None
            drafts.accept_words(
                self.services, self.scope, self.country, self.code, transcript=name, revision=draft.revision
            )

    def publish(
        self, *, reason: str = "clearer", revision: int | None = None, today: date = TODAY
    ) -> publishing.Published | publishing.NotYet | publishing.Moved:
        """Publish the draft as they see it."""
        draft = self.draft
        seen = revision if revision is not None else draft.revision if draft is not None else 0
        return publishing.publish(
            self.services, self.scope, self.country, self.code, revision=seen, reason=reason, today=today
        )

    def publish_words(self, path: str, text: str, language: str = "fr") -> Version:
        """Change one sentence, accept the conversations, publish: the version that is live then."""
        assert isinstance(self.says(path, text, language), Saved)
        self.accept_all()
        done = self.publish()
        assert isinstance(done, publishing.Published), done
        return self.live

    def roll_back(self, number: int, *, reason: str = "it was better") -> publishing.Published | publishing.NotYet:
        """Make an earlier version live again."""
        return publishing.roll_back(
            self.services, self.scope, self.country, self.code, version_id=self.version(number).id, reason=reason
        )

    def withdraw(
        self, number: int, *, back_to: int | None = None, reason: str = "the price is wrong"
    ) -> publishing.Withdrawn | publishing.NotYet:
        """Withdraw a version; `back_to`: the number of the one that is live then."""
        return publishing.withdraw(
            self.services, self.scope, self.country, self.code,
            version_id=self.version(number).id,
            reason=reason,
            back_to=self.version(back_to).id if back_to is not None else None,
        )  # fmt: skip

    def states(self) -> dict[int, VersionState]:
        """By number, what became of each version."""
        return {each.number: each.state for each in self.history() if each.number is not None}


def editor(services: Services, name: str = "Nadia", *, organisation: str = "demo") -> Editor:
    """A new editor of an organisation."""
    organisation_id = organisation_of(services, organisation)
    account_id = account_of(services, organisation_id, name)
    return Editor(services, Scope(organisation_id, Role.EDITOR, account_id))
