"""Secrets of sources and pagers, and the key that seals sessions: what is read, and that no refusal repeats one."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from bot.config import ConfigError, read_config

ONE, TWO = (base64.b64encode(bytes([number]) * 32).decode() for number in (250, 251))


def in_addresses(key: str) -> str:
    return key.replace("+", "-").replace("/", "_")


@pytest.mark.parametrize(
    "text",
    [ONE, in_addresses(ONE), f"{ONE},{TWO}", f" {ONE} ,, {in_addresses(TWO)} ,"],
    ids=["base64", "for addresses", "two", "loosely written"],
)
def test_a_key_is_read_as_openssl_makes_it(text: str) -> None:
    found = read_config({"BATON_TOKEN_KEY": text}).token_keys
    assert found == (in_addresses(ONE), in_addresses(TWO))[: len(found)]
    assert len(found) == (2 if "," in text else 1)


def test_keys_may_stand_one_on_a_line_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"{ONE}\r\n{TWO}\n")
    found = read_config({"BATON_TOKEN_KEY_FILE": str(file)})
    assert found.token_keys == (in_addresses(ONE), in_addresses(TWO))
    assert in_addresses(ONE) not in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        "correct horse battery staple",
        ONE[:-4],
        ONE + "AAAA",
        ONE.replace("=", ""),
        base64.b64encode(b"\xfa" * 31).decode(),
        f"{ONE},quetzal",
        "quetzal\N{KELVIN SIGN}" * 5,
        "00" * 32,
    ],
)
def test_what_is_no_key_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read_config({"BATON_TOKEN_KEY": text})
    said = str(raised.value)
    assert said.startswith("BATON_TOKEN_KEY is no key: write 32 random bytes in base64")
    assert not any(part in said for part in text.split(",") if part)
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None or raised.value.__suppress_context__


def test_each_source_and_pager_has_its_own_secrets(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("from-a-file\n")
    found = read_config(
        {
            "BATON_SOURCE_SKY__PASSWORD": " abcd ",
            "BATON_SOURCE_GOOGLE_ALERTS__CLIENT_ID": "id",
            "BATON_SOURCE_GOOGLE_ALERTS__CLIENT_SECRET_FILE": str(file),
            "BATON_SOURCE_EMPTY__TOKEN": " ",
            "BATON_SOURCE_NOTHING": "no name of a setting",
            "BATON_PAGER_PD__KEY_FILE": str(file),
        }
    )
    assert found.source_secrets == {
        "sky": {"password": "abcd"},
        "google-alerts": {"client_id": "id", "client_secret": "from-a-file"},
    }
    assert found.pager_secrets == {"pd": {"key": "from-a-file"}}
    assert "abcd" not in repr(found) and "from-a-file" not in repr(found)


def test_a_secret_of_a_source_given_twice_or_from_no_file_is_refused(tmp_path: Path) -> None:
    name = "BATON_SOURCE_SKY__PASSWORD"
    for env, sentence in (
        ({name: "abcd", f"{name}_FILE": str(tmp_path)}, f"{name} and {name}_FILE are both set"),
        (
            {f"{name}_FILE": str(tmp_path / "gone")},
            f"{name}_FILE is {tmp_path / 'gone'}, which cannot be read",
        ),
    ):
        with pytest.raises(ConfigError) as raised:
            read_config(env)
        assert str(raised.value).startswith(sentence) and "abcd" not in str(raised.value)
