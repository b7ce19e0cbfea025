"""A new language is a data file: with one more table in the reader's folder, and no line of code, it is read."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows import packaged
from tests.running import ROOT

TABLE = Path(__file__).parent / "portuguese.toml"
# In a process of its own, since what is known of languages is remembered for as long as one runs.
READ = """
import json, sys
from datetime import date
from pathlib import Path
from flows import packaged
packaged.READER = Path(sys.argv[1])
from flows.reader import read, strike_secrets, written_in
for language, expected, text in json.loads(sys.argv[2]):
    found = read(expected, text, language=language, country="kenya", today=date(2026, 3, 10))
    print(json.dumps([found.certainty, found.intent, found.value, found.language]))
print(json.dumps([strike_secrets("meu codigo é 4821", "pt")[0], strike_secrets("meu codigo é 4821", "fr")[0]]))
"""
ASKED = {
    ("pt", "yes_no", "Sim, obrigado!"): ["sure", "answer", True, ""],
    ("pt", "yes_no", "simmm"): ["sure", "answer", True, ""],
    ("pt", "yes_no", "NÃO"): ["sure", "answer", False, ""],
    ("pt", "any", "Parar"): ["sure", "stop", None, ""],
    ("fr", "any", "parar"): ["sure", "stop", None, ""],
    ("pt", "number", "tenho vinte e dois"): ["sure", "answer", 22, ""],
    ("pt", "date", "3 de março de 1980"): ["sure", "answer", "1980-03-03", ""],
    ("pt", "yes_no", "quero falar com uma pessoa"): ["sure", "human", None, ""],
    ("pt", "number", "o meu marido me bate todos os dias"): ["sure", "distress", "violence", ""],
    ("en", "any", "meu marido me bate"): ["sure", "distress", "violence", "pt"],
    ("pt", "any", "em português"): ["sure", "switch_language", "pt", ""],
    ("pt", "any", "não sei"): ["sure", "dont_know", None, ""],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The reader's tables, and one more."""
    for language in packaged.reader_languages():
        shutil.copy(packaged.READER / f"{language}.toml", tmp_path)
    shutil.copy(TABLE, tmp_path / "pt.toml")
    return tmp_path


def test_a_language_with_a_small_table_is_read_like_ours(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ, str(folder), json.dumps(list(ASKED))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *read, struck = map(json.loads, done.stdout.splitlines())
    assert dict(zip(ASKED, read, strict=True)) == ASKED
    assert struck == ["meu codigo é ****", "meu codigo é ****"]
