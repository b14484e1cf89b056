"""What is exported: all of a case and nothing of its neighbours."""

from __future__ import annotations

from bot.domain.mention import Author
from storage.sql.export import Dossier, Wanted, dossiers
from storage.sql.store import SqlStore
from tests.desk import MONDAY
from tests.storage.kit import a_case, file, incoming, minutes, runs, save


async def found(store: SqlStore, wanted: Wanted) -> list[Dossier]:
    return await store.reader.once(lambda c: list(dossiers(c, wanted)))


async def test_messages_of_this_case_only(store: SqlStore) -> None:
    await save(store, a_case(7), a_case(71))
    for number, key in enumerate(
        ("card:7@web:a", "note:7:2@web:a", "card:71@web:a", "page:7:1:1", "digest:7@x")
    ):
        await runs(
            store,
            "INSERT INTO messages (key, nonce, state, place, shown, begun_at) VALUES (:k, :n, 'sent', 'web:a', '', 0)",
            k=key,
            n=str(number),
        )
    (seven,) = await found(store, Wanted(case=7))
    assert [message.key for message in seven.messages] == ["card:7@web:a", "note:7:2@web:a", "page:7:1:1"]


async def test_a_customer_by_handle_with_posts_that_have_no_case(store: SqlStore) -> None:
    await file(store, a_case(7), incoming("m1", handle="@ÉVA"))
    await file(store, a_case(8), incoming("m2", handle="eva"))
    await store.intake.append([incoming("m3", handle="éva"), incoming("m4", handle="éva", source="bluesky")])
    filed, unfiled = await found(store, Wanted(handle=("x", "Éva")))
    assert filed.case is not None and filed.case.id == 7
    assert unfiled.case is None
    assert [mention.external_id for mention in unfiled.mentions] == ["m3"]
    assert filed.mentions[0].author == Author(handle="@ÉVA")


async def test_earlier_texts(store: SqlStore) -> None:
    await file(store, a_case(7), incoming("m1"))
    await store.intake.append([incoming("m1", text="new words", edited_at=MONDAY + minutes(5))])
    (seven,) = await found(store, Wanted(case=7))
    assert [(revision.text, revision.shown) for revision in seven.revisions] == [("new words", False)]
    assert await found(store, Wanted(case=9)) == []
