"""The secrets of one installation: made once, kept in the data folder, the same for every process that starts.

Each is a file of one line, mode 0600. It is written whole under another name and then linked into place, so that two
processes which start together end with the same key and nobody ever reads half of one. A key that can't be read
refuses the start: a new one in its place would make every stored word and number unreadable.
"""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sms_gateway.errors import SettingsError

KEY_BYTES = 32  # 256 bits
FOLDER = "keys"


@dataclass(frozen=True)
class PhoneKeys:
    """The keys that numbers are found by, oldest first; each row says which version it was hashed with."""

    versions: Mapping[int, bytes] = field(repr=False)

    @property
    def current(self) -> int:
        """The version that new rows are hashed with."""
        return max(self.versions)

    @property
    def key(self) -> bytes:
        """The key of the current version."""
        return self.versions[self.current]


@dataclass(frozen=True)
class Keys:
    """Everything secret that an installation has; none of it is ever shown by repr."""

    secret: str = field(repr=False)  # web sessions
    hooks: tuple[str, ...] = field(repr=False)  # in the URLs that gateways call; every one listed is accepted
    phones: PhoneKeys = field(repr=False)  # finding a person by number
    words: bytes = field(repr=False)  # seals the keys of persons


def kept_keys(data: Path, given: Mapping[str, str]) -> Keys:
    """The keys of this installation: those given by settings, else those kept in `data`, made now where missing."""

    def line(setting: str, name: str, make: Callable[[], str]) -> tuple[str, str]:
        if given.get(setting):
            return setting, given[setting]
        path = data / FOLDER / name
        return str(path), _kept(path, make)

    _, secret = line("GUICHET_SECRET_KEY", "secret", lambda: secrets.token_hex(KEY_BYTES))
    hooks_from, hooks = line("GUICHET_HOOK_SECRETS", "hooks", lambda: secrets.token_hex(KEY_BYTES))
    phones_from, phones = line("GUICHET_PHONE_KEYS", "phones", lambda: f"1:{secrets.token_hex(KEY_BYTES)}")
    words_from, words = line("GUICHET_WORDS_KEY", "words", lambda: secrets.token_hex(KEY_BYTES))
    return Keys(
        secret=secret,
        hooks=_read_hooks(hooks_from, hooks),
        phones=_read_phone_keys(phones_from, phones),
        words=_read_hex(words_from, words),
    )


def _kept(path: Path, make: Callable[[], str]) -> str:
    """The line in `path`; where there is no such file, the one that the first process put there."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _create_whole(path, make() + "\n")
    line = path.read_text(encoding="ascii").strip()
    if not line:
        raise SettingsError(
            str(path), "is empty", "the key that this installation was started with: put it back from your copy"
        )
    return line


def _create_whole(path: Path, text: str) -> None:
    """Create `path` with `text` in it, complete and on disk, unless somebody else did so first."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, text.encode("ascii"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read_hooks(source: str, line: str) -> tuple[str, ...]:
    hooks = tuple(part.strip() for part in line.split(",") if part.strip())
    fits_a_path = all(part.isascii() and all(c.isalnum() or c in "-_.~" for c in part) for part in hooks)
    if not hooks or not fits_a_path:
        raise SettingsError(
            source, "holds something that can't stand in a URL", "a comma list of letters, digits, - and _"
        )
    return hooks


def _read_phone_keys(source: str, line: str) -> PhoneKeys:
    expected = f"a comma list like 1:KEY,2:KEY with {KEY_BYTES * 2} hex digits each"
    versions: dict[int, bytes] = {}
    for part in line.split(","):
        number, _, key = part.strip().partition(":")
        if not number.isdigit() or int(number) in versions:
            raise SettingsError(source, "can't be read", expected)
        versions[int(number)] = _read_hex(source, key, expected)
    return PhoneKeys(versions)


def _read_hex(source: str, line: str, expected: str = f"{KEY_BYTES * 2} hex digits") -> bytes:
    try:
        key = bytes.fromhex(line)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError(source, "is not a whole key", expected)
    return key
