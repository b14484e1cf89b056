"""A web server with feeds on it: RSS, Atom and Google Alerts as they are, ETags honoured, redirects, 410."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import quote
from xml.sax.saxutils import escape

from aiohttp import web

from tests.fakes.far_end import FarEnd


@dataclass
class Entry:
    id: str
    title: str
    text: str = ""
    at: datetime | None = None
    link: str = ""
    author: str = ""
    updated: datetime | None = None


@dataclass
class FakeFeeds(FarEnd):
    """`entries` by path, the newest first; `elsewhere` are redirects (status, to), `answers` whole bodies, `statuses`
    what else is answered. `unchanged` counts how often nothing had to be sent."""

    entries: dict[str, list[Entry]] = field(default_factory=dict)
    elsewhere: dict[str, tuple[int, str]] = field(default_factory=dict)
    answers: dict[str, bytes] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    validates: bool = True
    unchanged: int = 0

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/{path:.*}", self._feed)]

    async def _feed(self, request: web.Request) -> web.Response:
        path = request.path
        if "baton" not in request.headers.get("User-Agent", ""):
            return self.against("a reader says who it is")
        if path in self.elsewhere:
            status, to = self.elsewhere[path]
            return web.Response(status=status, headers={"Location": to})
        if path in self.statuses:
            return web.Response(status=self.statuses[path])
        if path in self.answers:
            headers = {"ETag": '"as-it-is"'}
            return web.Response(body=self.answers[path], content_type="application/xml", headers=headers)
        if path not in self.entries:
            return self.against(f"no feed at {path}", 404)
        body = self._body(path).encode()
        tag = f'W/"{sha256(body).hexdigest()[:16]}"'
        if self.validates and request.headers.get("If-None-Match") == tag:
            self.unchanged += 1
            return web.Response(status=304)
        headers = {"ETag": tag} if self.validates else {}
        return web.Response(body=body, content_type="application/xml", headers=headers)

    def _body(self, path: str) -> str:
        if path.startswith("/alerts"):
            return _alerts(self.entries[path])
        return _atom(self.entries[path]) if path.endswith(".atom") else _rss(self.entries[path])


def _rss(entries: list[Entry]) -> str:
    items = "".join(
        f"<item><title>{escape(one.title)}</title>"
        + (f"<guid isPermaLink='false'>{escape(one.id)}</guid>" if one.id else "")
        + (f"<link>{escape(one.link)}</link>" if one.link else "")
        + (f"<pubDate>{format_datetime(one.at)}</pubDate>" if one.at else "")
        + (f"<dc:creator><![CDATA[{one.author}]]></dc:creator>" if one.author else "")
        + f"<description><![CDATA[{one.text}]]></description></item>"
        for one in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<channel><title>The Kettle Blog</title><language>en-GB</language><link>https://blog.example</link>"
        f"<description>x</description>{items}</channel></rss>"
    )


def _atom(entries: list[Entry]) -> str:
    items = "".join(
        f'<entry><id>{escape(one.id)}</id><title type="html">{escape(escape(one.title))}</title>'
        f'<link rel="alternate" href="{escape(one.link)}"/>'
        + (f"<published>{one.at.isoformat()}</published>" if one.at else "")
        + (f"<updated>{one.updated.isoformat()}</updated>" if one.updated else "")
        + f'<author><name>{escape(one.author)}</name></author><content type="html">{escape(one.text)}</content></entry>'
        for one in entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de">'
        f"<title>Nachrichten</title><id>urn:x</id>{items}</feed>"
    )


def _alerts(entries: list[Entry]) -> str:
    """As https://www.google.com/alerts/feeds/… answers."""
    items = "".join(
        f"<entry><id>tag:google.com,2013:googlealerts/feed:{one.id}</id>"
        f'<title type="html">{escape(one.title)}</title>'
        f'<link href="https://www.google.com/url?rct=j&amp;sa=t&amp;url={quote(one.link, safe="")}&amp;ct=ga&amp;usg=A"/>'
        + (
            f"<published>{one.at.isoformat()}</published><updated>{one.at.isoformat()}</updated>"
            if one.at
            else ""
        )
        + f'<content type="html">{escape(one.text)}</content><author><name></name></author></entry>'
        for one in entries
    )
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:idx="urn:atom-extension:indexing">'
        f"<id>tag:google.com,2005:reader/user/1</id><title>Google Alert - kettle</title>{items}</feed>"
    )
