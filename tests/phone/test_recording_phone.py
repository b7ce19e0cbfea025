"""The phone that writes a conversation down: what it leaves is played as it was heard."""

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from textual.widgets import Static

from flows import packaged
from flows.session import Channel
from flows.transcript import TranscriptError, play, read_transcript
from sms_gateway import cli, recording_phone
from sms_gateway.terminal_phone import TerminalPhone
from tests.clocks import FixedClock
from tests.flows.talking import LOST_CARD

MORNING = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one flow."""
    (tmp_path / "carte.yaml").write_text(LOST_CARD)
    return tmp_path


def phone_on(file: Path, channel: Channel = Channel.SMS) -> recording_phone.Phone:
    return recording_phone.open_phone(file, channel=channel, language="", clock=FixedClock(MORNING))


def given(file: Path) -> list[str]:
    return [each.given for each in read_transcript(file).exchanges]


def test_a_conversation_by_text_is_written_with_what_the_gateway_is_asked(folder: Path) -> None:
    file = folder / "carte_volee.transcript"
    phone = phone_on(file)
    for text in ("carte volee", "volee", "34", "non"):
        phone.send(text)
    phone.look()
    assert phone.trouble == ""
    assert [one.text for one in phone.thread if one.incoming][-1].startswith("! case opened: handoff, papiers")
    phone.send("@ case ended settled")
    phone.look()
    assert phone.thread[-1].text.startswith("Bon courage.")
    assert given(file) == ["> carte volee", "> volee", "> 34", "> non", "@ case ended settled"]
    assert read_transcript(file).header == {"flow": "carte", "channel": "sms", "language": "fr", "today": "2026-03-12"}
    assert play(file) == []


def test_a_dialled_conversation_is_written_with_the_calls_that_end(folder: Path) -> None:
    file = folder / "carte_ussd.transcript"
    phone = phone_on(file, Channel.USSD)
    phone.dial("*123#")
    assert phone.dialog is not None
    assert "1 Perdue" in phone.dialog.screen
    phone.answer("1")
    phone.hang_up()
    phone.dial("*123#")
    for text in ("34", "oui"):
        phone.answer(text)
    assert phone.dialog is not None
    assert phone.dialog.over
    assert given(file) == ["> *123#", "> 1", "@ dropped", "@ redial", "> 34", "> oui"]
    assert play(file) == []
    phone.send("bonjour")
    assert "dialled" in phone.trouble


def test_what_can_not_happen_is_told_and_is_not_written(folder: Path) -> None:
    file = folder / "carte.transcript"
    phone = phone_on(file)
    phone.send("@ timer")
    assert "First say something" in phone.trouble
    assert not file.exists()
    phone.send("carte")
    for event in ("@ soon", "@ today 2026-13-41"):
        phone.send(event)
        assert phone.trouble.startswith("Not sent:")
    assert given(file) == ["> carte"]


def test_a_recording_needs_its_flow_beside_it_a_language_of_it_and_a_new_name(folder: Path) -> None:
    with pytest.raises(TranscriptError, match="no flow stands beside it"):
        phone_on(folder / "permis.transcript")
    with pytest.raises(TranscriptError, match="does not speak `sw`"):
        recording_phone.open_phone(folder / "carte_sw.transcript", channel=Channel.SMS, language="sw")
    taken = folder / "carte_a.transcript"
    taken.write_text("mine")
    told = CliRunner().invoke(cli.main, ["phone", "--record", str(taken)])
    assert told.exit_code == 1
    assert "is there already" in told.output
    assert taken.read_text() == "mine"
    told = CliRunner().invoke(cli.main, ["phone", "--record", str(taken), "--line", "38000"])
    assert told.exit_code == 2


async def _story(app: TerminalPhone) -> str:
    async with app.run_test(size=(60, 36)) as pilot:
        await pilot.press(*"carte", "enter")
        await app.workers.wait_for_complete()
        app.look()
        await app.workers.wait_for_complete()
        await pilot.pause()
        return "\n".join(str(part.render()) for part in app.query(Static))


def test_the_terminal_shows_what_it_writes(folder: Path) -> None:
    file = folder / "carte_a.transcript"
    story = _story(TerminalPhone(phone_on(file), dialling=False))
    with ThreadPoolExecutor(1) as aside:  # a browser of other tests may have this thread's event loop
        seen = aside.submit(asyncio.run, story).result()
    assert "Recording carte_a" in seen
    assert "Votre carte est perdue" in seen
    assert play(file) == []


def test_every_flow_that_we_ship_can_be_recorded(tmp_path: Path) -> None:
    for country in packaged.countries():
        shutil.copytree(packaged.LIBRARY / country, tmp_path / country)
        for code in packaged.flow_codes(country):
            file = tmp_path / country / f"{code}_recorded.transcript"
            phone = phone_on(file)
            phone.send("bonjour")
            phone.send("0")
            assert phone.trouble == ""
            assert play(file) == []
