"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta


class FixedClock:
    """Called like the real clock, it gives the moment that the test set last (an aware moment, in UTC)."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def set(self, moment: datetime) -> None:
        """Stand at `moment`, which may be in any time zone."""
        self.moment = moment.astimezone(UTC)

    def advance(self, **duration: float) -> datetime:
        """Move on by a duration such as `minutes=5`, and give the new moment."""
        self.moment += timedelta(**duration)
        return self.moment
