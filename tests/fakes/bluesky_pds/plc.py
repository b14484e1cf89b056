"""A directory of DIDs as plc.directory is one, for accounts of a server on this machine: in memory, unsigned but named
after what they hold, as there."""

from __future__ import annotations

import base64
import hashlib
import sys
from typing import Any, Final

from aiohttp import web
from libipld import encode_dag_cbor

Json = dict[str, Any]
LOG: Final = web.AppKey("log", dict[str, list[Json]])


def did_of(first: Json) -> str:
    """The DID that a first operation makes: the head of its own hash."""
    digest = hashlib.sha256(encode_dag_cbor(first)).digest()
    return "did:plc:" + base64.b32encode(digest).decode().lower()[:24]


async def put(request: web.Request) -> web.Response:
    did, operation = request.match_info["did"], await request.json()
    known = request.app[LOG].setdefault(did, [])
    if "sig" not in operation:
        raise web.HTTPBadRequest(text="not signed")
    if not known and (operation.get("prev") is not None or did_of(operation) != did):
        raise web.HTTPBadRequest(text="not the DID of this operation")
    if known and operation.get("prev") is None:
        raise web.HTTPBadRequest(text="there is an earlier operation")
    known.append(operation)
    return web.Response()


async def document(request: web.Request) -> web.Response:
    did, last = request.match_info["did"], _last(request)
    key = last["verificationMethods"]["atproto"].removeprefix("did:key:")
    service = last["services"]["atproto_pds"]
    return web.json_response(
        {
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
            "id": did,
            "alsoKnownAs": last["alsoKnownAs"],
            "verificationMethod": [
                {"id": f"{did}#atproto", "type": "Multikey", "controller": did, "publicKeyMultibase": key}
            ],
            "service": [
                {"id": "#atproto_pds", "type": service["type"], "serviceEndpoint": service["endpoint"]}
            ],
        },
        content_type="application/did+ld+json",
    )


async def data(request: web.Request) -> web.Response:
    last = _last(request)
    wanted = ("verificationMethods", "rotationKeys", "alsoKnownAs", "services")
    return web.json_response({"did": request.match_info["did"], **{key: last[key] for key in wanted}})


async def newest(request: web.Request) -> web.Response:
    return web.json_response(_last(request))


def _last(request: web.Request) -> Json:
    known = request.app[LOG].get(request.match_info["did"])
    if not known:
        raise web.HTTPNotFound(text="DID not registered")
    if known[-1]["type"] == "plc_tombstone":
        raise web.HTTPGone(text="DID not available")
    return known[-1]


def directory() -> web.Application:
    app = web.Application()
    app[LOG] = {}
    app.add_routes(
        [
            web.post("/{did}", put),
            web.get("/{did}", document),
            web.get("/{did}/data", data),
            web.get("/{did}/log/last", newest),
        ]
    )
    return app


if __name__ == "__main__":
    web.run_app(directory(), host="127.0.0.1", port=int(sys.argv[1]), print=lambda _: None)
