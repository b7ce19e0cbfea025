"""Who lives in the city and who answers there: drawn once from the assumptions, before the week begins."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.week.assumptions import Scenario, Team
from tests.week.chance import Chance, pick

SLOTS = tuple((day, hour * 60, hour * 60 + 120) for day in range(6) for hour in range(8, 20, 2))


@dataclass(frozen=True)
class Asker:
    """Somebody who asks for a person. `at`: after the week began."""

    phone: str
    at: timedelta
    language: str
    topic: str
    region: str | None
    severity: int


@dataclass(frozen=True)
class Helper:
    """A volunteer as they are; what they do is drawn as it comes."""

    login: str
    on_web: bool
    phone: str | None
    languages: tuple[str, ...]
    topics: tuple[str, ...]
    regions: tuple[str, ...]
    training: tuple[str, ...]
    shifts: tuple[tuple[int, int, int], ...]  # weekday, from and to minute; none: standing
    habit: str  # steady, silent, slow, vanishes, sick

    def is_on(self, local: datetime) -> bool:
        """Whether they are on shift; the standing ones are from 8 to 20."""
        minute = local.hour * 60 + local.minute
        if not self.shifts:
            return 480 <= minute < 1200
        return any(day == local.weekday() and start <= minute < end for day, start, end in self.shifts)


def askers(scenario: Scenario, chance: Chance) -> list[Asker]:
    """Everybody who asks in the week, in the order of their texts."""
    city = scenario.city
    expected = city.people * city.asking * scenario.days / 7
    usual = [city.weekdays[day % 7] for day in range(scenario.days)]
    found: list[Asker] = []
    for day in range(scenario.days):
        count = expected * usual[day] / sum(usual) * city.crisis.get(day % 7, 1.0)
        random_ = chance.of("day", day)
        for _ in range(_whole(count, random_.random())):
            hour = random_.choices(range(24), city.hours)[0]
            severe = random_.random()
            severity = 0 if severe < city.danger else 1 if severe < city.danger + city.urgent else 2
            found.append(
                Asker(
                    phone=f"+33698{len(found):06}",
                    at=timedelta(days=day, hours=hour, seconds=random_.uniform(0, 3600)),
                    language=pick(random_, city.languages),
                    topic=pick(random_, city.topics),
                    region=random_.choice(city.regions) if random_.random() < city.region_known else None,
                    severity=severity,
                )
            )
    return sorted(found, key=lambda one: one.at)


def helpers(scenario: Scenario, chance: Chance) -> list[Helper]:
    """The volunteers. Shifts are planned to where the work is, as a coordinator does."""
    return [_helper(scenario, chance, number) for number in range(scenario.team.volunteers)]


def _helper(scenario: Scenario, chance: Chance, number: int) -> Helper:
    team, city = scenario.team, scenario.city
    random_ = chance.of("volunteer", number)
    on_web = random_.random() < team.on_web
    has_phone = not on_web or random_.random() < team.web_with_phone
    standing = random_.random() < team.standing
    return Helper(
        login=f"v{number}",
        on_web=on_web,
        phone=f"+33612{number:06}" if has_phone else None,
        languages=("fr", *(one for one, share in team.speaks.items() if random_.random() < share)),
        topics=() if random_.random() < team.everything else tuple(random_.sample(list(city.topics), 3)),
        regions=() if random_.random() < team.everywhere else (random_.choice(city.regions),),
        training=city.trained_topics if random_.random() < team.trained else (),
        shifts=() if standing else _shifts(scenario, number),
        habit=_habit(team, random_.random()),
    )


def _shifts(scenario: Scenario, number: int) -> tuple[tuple[int, int, int], ...]:
    """Slots one after the other, each as often as its share of the week's work asks."""
    city, team = scenario.city, scenario.team
    work = [city.weekdays[day] * sum(city.hours[start // 60 : end // 60]) for day, start, end in SLOTS]
    plan: list[tuple[int, int, int]] = []
    every = sum(work) / (team.volunteers * team.shifts_a_week)
    owed = 0.0
    for slot, its_work in zip(SLOTS, work, strict=True):
        owed += its_work / every
        while owed >= 0.5:
            plan.append(slot)
            owed -= 1
    half = max(1, len(plan) // team.shifts_a_week)
    return tuple(sorted({plan[(number + turn * half) % len(plan)] for turn in range(team.shifts_a_week)}))


def _habit(team: Team, drawn: float) -> str:
    for habit, share in (
        ("silent", team.silent),
        ("slow", team.slow),
        ("vanishes", team.vanish),
        ("sick", team.sick),
    ):
        if drawn < share:
            return habit
        drawn -= share
    return "steady"


def _whole(count: float, drawn: float) -> int:
    return int(count) + (drawn < count % 1)
