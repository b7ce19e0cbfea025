"""The machine's own dialogues, as conversations: each is played through the real engine."""

from pathlib import Path

import pytest

from flows import packaged
from flows.transcript import play, read_transcript

TRANSCRIPTS = sorted((Path(__file__).parents[2] / "transcripts").glob("*.transcript"))
# The menu is over the flows of a country: the procedures' own conversations begin there.
WITHOUT = {"menu"}


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_a_dialogue_goes_as_it_is_written(path: Path) -> None:
    assert [str(difference) for difference in play(path)] == []


def test_every_dialogue_has_a_written_conversation() -> None:
    written = {read_transcript(path).header.get("dialogue") for path in TRANSCRIPTS}
    assert set(packaged.common().dialogues) - WITHOUT <= written
