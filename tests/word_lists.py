"""Makes the lists of frequent words for rule L13 (`make word-lists`; needs wordfreq, which nothing else does)."""

import re
import unicodedata
from pathlib import Path

PLAIN = Path(__file__).parent.parent / "flows" / "plain"
LANGUAGES = ("fr", "en")  # wordfreq answers for Swahili with English words
FREQUENT = 4.05  # Zipf: about one word in 90,000; keeps each list under 50 KB
LONGEST_LIST = 12_000
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
NOTICE = "# Frequent words of `{language}`, from wordfreq {version}. CC BY-SA 4.0: see LICENCE. Renew: make word-lists"


def frequent(language: str) -> list[str]:
    """Every word of three letters and more that is said often, without accents, sorted."""
    from wordfreq import top_n_list, zipf_frequency

    said = (word for word in top_n_list(language, LONGEST_LIST) if zipf_frequency(word, language) >= FREQUENT)
    return sorted({part for word in said for part in re.findall(r"[a-z]{3,}", without_accents(word))})


def without_accents(word: str) -> str:
    """The word as `flows.reader.folding` has it; written again, for this runs where nothing of ours is installed."""
    letters = unicodedata.normalize("NFD", word.casefold().translate(LIGATURES))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def main() -> None:
    """Write one list a language."""
    from importlib.metadata import version

    for language in LANGUAGES:
        lines = [NOTICE.format(language=language, version=version("wordfreq")), *frequent(language)]
        (PLAIN / f"words_{language}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
