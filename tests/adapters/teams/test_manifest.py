"""What Teams is told of Baton: by Microsoft's own schema, and nothing asked for without a reason."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from PIL import Image

from adapters.teams.icons import COLOUR_SIZE, OUTLINE_SIZE
from adapters.teams.manifest import FILE_CASE, PERMISSIONS, SCOPES, VERSION, manifest, package
from bot.policy.model import Policy
from bot.router import Verb
from handlers import all_routes
from tests.desk import test_policy
from tests.fakes.teams_schema import schema

ROOT = Path(__file__).parents[3]
APP = "11111111-2222-3333-4444-555555555555"
URL = "https://baton.kettle.example:8443/"


def made(policy: Policy | None = None, **given: Any) -> dict[str, Any]:
    verbs = given.pop("verbs", all_routes().verbs.values())
    given = {"app_id": APP, "version": "0.1.0", "url": None, **given}
    return manifest(policy or test_policy(), verbs, **given)


def packed(**given: Any) -> dict[str, bytes]:
    given = {"app_id": APP, "version": "0.1.0", "url": None, **given}
    made = package(test_policy(), all_routes().verbs.values(), **given)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def named(name: str, **fields: Any) -> Policy:
    policy = test_policy()
    return replace(policy, company=replace(policy.company, name=name, **fields))


@pytest.mark.parametrize("url", [None, URL])
@pytest.mark.parametrize("policy", [test_policy(), named("The Very Long Company of Kettles & Sons Ltd.")])
def test_microsoft_s_own_schema_accepts_it(url: str | None, policy: Policy) -> None:
    validator = jsonschema.Draft4Validator(schema(VERSION))
    assert list(validator.iter_errors(made(policy, url=url))) == []
    # The schema is one that says no.
    assert list(validator.iter_errors({**made(url=url), "id": "baton"}))


def test_what_the_schema_leaves_open_is_within_teams_limits() -> None:
    told = made()
    assert told["name"]["short"] != told["name"]["full"]
    assert told["description"]["short"] not in told["description"]["full"]
    lists = told["bots"][0]["commandLists"]
    assert {scope for each in lists for scope in each["scopes"]} == set(SCOPES)
    for each in lists:
        assert 1 <= len(each["commands"]) <= 10
        for command in each["commands"]:
            assert len(command["title"]) <= 32
            assert len(command["description"]) <= 128
    assert re.fullmatch(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", told["version"])


def test_every_suggested_word_is_one_of_the_desk_s_and_says_how_it_is_used() -> None:
    verbs = all_routes().verbs
    commands = [command for each in made()["bots"][0]["commandLists"] for command in each["commands"]]
    assert len(commands) == 20
    for command in commands:
        verb = verbs[command["title"]]
        assert verb.help in command["description"]
    claim = next(command for command in commands if command["title"] == "claim")
    assert claim["description"] == "claim <case>: From now on you answer for it."


def test_a_word_the_desk_does_not_know_is_not_suggested_and_a_long_one_is_cut() -> None:
    async def nothing(*_: object) -> None: ...

    known = all_routes().verbs["claim"]
    long = Verb(
        name="claim", usage="claim <case>", group=known.group, help="word " * 40, function=known.function
    )
    commands = made(verbs=[long])["bots"][0]["commandLists"][0]["commands"]
    assert [command["title"] for command in commands] == ["claim"]
    assert len(commands[0]["description"]) <= 128
    assert commands[0]["description"].endswith("word…")


def test_the_message_extension_files_a_case() -> None:
    (extension,) = made()["composeExtensions"]
    (command,) = extension["commands"]
    assert command["id"] == FILE_CASE == "file_case"
    assert command["title"] == "File as a case"
    assert (command["type"], command["context"], command["fetchTask"]) == ("action", ["message"], True)


def test_the_package_keeps_its_id_and_is_another_thing_than_the_bot() -> None:
    ids = {
        made(url=URL)["id"],
        made(version="9.9.9")["id"],
        made(named("Other"))["id"],
        made(app_id=APP.upper())["id"],
    }
    (package_id,) = ids
    assert UUID(package_id) != UUID(APP)
    assert made(app_id="99999999-2222-3333-4444-555555555555")["id"] != package_id
    told = made()
    assert told["bots"][0]["botId"] == told["webApplicationInfo"]["id"] == APP
    assert told["composeExtensions"][0]["botId"] == APP


def test_an_app_id_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="UUID"):
        made(app_id="baton")


@pytest.mark.parametrize(
    ("version", "told"), [("0.1.0", "0.1.0"), ("1.2", "1.2.0"), ("2.0.0rc1", "2.0.0"), ("3.1.4.dev2+g1", "3.1.4"), ("?", "0.0.0")]
)  # fmt: skip
def test_the_version_is_the_program_s(version: str, told: str) -> None:
    assert made(version=version)["version"] == told


def test_only_the_desk_s_own_host_is_valid() -> None:
    assert made()["validDomains"] == []
    assert made(url=URL)["validDomains"] == ["baton.kettle.example"]


def test_the_company_offers_the_app() -> None:
    assert made()["developer"] == {
        "name": "Kettle & Co",
        "websiteUrl": "https://kettle.example",
        "privacyUrl": "https://kettle.example",
        "termsOfUseUrl": "https://kettle.example",
    }
    assert made(named("Kettle", domains=()))["developer"]["websiteUrl"] == "https://kettle.example"
    nobody = replace(named("Kettle", domains=()), people=type(test_policy().people)({}))
    assert made(nobody)["developer"]["websiteUrl"].startswith("https://")


def test_the_least_is_asked_for() -> None:
    told = made()
    asked = told["authorization"]["permissions"]["resourceSpecific"]
    assert asked == [{"name": "ChannelMessage.Read.Group", "type": "Application"}]
    assert told["permissions"] == []
    assert told["bots"][0]["supportsFiles"] is False
    assert "devicePermissions" not in told


def test_the_page_gives_every_permission_and_every_scope_its_one_reason() -> None:
    page = (ROOT / "deploy" / "teams.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| `([A-Za-z.]+)` \| (.+) \|$", page, re.MULTILINE))
    assert table == {**PERMISSIONS, **SCOPES}


def test_the_package_is_complete_and_always_the_same() -> None:
    files = packed(url=URL)
    assert list(files) == ["manifest.json", "color.png", "outline.png"]
    told = json.loads(files["manifest.json"])
    assert told == made(url=URL)
    assert set(told["icons"].values()) <= set(files)
    assert packed(url=URL) == files


def test_the_icons_are_what_teams_shows() -> None:
    files = packed()
    colour, outline = (Image.open(io.BytesIO(files[name])) for name in ("color.png", "outline.png"))
    assert colour.format == outline.format == "PNG"
    assert colour.size == (COLOUR_SIZE, COLOUR_SIZE) == (192, 192)
    assert _bands(colour)[3] == (255, 255)
    assert outline.size == (OUTLINE_SIZE, OUTLINE_SIZE) == (32, 32)
    red, green, blue, alpha = _bands(outline)
    assert red == green == blue == (255, 255)
    assert alpha == (0, 255)
    assert colour.convert("RGB").getpixel((96, 96)) != colour.convert("RGB").getpixel((0, 0))


def _bands(picture: Image.Image) -> list[Any]:
    """Red, green, blue and how opaque: the least and the most of each."""
    return [band.getextrema() for band in picture.convert("RGBA").split()]
