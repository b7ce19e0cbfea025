"""Settings: with none everything runs; a wrong one refuses the start and says what it should be."""

import os
import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from sms_gateway.errors import SettingsError
from sms_gateway.settings import LONGEST_SOCKET, SETTINGS, load_settings, private_socket, unknown_settings
from tests.scale import scaled


def test_with_no_setting_at_all_everything_has_a_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings({})
    assert settings.port == 8000
    assert settings.bind == "127.0.0.1"
    assert settings.data == tmp_path / "var"
    assert settings.database_url == f"sqlite:///{tmp_path}/var/guichet.sqlite"
    assert settings.redis_url == f"unix://{tmp_path}/var/redis/redis.sock"
    assert settings.redis_is_private
    assert settings.simulator
    assert settings.hold_seconds == 30
    assert settings.web_processes == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eight thousand"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("GUICHET_DATABASE_URL", "mysql://somewhere/else"),
        ("GUICHET_DATABASE_URL", "postgresql://"),
        ("GUICHET_REDIS_URL", "localhost:6379"),
        ("GUICHET_SERVICES", "/no/such/file.yaml"),
        ("GUICHET_SIMULATOR", "perhaps"),
        ("GUICHET_HOLD_SECONDS", "-1"),
        ("GUICHET_HOLD_SECONDS", "0"),
        ("GUICHET_WEB_PROCESSES", "many"),
        ("GUICHET_WEB_THREADS", "0"),
        ("GUICHET_SWEEP_SECONDS", "0"),
        ("GUICHET_HTTPS", "443"),
        ("GUICHET_HOOK_SECRETS", "a/b"),
        ("GUICHET_HOOK_SECRETS", ","),
        ("GUICHET_PHONE_KEYS", "the old one"),
        ("GUICHET_PHONE_KEYS", f"1:{'ab' * 31}"),
        ("GUICHET_WORDS_KEY", "abc"),
        ("AFRICASTALKING_API_URL", "127.0.0.1:9000"),
        ("GUICHET_DATA", "/proc/nothing/here"),
    ],
)
def test_a_wrong_value_is_named_with_what_it_should_be(name: str, value: str, tmp_path: Path) -> None:
    expected = {row.name: row.kind for row in SETTINGS}[name]
    with pytest.raises(SettingsError) as error:
        load_settings({"GUICHET_DATA": str(tmp_path)} | {name: value})
    assert name in str(error.value)
    assert expected in str(error.value)


def test_a_wrong_secret_is_not_repeated(tmp_path: Path) -> None:
    for name in ("GUICHET_HOOK_SECRETS", "GUICHET_PHONE_KEYS", "GUICHET_WORDS_KEY", "GUICHET_DATABASE_URL"):
        with pytest.raises(SettingsError) as error:
            load_settings({"GUICHET_DATA": str(tmp_path), name: "hush/hush"})
        assert "hush" not in str(error.value)


@pytest.mark.parametrize("given", ["AFRICASTALKING_USERNAME", "AFRICASTALKING_API_KEY"])
def test_half_an_account_refuses_the_start(given: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is missing"):
        load_settings({"GUICHET_DATA": str(tmp_path), given: "something"})


def test_a_real_gateway_turns_the_simulator_off_unless_it_is_asked_for(tmp_path: Path) -> None:
    account = {"GUICHET_DATA": str(tmp_path), "AFRICASTALKING_USERNAME": "u", "AFRICASTALKING_API_KEY": "k"}
    assert not load_settings(account).simulator
    assert load_settings(account | {"GUICHET_SIMULATOR": "on"}).simulator


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_is_spoken_with_psycopg(scheme: str, tmp_path: Path) -> None:
    given = {"GUICHET_DATA": str(tmp_path), "GUICHET_DATABASE_URL": f"{scheme}://guichet@localhost/guichet"}
    settings = load_settings(given)
    assert settings.database_url == "postgresql+psycopg://guichet@localhost/guichet"
    assert not settings.is_sqlite


def test_an_empty_value_counts_as_none(tmp_path: Path) -> None:
    assert load_settings({"GUICHET_DATA": str(tmp_path), "PORT": "", "GUICHET_HOOK_SECRETS": " "}).port == 8000


def test_slips_of_the_pen_are_found() -> None:
    given = {"GUICHET_DATBASE_URL": "x", "GUICHET_DATA": "y", "GUICHET_TEST_LONG": "1", "PATH": "z"}
    assert unknown_settings(given) == ["GUICHET_DATBASE_URL"]


def test_nothing_secret_shows_in_a_repr(tmp_path: Path) -> None:
    given = {
        "GUICHET_DATA": str(tmp_path),
        "GUICHET_DATABASE_URL": "postgresql://guichet:hush-1@localhost/guichet",
        "GUICHET_REDIS_URL": "redis://:hush-2@localhost/0",
        "GUICHET_HOOK_SECRETS": "hush-3",
        "GUICHET_SECRET_KEY": "hush-4",
        "AFRICASTALKING_USERNAME": "guichet",
        "AFRICASTALKING_API_KEY": "hush-5",
    }
    settings = load_settings(given)
    assert "hush" not in repr(settings)
    assert settings.words_key.hex() not in repr(settings)


# --- keys


def test_keys_are_made_once_and_readable_by_their_user_alone(tmp_path: Path) -> None:
    given = {"GUICHET_DATA": str(tmp_path)}
    first, second = load_settings(given), load_settings(given)
    assert first.keys == second.keys
    assert len(first.words_key) == len(first.phone_keys.key) == 32
    assert len(bytes.fromhex(first.hook_secrets[0])) == 32
    files = sorted((tmp_path / "keys").iterdir())
    assert [path.name for path in files] == ["hooks", "phones", "secret", "words"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert len({first.secret_key, first.hook_secrets[0], first.words_key.hex(), first.phone_keys.key.hex()}) == 4


def _keys_in(folder: str) -> tuple[str, bytes]:
    keys = load_settings({"GUICHET_DATA": folder}).keys
    return keys.secret, keys.words


def test_processes_that_start_together_get_the_same_keys(tmp_path: Path) -> None:
    rounds = scaled(100)
    with ProcessPoolExecutor(8, mp_context=get_context("forkserver")) as processes:
        for number in range(rounds):
            folder = str(tmp_path / str(number))
            assert len(set(processes.map(_keys_in, [folder] * 16))) == 1


@pytest.mark.parametrize("left", ["", "\n", "abcd\n"])
def test_a_key_that_cant_be_read_is_never_made_anew(left: str, tmp_path: Path) -> None:
    load_settings({"GUICHET_DATA": str(tmp_path)})
    (tmp_path / "keys" / "words").write_text(left)
    with pytest.raises(SettingsError, match="words"):
        load_settings({"GUICHET_DATA": str(tmp_path)})
    assert (tmp_path / "keys" / "words").read_text() == left


def test_the_newest_phone_key_is_used_and_older_ones_are_known(tmp_path: Path) -> None:
    old, new = "ab" * 32, "cd" * 32
    settings = load_settings({"GUICHET_DATA": str(tmp_path), "GUICHET_PHONE_KEYS": f"2:{new},1:{old}"})
    assert settings.phone_keys.current == 2
    assert settings.phone_keys.key.hex() == new
    assert settings.phone_keys.versions[1].hex() == old


def test_every_hook_secret_that_is_listed_is_accepted(tmp_path: Path) -> None:
    settings = load_settings({"GUICHET_DATA": str(tmp_path), "GUICHET_HOOK_SECRETS": "new-one, old_one"})
    assert settings.hook_secrets == ("new-one", "old_one")


@pytest.mark.parametrize("depth", [1, 6, 30])
def test_the_private_socket_fits_however_long_the_folder_is(depth: int, tmp_path: Path) -> None:
    data = tmp_path.joinpath(*["a-long-name"] * depth)
    socket = private_socket(data)
    assert len(os.fsencode(socket)) <= LONGEST_SOCKET
    assert socket == private_socket(data)
    assert socket != private_socket(data / "another")
