"""Handles without an AppView: anybody may claim any, so only one that leads back to its owner is shown."""

from __future__ import annotations

from adapters.sources.bluesky.people import People
from adapters.sources.bluesky.xrpc import Xrpc
from tests.adapters.sources.bluesky.conftest import Joins
from tests.adapters.sources.bluesky.kit import Ear
from tests.fakes.bluesky_pds import Pds
from tests.fakes.bluesky_pds.plc import did_of


async def test_who_claims_our_handle_is_shown_by_did(server: Pds, joins: Joins, ear: Ear) -> None:
    us, eve = await joins("kettle"), await joins("eve")
    xrpc = Xrpc(ear.http, server.url, ear.store.clock)
    async with ear.http.get(f"{server.plc}/{eve.did}/log/last") as response:
        claim = {**await response.json(), "alsoKnownAs": [f"at://{us.handle}"]}
    impostor = did_of(claim)
    async with ear.http.post(f"{server.plc}/{impostor}", json=claim) as response:
        assert response.status == 200
    people = People(appview=None, server=xrpc, plc=server.plc)
    strange = ("did:web:kettle.example", "did:plc:short", "", "did:plc:" + "\ud800" * 24)
    found = await people.of([us.did, impostor, "did:plc:" + "b" * 24, *strange])
    handles = {did: profile.handle for did, profile in found.items()}
    assert handles.pop(us.did) == us.handle
    assert all(did == handle for did, handle in handles.items()) and len(handles) == 6


async def test_a_directory_that_is_away_costs_nobody_a_post(ear: Ear) -> None:
    xrpc = Xrpc(ear.http, "http://127.0.0.1:9", ear.store.clock)
    people = People(appview=xrpc, server=xrpc, plc="http://127.0.0.1:9")
    did = "did:plc:" + "a" * 24
    assert (await people.of([did]))[did].handle == did
