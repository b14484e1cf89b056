"""The demo's own little network: a page where the public's posts stand, and where anyone may write one.

It is a real sender: every post travels to the desk as a signed `POST /mentions`, like any vendor's.
"""

from __future__ import annotations

import html
import json
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

import aiohttp
from aiohttp import web
from standardwebhooks import Webhook

SECRET: Final = "whsec_ZGVtby1vbmx5LW5vdC1hLXNlY3JldC1hdC1hbGw="
"""Signs posts on this machine's own loopback address; it protects nothing."""

_NEWEST: Final = 60
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
    "article{border:1px solid #8884;border-radius:.6rem;padding:.8rem 1rem;margin:.8rem 0}"
    "small{opacity:.7}textarea,input{width:100%;font:inherit;box-sizing:border-box;margin:.2rem 0 .6rem}"
    "p{white-space:pre-wrap;overflow-wrap:anywhere;margin:.3rem 0}button{font:inherit;padding:.3rem 1rem}"
)


class Network:
    """Keeps what was posted, shows it, and sends it to the desk."""

    def __init__(self) -> None:
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._posts: dict[str, Mapping[str, Any]] = {}
        self._session: aiohttp.ClientSession | None = None
        self.desk = ""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/network", self._feed),
            web.get("/network/{id}", self._one),
            web.post("/network", self._write),
            web.post("/network/{id}", self._rewrite),
        ]

    async def post(self, mention: Mapping[str, Any]) -> None:
        """The post appears here, and the desk hears of it. Raises when the desk does not accept it."""
        mention = {**mention, "url": f"{self.desk}/network/{mention['id']}"}
        self._posts[str(mention["id"])] = mention
        body = json.dumps(mention, ensure_ascii=False)
        sent, number = datetime.now(UTC), f"msg_{uuid.uuid4().hex}"
        headers = {
            "content-type": "application/json",
            "webhook-id": number,
            "webhook-timestamp": str(int(sent.timestamp())),
            "webhook-signature": Webhook(SECRET).sign(number, sent, body),
        }
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with self._session.post(f"{self.desk}/mentions", data=body.encode(), headers=headers) as answer:
            if answer.status not in (202, 400):
                answer.raise_for_status()

    def has(self, post: str) -> bool:
        return post in self._posts

    async def answer(self, key: str, post: str, account: str, source: str, text: str) -> str:
        """One of the company's accounts answers below that post, once per key; where that stands. The desk hears of it
        as of any post."""
        if key not in self._posts:
            await self.post(
                {
                    "source": source,
                    "id": key,
                    "created_at": self.now().isoformat(),
                    "author": {"handle": account.removeprefix("@"), "name": "Thistlecart"},
                    "text": text,
                    "in_reply_to": post,
                    "thread": str(self._posts[post].get("thread") or post),
                }
            )
        return f"{self.desk}/network/{quote(post, safe='')}"

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _feed(self, request: web.Request) -> web.Response:
        posts = "".join(_article(post) for post in list(self._posts.values())[: -_NEWEST - 1 : -1])
        form = (
            '<form method="post" action="/network"><label>Your name<input name="handle" required maxlength="60" '
            'value="curious_visitor"></label><label>Your post<textarea name="text" rows="3" required maxlength="2000">'
            "</textarea></label><button>Post it</button></form>"
        )
        return _page("The public square", f"<h1>The public square</h1>{form}{posts}")

    async def _one(self, request: web.Request) -> web.Response:
        post = self._posts.get(request.match_info["id"])
        if post is None:
            raise web.HTTPNotFound(text="There is no such post.")
        words = html.escape(str(post["text"]))
        form = (
            f'<form method="post"><label>Its author changes it<textarea name="text" rows="3" required '
            f'maxlength="2000">{words}</textarea></label><button>Change it</button></form>'
        )
        below = "".join(
            _article(each) for each in self._posts.values() if each.get("in_reply_to") == post["id"]
        )
        return _page("One post", f'{_article(post)}{below}{form}<p><a href="/network">All posts</a></p>')

    async def _write(self, request: web.Request) -> web.Response:
        form = await request.post()
        text, handle = str(form.get("text", "")).strip(), str(form.get("handle", "")).strip()
        if not text or not handle:
            raise web.HTTPBadRequest(text="Write a name and a post.")
        await self.post(
            {
                "source": "square",
                "id": f"square-{uuid.uuid4().hex[:10]}",
                "created_at": self.now().isoformat(),
                "author": {"handle": handle},
                "text": text,
            }
        )
        raise web.HTTPSeeOther("/network")

    async def _rewrite(self, request: web.Request) -> web.Response:
        post, text = (
            self._posts.get(request.match_info["id"]),
            str((await request.post()).get("text", "")).strip(),
        )
        if post is None:
            raise web.HTTPNotFound(text="There is no such post.")
        if not text:
            raise web.HTTPBadRequest(text="Write what it says now.")
        await self.post({**post, "text": text, "edited_at": self.now().isoformat()})
        raise web.HTTPSeeOther(f"/network/{quote(str(post['id']), safe='')}")


def _article(post: Mapping[str, Any]) -> str:
    author = post.get("author")
    handle = author.get("handle", "") if isinstance(author, Mapping) else str(author)
    head = f"<b>@{html.escape(str(handle))}</b> <small>{html.escape(str(post.get('source', '')))} · "
    when, edited = html.escape(str(post["created_at"])), ", edited" if post.get("edited_at") else ""
    link = f'<a href="/network/{quote(str(post["id"]), safe="")}">{when}</a>'
    above = quote(str(post.get("in_reply_to") or ""), safe="")
    answers = f' <small>in answer to <a href="/network/{above}">a post</a></small>' if above else ""
    words = html.escape(str(post["text"]))
    return f"<article>{head}{link}{edited}</small>{answers}<p>{words}</p></article>"


def _page(title: str, body: str) -> web.Response:
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style><body>{body}"
    )
    policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
    return web.Response(text=page, content_type="text/html", headers={"Content-Security-Policy": policy})
