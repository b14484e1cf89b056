"""People with accounts at the server, and what they do there."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import ClientSession

POSTS: Final = "app.bsky.feed.post"
_NUMBERS: Final = itertools.count(1)

Json = dict[str, Any]


class Refused(AssertionError):
    """The server said no."""


@dataclass(slots=True)
class Person:
    """One account."""

    http: ClientSession
    url: str
    did: str
    handle: str
    password: str
    token: str

    @classmethod
    async def joins(cls, http: ClientSession, url: str, name: str) -> Person:
        """A new account; its handle begins with `name`."""
        password = secrets.token_hex(8)
        handle = f"{name}{next(_NUMBERS)}{secrets.token_hex(3)}.test"
        body = {"handle": handle, "email": f"{handle}@mail.example", "password": password}
        said = await _call(http, url, "com.atproto.server.createAccount", body)
        return cls(http, url, said["did"], handle, password, said["accessJwt"])

    async def post(
        self,
        text: str,
        *,
        to: Mapping[str, Any] | None = None,
        root: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Json:
        """A post: its uri and cid. `to` is the post it answers, `root` the first of the talk where that is another."""
        record: Json = {
            "$type": POSTS,
            "text": text,
            "createdAt": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "langs": ["en"],
            **more,
        }
        if to is not None:
            record["reply"] = {"root": _ref(root or to), "parent": _ref(to)}
        return await self.creates(POSTS, record)

    async def names(self, other: Person, text: str) -> Json:
        """A post that begins with another's handle, linked."""
        head = f"@{other.handle}"
        feature = {"$type": "app.bsky.richtext.facet#mention", "did": other.did}
        facet = {"index": {"byteStart": 0, "byteEnd": len(head)}, "features": [feature]}
        return await self.post(f"{head} {text}", facets=[facet])

    async def creates(self, collection: str, record: Mapping[str, Any], rkey: str | None = None) -> Json:
        body: Json = {"repo": self.did, "collection": collection, "record": dict(record)}
        if rkey is not None:
            body["rkey"] = rkey
        return await self._call("com.atproto.repo.createRecord", body)

    async def rewrites(self, post: Mapping[str, Any], text: str) -> Json:
        known = await self.record(post["uri"])
        assert known is not None
        body = {"repo": self.did, "collection": POSTS, "rkey": _rkey(post), "record": {**known, "text": text}}
        return await self._call("com.atproto.repo.putRecord", body)

    async def deletes(self, post: Mapping[str, Any]) -> None:
        body = {"repo": self.did, "collection": POSTS, "rkey": _rkey(post)}
        await self._call("com.atproto.repo.deleteRecord", body)

    async def reposts(self, post: Mapping[str, Any]) -> Json:
        at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        record = {"$type": "app.bsky.feed.repost", "subject": _ref(post), "createdAt": at}
        return await self.creates("app.bsky.feed.repost", record)

    async def limits(self, post: Mapping[str, Any], allow: list[Json]) -> None:
        """Who may answer in the talk that this post begins."""
        at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        gate = {"$type": "app.bsky.feed.threadgate", "post": post["uri"], "allow": allow, "createdAt": at}
        await self.creates("app.bsky.feed.threadgate", gate, _rkey(post))

    async def app_password(self, name: str = "desk") -> str:
        said = await self._call("com.atproto.server.createAppPassword", {"name": name})
        return str(said["password"])

    async def revokes(self, name: str = "desk") -> None:
        await self._call("com.atproto.server.revokeAppPassword", {"name": name})

    async def posts(self) -> list[Json]:
        """Everything this account wrote, as the public sees it, newest first."""
        query = {"repo": self.did, "collection": POSTS, "limit": "100"}
        url = f"{self.url}/xrpc/com.atproto.repo.listRecords"
        async with self.http.get(url, params=query) as response:
            said = await response.json()
        found: list[Json] = said["records"]
        return found

    async def record(self, uri: str) -> Json | None:
        did, collection, rkey = uri.removeprefix("at://").split("/")
        query = {"repo": did, "collection": collection, "rkey": rkey}
        async with self.http.get(f"{self.url}/xrpc/com.atproto.repo.getRecord", params=query) as response:
            said = await response.json()
        found: Json | None = said.get("value")
        return found

    async def _call(self, method: str, body: Mapping[str, Any]) -> Json:
        return await _call(self.http, self.url, method, body, self.token)


async def _call(http: ClientSession, url: str, method: str, body: Mapping[str, Any], token: str = "") -> Json:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with http.post(f"{url}/xrpc/{method}", json=dict(body), headers=headers) as response:
        text = await response.text()
        if response.status != 200:
            raise Refused(f"{method}: {response.status} {text}")
        said: Json = await response.json() if text else {}
    return said


def _ref(post: Mapping[str, Any]) -> Json:
    return {"uri": post["uri"], "cid": post["cid"]}


def _rkey(post: Mapping[str, Any]) -> str:
    return str(post["uri"]).rpartition("/")[2]
