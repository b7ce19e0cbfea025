"""Every error that Guichet raises on purpose, one tree: each is a sentence, and has one place that acts on it.

GuichetError
├── SettingsError     a setting is wrong: the start stops, and says which one and what it should be
├── AlreadyRunning    another Guichet works with the same data: the second start stops
├── FormError         a gateway's form lacks what it must have: 400 and this line
├── SendError         a message did not leave; `retry` says whether trying again can help
├── StaleAnswer       the case moved on while somebody wrote: the answer is kept as a draft
├── TooLong           an answer that no two SMS parts hold, or an empty one: it is written again
├── AlreadyTaken      somebody else was first: an offer, a case, a name
├── NotAllowed        this account may not do this: 403, or 404 where even knowing would tell
├── NotFound          nothing like that within this account's view: 404
├── StoreUnavailable  the database can take nothing now: what came in is spooled, a dial gets an apology
└── NotReady          a citizen can't be served now: 503 and this line
"""


class GuichetError(Exception):
    """The root of the tree; its text is a sentence for the person who can act."""


class SettingsError(GuichetError):
    """A setting that can't be used: which one, what is wrong with it, and what it should be."""

    def __init__(self, name: str, wrong: str, expected: str) -> None:
        super().__init__(f"{name} {wrong}. It should be {expected}.")
        self.name = name


class AlreadyRunning(GuichetError):
    """Another supervisor holds the lock of this data folder."""


class FormError(GuichetError):
    """A form from a gateway that lacks an id, a phone or a line; nothing of it is acted on."""


class SendError(GuichetError):
    """A message that did not leave; `retry` is true where the same message may leave later."""

    def __init__(self, message: str, *, retry: bool) -> None:
        super().__init__(message)
        self.retry = retry


class StaleAnswer(GuichetError):
    """The case has another owner or another epoch than the one that this answer was written for."""


class TooLong(GuichetError):
    """An answer that can't be sent as it is: too long, or empty; the text says what to do."""


class AlreadyTaken(GuichetError):
    """Somebody else was first."""


class NotAllowed(GuichetError):
    """The account's role or organisation doesn't allow this."""


class NotFound(GuichetError):
    """There is nothing like that, or nothing that this account may know of."""


class StoreUnavailable(GuichetError):
    """The database is down, locked or full: nothing was stored, and the same thing may be stored later."""


class NotReady(GuichetError):
    """A part that every citizen needs is missing; the text says which."""
