"""The keys of sources that are pushed to: read as they are meant, and each mistake told on its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.policy.load import parse
from bot.policy.vendors import Challenge, Digest, Encoding, Proof, SignedHeader, VendorPlan, path, wanted

POLICY = (Path(__file__).parents[2] / "policy.toml").read_text(encoding="utf-8")
LINES = POLICY.count("\n") + 1


def told(text: str) -> list[str]:
    return [str(each) for each in parse(f"{POLICY}\n{text}", "p.toml").problems]


def vendor(text: str) -> VendorPlan:
    reading = parse(f"{POLICY}\n[sources.one]\nkind = 'webhook'\n{text}")
    assert reading.policy is not None, [str(each) for each in reading.problems]
    found = reading.policy.sources["one"].options["vendor"]
    assert isinstance(found, VendorPlan)
    return found


def test_nothing_said_is_standard_webhooks_and_our_own_json() -> None:
    assert vendor("") == VendorPlan(proof=Proof.STANDARD)


def test_a_header_and_a_challenge() -> None:
    plan = vendor(
        "auth = 'hmac'\nchallenge = { answer = 'hub.challenge', token = 'hub.verify_token' }\n"
        "hmac = { header = 'X-Sig', algorithm = 'sha512', encoding = 'base64', prefix = 'v0=', timestamp_header = 'X-At' }"
    )
    assert plan.challenge == Challenge(answer="hub.challenge", token="hub.verify_token")
    assert plan.header == SignedHeader(
        header="X-Sig",
        algorithm=Digest.SHA512,
        encoding=Encoding.BASE64,
        prefix="v0=",
        timestamp_header="X-At",
        signed="{timestamp}.{body}",
    )


def test_a_mapping() -> None:
    plan = vendor(
        "[sources.one.mapping]\nid = 'data.id|=x-{n}'\ntext = ['a', 'b']\nitems = 'list'\nzone = 'Europe/Berlin'\n"
        "only = { action = 'made', data.live = true, kinds = ['a', 'b'] }\nrename = { Twitter = 'x' }\nauthor.name = 'n'"
    )
    assert plan.mapping is not None
    assert plan.mapping.fields == {"id": ((("data", "id"),), ("x-", ("n",)))}
    assert plan.mapping.only == {("action",): ("made",), ("data", "live"): ("true",), ("kinds",): ("a", "b")}
    assert (plan.mapping.items, plan.mapping.rename, str(plan.mapping.zone)) == (
        ("list",),
        {"twitter": "x"},
        "Europe/Berlin",
    )


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[sources.o]\nkind='webhook'\nauth='magic'", 3, "auth: "),
        ("[sources.o]\nkind='webhook'\nauth='hmac'", 1, "hmac is missing"),
        ("[sources.o]\nkind='webhook'\nhmac={header='X'}", 3, 'only with auth = "hmac"'),
        ("[sources.o]\nkind='webhook'\nauth='hmac'\nhmac={algorithm='md5',header='X'}", 4, "md5"),
        ("[sources.o]\nkind='webhook'\nauth='hmac'\nhmac={header='X',signed='{timestamp}'}", 4, "{body}"),
        (
            "[sources.o]\nkind='webhook'\nauth='hmac'\nhmac={header='X',signed='{timestamp}{body}'}",
            4,
            "timestamp_header",
        ),
        (
            "[sources.o]\nkind='webhook'\nauth='hmac'\nhmac={header='X',algorithm='sha1'}",
            4,
            "warning: SHA-1 is weak",
        ),
        ("[sources.o]\nkind='webhook'\n[sources.o.mapping]\ntext='a'", 3, "id is missing"),
        ("[sources.o]\nkind='webhook'\n[sources.o.mapping]\nid='a'", 3, "warning: without a text"),
        ("[sources.o]\nkind='webhook'\n[sources.o.mapping]\nid='a..b'\ntext='a'", 4, "between two dots"),
        ("[sources.o]\nkind='webhook'\n[sources.o.mapping]\nid='a|'\ntext='a'", 4, "beside the |"),
        ("[sources.o]\nkind='webhook'\n[sources.o.mapping]\nid='a'\ntext=['a','={b']", 5, "brace"),
        (
            "[sources.o]\nkind='webhook'\n[sources.o.mapping]\nid='a'\ntext='a'\ntxt='b'",
            6,
            'did you mean "text"',
        ),
        ("[sources.o]\nkind='webhook'\n[sources.o.mapping]\nid='a'\ntext='a'\nzone='Mars'", 6, "time zone"),
        ("[sources.o]\nkind='webhook'\n[sources.o.mapping]\nid='a'\ntext='a'\nauthor.nick='b'", 6, "nick"),
        ("[sources.o]\nkind='x'", 1, "account is missing"),
        ("[sources.o]\nkind='x'\naccount='@a'\nmode='poll'", 4, "poll"),
        ("[sources.o]\nkind='x'\naccount='@a'\nbackfill_minutes=9", 4, "out of range"),
        ("[sources.o]\nkind='meta'", 1, "page is missing"),
        ("[sources.o]\nkind='meta'\npage='1'\ninstagram='2'", 1, "for both write two sources"),
        ("[sources.o]\nkind='meta'\npage='kettle'", 3, "not a number"),
        ("[sources.o]\nkind='meta'\npage='1'\nversion='23'", 4, "version"),
    ],
)
def test_each_mistake_is_told_on_its_line(text: str, line: int, said: str) -> None:
    assert any(f"p.toml:{LINES + line}:" in one and said in one for one in told(text)), told(text)


def test_places_and_words() -> None:
    assert path("a.b.0") == ("a", "b", "0")
    assert wanted("=https://x.com/{who.name}/status/{id}") == (
        ("https://x.com/", ("who", "name"), "/status/", ("id",)),
    )
    with pytest.raises(ValueError, match="two dots"):
        wanted("=x{}")
