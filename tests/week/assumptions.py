"""Every number that the week is made of, and where it comes from; a number without a source is an assumption.

What we looked for: Solidarité Numérique, about 2,000 volunteers and some 500 calls a day (reference: casework.md §2),
that is one call a volunteer in four days; Crisis Text Line's shifts of two hours (same place). Nobody publishes how
often a volunteer of such a network lets an offer pass, or forgets a case: these are guesses on the dark side.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

MINUTE = 60.0
_MORNING = (0.3, 0.2, 0.1, 0.1, 0.1, 0.2, 0.5, 1.5, 3.5, 5.5, 6.0, 5.5)
_AFTERNOON = (4.0, 4.5, 5.5, 5.5, 5.0, 4.5, 4.0, 3.0, 2.0, 1.5, 1.0, 0.6)
BY_HOUR = _MORNING + _AFTERNOON  # assumption: a counter's day, and a few who write at night


@dataclass(frozen=True)
class City:
    """Who asks, when, and for what."""

    people: int = 100_000
    asking: float = 0.0035  # of them ask in the week: 200 volunteers then have the load of Solidarité Numérique's
    weekdays: tuple[float, ...] = (1.25, 1.15, 1.1, 1.1, 1.0, 0.6, 0.4)  # Monday first; assumption
    crisis: Mapping[int, float] = field(default_factory=dict)  # weekday → times as many
    hours: tuple[float, ...] = BY_HOUR
    languages: Mapping[str, float] = field(default_factory=lambda: {"fr": 0.84, "en": 0.1, "sw": 0.06})
    topics: Mapping[str, float] = field(
        default_factory=lambda: {
            "papiers": 0.3,
            "logement": 0.2,
            "argent": 0.2,
            "sante": 0.12,
            "famille": 0.1,
            "travail": 0.08,
        }
    )
    trained_topics: tuple[str, ...] = ("argent",)
    regions: tuple[str, ...] = ("nord", "est", "sud", "ouest", "centre")
    neighbours: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {
            "nord": ("centre", "est"),
            "est": ("centre", "nord", "sud"),
            "sud": ("centre", "est", "ouest"),
            "ouest": ("centre", "sud"),
            "centre": ("nord", "est", "sud", "ouest"),
        }
    )
    region_known: float = 0.7  # of them, a flow has asked for the town
    danger: float = 0.005
    urgent: float = 0.08  # deadline within two days, benefit cut, no roof (casework.md §7 has the definition)
    writes_again: float = 0.15  # while they wait, once
    writes_back: float = 0.35  # after an answer, each time


@dataclass(frozen=True)
class Team:
    """Who answers. Shares are of the volunteers; the rest of them answer as they said they would."""

    volunteers: int = 200
    coordinators: int = 2
    shifts_a_week: int = 1  # of two hours (Crisis Text Line's length); assumption
    standing: float = 0.1  # no shifts: asked at every hour but their quiet ones
    on_web: float = 0.4  # the rest have a basic phone
    at_screen: float = 0.8  # of a web volunteer's shifts are spent before the screen; else their phone is texted
    web_with_phone: float = 0.7
    silent: float = 0.08  # never react to an offer
    slow: float = 0.1  # react and answer three times as slowly
    vanish: float = 0.04  # take a case and go quiet, every time
    sick: float = 0.03  # leave in the middle of the week, with what they have
    everything: float = 0.5  # answer about every topic; the others about three
    everywhere: float = 0.2  # of no region; the others of one
    speaks: Mapping[str, float] = field(default_factory=lambda: {"en": 0.35, "sw": 0.25})  # besides French
    trained: float = 0.6
    reacts: float = 0.85  # to an offer while they are on shift
    standing_reacts: float = 0.5  # those without shifts are at something else
    says_no: float = 0.08  # of those who react
    forgets_to_close: float = 0.2
    answers_after_shift: float = 0.5  # a text that comes back to them once their shift is over
    says_start: float = 0.8  # once we paused them


@dataclass(frozen=True)
class Times:
    """Medians in seconds; the spread is a lognormal's sigma."""

    sees_on_web: float = 0.7 * MINUTE
    sees_by_sms: float = 2.0 * MINUTE
    answers_on_web: float = 6 * MINUTE
    answers_by_sms: float = 8 * MINUTE
    closes: float = 6 * MINUTE
    writes_back: float = 8 * MINUTE
    writes_again: float = 40 * MINUTE
    says_start: float = 15 * MINUTE
    coordinator_looks: float = 10 * MINUTE
    coordinator_answers: float = 8 * MINUTE
    spread: float = 0.7


@dataclass(frozen=True)
class Scenario:
    """A week to play."""

    name: str
    title: str
    city: City = field(default_factory=City)
    team: Team = field(default_factory=Team)
    times: Times = field(default_factory=Times)
    days: int = 7
    drain_hours: int = 36  # after the last day nobody new comes, and the team goes on
    seed: int = 1

    def scaled(self, part: float) -> "Scenario":
        """A smaller city with as many volunteers a person, the same otherwise."""
        return replace(
            self,
            city=replace(self.city, people=round(self.city.people * part)),
            team=replace(self.team, volunteers=round(self.team.volunteers * part)),
        )


ENOUGH = Scenario("enough", "Enough volunteers (200)")
HALF = Scenario("half", "Half as many (100)", team=Team(volunteers=100))
CRISIS = Scenario("crisis", "A crisis on Wednesday: three times as many people", city=City(crisis={2: 3.0}))
SCENARIOS = {one.name: one for one in (ENOUGH, HALF, CRISIS)}
