"""Sealed words: a key per person, the keyed hash that a phone is found by, and a master key for our own team.

A sealed text is "1." and base64url(nonce + AES-256-GCM). Erasing a person's key makes every word of theirs unreadable,
in every copy of the database that was ever made without the table of keys.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sms_gateway.errors import GuichetError
from sms_gateway.keys import PhoneKeys

_FORMAT = "1."
_NONCE = 12  # bytes, as NIST SP 800-38D asks of GCM


class Erased(GuichetError):
    """The key of these words is gone, or is another: nobody can read them."""


class Seal:
    """Seals and opens texts under one key."""

    def __init__(self, key: bytes) -> None:
        """`key`: 32 bytes."""
        self._cipher = AESGCM(key)

    def seal(self, words: str) -> str:
        """The sealed form of `words`; another one each time."""
        nonce = secrets.token_bytes(_NONCE)
        return _FORMAT + urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, words.encode(), None)).decode()

    def open(self, sealed: str) -> str:
        """The words again. Raises Erased where this key did not seal them."""
        if not sealed.startswith(_FORMAT):
            raise Erased("These words were not sealed by Guichet.")
        raw = urlsafe_b64decode(sealed[len(_FORMAT) :])
        try:
            return self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], None).decode()
        except InvalidTag:
            raise Erased("The key of these words is gone.") from None


class Sealer:
    """All that seals in one installation: people's keys under the master key, and phones' hashes."""

    def __init__(self, words_key: bytes, phone_keys: PhoneKeys) -> None:
        """`words_key`: 32 bytes, the master key; `phone_keys`: versioned, the newest is used for new rows."""
        self._phone_keys = phone_keys
        self._master = Seal(_derived(words_key, b"people's keys"))
        self.team = Seal(_derived(words_key, b"team and simulator"))
        self._open_person = lru_cache(maxsize=10_000)(self._open_person_key)

    def lane(self, phone: str) -> str:
        """The keyed hash that a new row finds this phone by: its key's version, then 256 bits in hex."""
        return self._hash(self._phone_keys.current, phone)

    def lanes(self, phone: str) -> tuple[str, ...]:
        """Every hash that an older row may have this phone under, the current one first."""
        versions = sorted(self._phone_keys.versions, reverse=True)
        return tuple(self._hash(version, phone) for version in versions)

    def print_of(self, *parts: str) -> str:
        """A keyed fingerprint of texts that must be compared but not kept."""
        message = "\x1f".join(("print", *parts)).encode()
        return hmac.new(self._phone_keys.key, message, hashlib.sha256).hexdigest()

    def new_person_key(self) -> tuple[Seal, str]:
        """A fresh key for a person, and its sealed form to keep in `person_keys`."""
        key = secrets.token_hex(32)
        return Seal(bytes.fromhex(key)), self._master.seal(key)

    def person(self, sealed_key: str) -> Seal:
        """The seal of a person, from what `person_keys` keeps."""
        return self._open_person(sealed_key)

    def _open_person_key(self, sealed_key: str) -> Seal:
        return Seal(bytes.fromhex(self._master.open(sealed_key)))

    def _hash(self, version: int, phone: str) -> str:
        digest = hmac.new(self._phone_keys.versions[version], b"lane\x1f" + phone.encode(), hashlib.sha256)
        return f"{version}:{digest.hexdigest()}"


def _derived(key: bytes, purpose: bytes) -> bytes:
    return hmac.new(key, purpose, hashlib.sha256).digest()
