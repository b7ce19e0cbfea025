"""Small flows for tests, and a phone to talk to them with."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from flows import packaged
from flows.bundle import ListOption, freeze
from flows.compiler import compile_bundle
from flows.engine import advance, again, start
from flows.files import freeze_definition
from flows.machine import Machine
from flows.parser import parse
from flows.screens import kept, sms, ussd
from flows.session import Channel, Effect, Event, Session, TextArrived, Turn, decode, encode
from flows.wording import sayer

TODAY = date(2026, 3, 12)
NOW = datetime.combine(TODAY, time(10), UTC)

LOST_CARD = """
title: Carte d'identité perdue ou volée
languages: [fr]
keywords: [carte identite]
facts:
  timbre: {value: 25 EUR, source: service-public.gouv.fr, checked: 2026-03-01, valid_to: 2027-01-01}
start: comment
steps:
  comment:
    ask: Votre carte est perdue ou volée ?
    choices:
      perdue: {label: Perdue, also: [egaree], go: age}
      volee: {label: Volée, go: plainte}
  plainte:
    tell: [Allez d'abord à la police.]
    go: age
  age:
    ask: "Vous avez combien d'années ? Exemple : 34"
    expect: number 0 to 120
    go: qui
  qui:
    decide:
      - {when: {age: 0 to 17}, because: Vous avez moins de 18 ans., go: enfant}
      - {when: {age: 18 to 120}, go: papiers}
  enfant:
    tell: [Venez avec un parent.]
    go: papiers
  papiers:
    tell:
      - Prenez une photo, un timbre à {timbre} et une preuve d'adresse.
    also_by_sms: yes
    go: recue
  recue:
    ask: Avez-vous reçu votre carte ?
    expect: yes_no
    if_yes: fin
    if_no: retard
  fin:
    end: Bon courage.
  retard:
    handoff:
      topic: papiers
      summary: "Carte {comment}, {age} ans : rien de la mairie"
      answer_within: 1 working day
      go: fin
"""


def machine_of(text: str, *, code: str = "essai", country: str = "france") -> Machine:
    """The machine of a flow's YAML."""
    return compile_bundle(freeze_definition(parse(text, file=code), code=code, country=country))


def list_machine(labels: Sequence[str], *, language: str = "fr", question: str = "Votre ville ?") -> Machine:
    """A machine that asks to choose one of these, and says which."""
    text = f"""
title: Villes
languages: [{language}]
keywords: [ville]
start: ville
steps:
  ville:
    ask: "{question}"
    from: villes
    go: fin
  fin:
    end: "{{ville}}"
"""
    options = [ListOption(f"v{number}", {language: label}) for number, label in enumerate(labels)]
    return compile_bundle(
        freeze(
            parse(text, file="villes"),
            code="villes",
            country="france" if language == "fr" else "kenya",
            source_language=language,
            common=packaged.common(),
            lists={"villes": options},
        )
    )


class Phone:
    """A basic phone in a conversation: what it shows, what the gateway is asked for, where the person is."""

    def __init__(
        self,
        machine: Machine,
        channel: Channel = Channel.SMS,
        *,
        language: str = "",
        now: datetime = NOW,
        values: Mapping[str, str] | None = None,
    ) -> None:
        self.machine = machine
        self.now = now
        spoken = language or machine.source_language
        say = sayer(machine, spoken)
        self.turn = start(machine, channel=channel, language=spoken, now=now, say=say, values=values)

    def send(self, *texts: str) -> "Phone":
        """The person sends these, one after the other."""
        for text in texts:
            self.happens(TextArrived(text))
        return self

    def happens(self, event: Event) -> "Phone":
        """Something happens; the session goes through its stored form, as it does in life."""
        session = decode(encode(self.turn.session))
        assert session == self.turn.session
        self.turn = advance(self.machine, session, event, self.now, sayer(self.machine, session.language))
        return self

    def again(self) -> "Phone":
        """The open question is shown once more."""
        session = self.turn.session
        self.turn = again(self.machine, session, self.now, sayer(self.machine, session.language))
        return self

    def moves_to(self, channel: Channel) -> "Phone":
        """The person goes on from another channel."""
        self.turn = Turn(self.turn.session.moved_to(channel))
        return self

    @property
    def session(self) -> Session:
        return self.turn.session

    @property
    def effects(self) -> tuple[Effect, ...]:
        return self.turn.effects

    @property
    def texts(self) -> tuple[str, ...]:
        """The SMS of the last turn."""
        return sms(self.turn)

    @property
    def screen(self) -> str:
        """The USSD screen of the last turn."""
        return ussd(self.turn.replies, self.turn.session.page).text

    @property
    def kept(self) -> tuple[str, ...]:
        """The SMS that come beside the screen."""
        return kept(self.turn)
