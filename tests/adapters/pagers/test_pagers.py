"""Pages that leave beside the direct message, and acknowledgements that come back."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from standardwebhooks import Webhook, WebhookVerificationError

from adapters.http import serve
from bot.config import ConfigError
from bot.policy.load import parse
from bot.policy.model import Policy
from bot.wiring import application
from tests.desk import Story, Time, a_desk
from tests.fakes.mail import Mailbox, mail_server
from tests.fakes.pagerduty import KEY, SECRET, PagerDutyServer, pagerduty

ANA = "ana@kettle.example"
TOKEN_KEY = base64.urlsafe_b64encode(b"k" * 32).decode()
HOOK_SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
_FILE = Path(__file__).parents[2] / "policy.toml"


@dataclass
class Hook:
    """A program that is paged: it checks what it gets as a receiver of Standard Webhooks does."""

    url: str = ""
    told: list[dict[str, Any]] | None = None

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            Webhook(HOOK_SECRET).verify(body, headers, json_parse=False)
        except WebhookVerificationError:
            return web.Response(status=401)
        assert self.told is not None
        self.told.append(msgspec.json.decode(body))
        return web.Response(status=204)


@dataclass
class Town:
    desk: Story
    url: str
    mail: Mailbox
    duty: PagerDutyServer
    hook: Hook

    async def escalates(self) -> int:
        number = await self.desk.mention("I will tell everybody at https://evil.example about this")
        await self.desk.hears(f"escalate {number} a journalist is asking", from_="ben")
        return number


@asynccontextmanager
async def a_town(folder: Path, **settings: Any) -> AsyncIterator[Town]:
    """A desk whose first step pages by everything there is."""
    async with AsyncExitStack() as stack:
        mail = await stack.enter_async_context(mail_server())
        duty = await stack.enter_async_context(pagerduty())
        hook = Hook(told=[])
        app = web.Application()
        app.add_routes([web.post("/pages", hook.take)])
        served = await stack.enter_async_context(TestServer(app, host="127.0.0.1"))
        hook.url = f"http://127.0.0.1:{served.port}/pages"
        given = {
            "token_keys": (TOKEN_KEY,),
            "public_url": "https://baton.example",
            "pager_secrets": {
                "pd": {"key": KEY, "webhook_secret": SECRET},
                "ops": {"secret": HOOK_SECRET},
            },
            **settings,
        }
        # The clock stands near now: signatures and tickets are judged by it on both sides.
        time = Time(datetime.now(UTC).replace(microsecond=0))
        policy = _policy(mail.url, duty.url, hook.url)
        desk = await stack.enter_async_context(a_desk(folder, policy=policy, settings=given, time=time))
        at = await stack.enter_async_context(serve(application(desk.desk), "127.0.0.1", 0))
        yield Town(desk, at.url, mail, duty, hook)


def _policy(mail: str, duty: str, hook: str) -> Policy:
    text = _FILE.read_text(encoding="utf-8").replace(
        'page = "duty"\nwait = "5m"', 'page = "duty"\nwait = "5m"\nalso = ["mail", "pd", "ops"]'
    )
    text += f"""
[pagers.mail]
kind = "email"
url = "{mail}"
sender = "baton@kettle.example"

[pagers.pd]
kind = "pagerduty"
url = "{duty}"

[pagers.ops]
kind = "webhook"
url = "{hook}"
"""
    reading = parse(text)
    assert reading.policy is not None, reading.problems
    return reading.policy


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with a_town(tmp_path) as town:
        yield town


def _link(town: Town) -> str:
    found = re.search(r"https://baton\.example(/pagers/ack\?t=\S+)", town.mail.mails[0].get_content())
    assert found
    return f"{town.url}{found[1]}"


async def test_a_page_leaves_by_every_way_of_its_step(town: Town) -> None:
    number = await town.escalates()
    assert len(await town.desk.direct("ana")) == 1
    (mail,) = town.mail.mails
    assert mail["To"] == ANA
    assert str(number) in mail["Subject"] and "a journalist is asking" in mail.get_content()
    assert "https://evil" not in mail.get_content()
    ((key, incident),) = town.duty.incidents.items()
    assert str(number) in key and incident["severity"] == "critical"
    (told,) = town.hook.told or []
    assert (told["type"], told["case"], told["person"]) == ("page", number, ANA)


async def test_once_answered_every_way_says_so(town: Town) -> None:
    number = await town.escalates()
    await town.desk.hears(f"claim {number}", from_="ana")
    first, second = town.mail.mails
    assert second["In-Reply-To"] == first["Message-ID"]
    assert "Answered by Ana" in second.get_content()
    assert town.duty.incidents == {}
    assert [told["type"] for told in town.hook.told or []] == ["page", "page.answered"]


async def test_the_mails_link_acknowledges_by_a_press_only(town: Town) -> None:
    number = await town.escalates()
    link = _link(town)
    async with ClientSession() as http:
        async with http.get(link) as shown:
            assert shown.status == 200 and f"case {number}" in await shown.text()
        assert "acknowledged" not in await town.desk.kinds(number)
        ticket = link.partition("?t=")[2]
        async with http.post(link.partition("?")[0], data={"t": ticket}) as done:
            assert done.status == 200 and "is acknowledged" in await done.text()
        escalation = (await town.desk.case(number)).escalation
        assert escalation is not None and escalation.acked_by == ANA
        # Pressed again it changes nothing, and says so.
        async with http.post(link.partition("?")[0], data={"t": ticket}) as again:
            assert again.status == 409 and "Thank you" not in await again.text()
    assert (await town.desk.kinds(number)).count("acknowledged") == 1


async def test_a_ticket_is_believed_whole_and_for_a_day(town: Town) -> None:
    await town.escalates()
    link = _link(town)
    async with ClientSession() as http:
        for broken in (f"{link[:-2]}xx", link.partition("?")[0], f"{town.url}/pagers/ack?t=%00.x"):
            async with http.get(broken) as shown:
                assert shown.status == 410
        await town.desk.passes(hours=25)
        async with http.get(link) as shown:
            assert shown.status == 410


async def test_an_acknowledgement_in_pagerduty_comes_back(town: Town) -> None:
    number = await town.escalates()
    (key,) = town.duty.incidents
    at = f"{town.url}/pagers/pd"
    assert await town.duty.acknowledges(key, at, secret="wrong") == 401
    assert await town.duty.acknowledges("somebody-elses", at, event="01OTHER") == 200
    assert "acknowledged" not in await town.desk.kinds(number)
    assert await town.duty.acknowledges(key, at) == 200
    assert await town.duty.acknowledges(key, at) == 200
    assert (await town.desk.kinds(number)).count("acknowledged") == 1


async def test_an_acknowledgement_of_a_program_comes_back(town: Town) -> None:
    number = await town.escalates()
    body = msgspec.json.encode({"type": "page.acknowledge", "case": number, "person": ANA.upper()}).decode()
    now = datetime.now(UTC)
    for secret, status in (("whsec_" + base64.b64encode(b"x" * 32).decode(), 401), (HOOK_SECRET, 200)):
        headers = {
            "webhook-id": "a1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign("a1", now, body),
        }
        async with ClientSession() as http:
            async with http.post(f"{town.url}/pagers/ops", data=body, headers=headers) as answer:
                assert answer.status == status
            async with http.post(f"{town.url}/pagers/mail", data=body, headers=headers) as answer:
                assert answer.status == 404
    assert "acknowledged" in await town.desk.kinds(number)


async def test_what_cannot_be_paged_is_told_and_the_direct_message_counts(town: Town) -> None:
    town.mail.unknown.add(ANA)
    town.duty.failing += [429, 503]
    number = await town.escalates()
    assert "undelivered" in await town.desk.kinds(number)
    await town.desk.passes(minutes=2)
    # PagerDuty was asked again and took it; the mail's failure made nothing climb.
    assert len(town.duty.incidents) == 1
    escalation = (await town.desk.case(number)).escalation
    assert escalation is not None
    assert [page.person for page in escalation.pages] == [ANA] and not escalation.pages[0].failed
    said = (await town.desk.kinds(number)).count("undelivered")
    assert said == 1


async def test_without_a_public_address_the_mail_points_to_the_chat(tmp_path: Path) -> None:
    async with a_town(tmp_path, public_url="") as town:
        await town.escalates()
        assert "acknowledge it in your chat" in town.mail.mails[0].get_content()


async def test_a_webhooks_secret_that_is_none_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="BATON_PAGER_OPS__SECRET"):
        async with a_town(
            tmp_path, pager_secrets={"pd": {"key": KEY}, "ops": {"secret": "whsec_not base64!"}}
        ):
            pass


async def test_a_pager_without_its_key_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="BATON_PAGER_PD__KEY"):
        async with a_town(tmp_path, pager_secrets={"ops": {"secret": HOOK_SECRET}}):
            pass


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('[pagers.mail]\nkind = "email"\nurl = "mail.example"\nsender = "a@b.c"', "this is no mail server"),
        ('[pagers.mail]\nkind = "email"\nurl = "smtps://mail.example:465"', "which address pages come from"),
        ('[pagers.ops]\nkind = "webhook"', "say where to"),
        ('[pagers.ops]\nkind = "webhook"\nurl = "http://elsewhere.example/x"', "this address is not https"),
        ('[pagers.ops]\nkind = "pigeon"', "pigeon"),
        ('[[escalations.calm.steps]]\npage = "lead"\nalso = ["pd"]', '"pd"'),
    ],
)
def test_a_wrong_pager_is_told(written: str, said: str) -> None:
    reading = parse(_FILE.read_text(encoding="utf-8") + "\n" + written)
    assert reading.policy is None
    assert any(said in problem.message for problem in reading.problems), reading.problems
