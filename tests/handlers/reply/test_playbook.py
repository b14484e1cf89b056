"""Suggested answers, and secrets that must not be copied or published."""

from __future__ import annotations

from pathlib import Path

from bot.domain.parts import Priority
from bot.policy.load import parse
from bot.policy.model import PlaybookAnswer
from bot.ports import Origin
from storage.sql.erasing import erase_customer
from tests.desk import text_of, words_on
from tests.handlers.reply.square import a_square, policy_with
from tests.handlers.reply.test_approval import written

LATE = PlaybookAnswer(
    name="late-parcel",
    title="A parcel that is late",
    text={"en": "Sorry, {name}! Tell us {case}, {me} at {company}.", "es": "¡Perdón, {name}!"},
    departments=("support",),
    words=("parcel", "paquete"),
)
PRICES = PlaybookAnswer(name="prices", title="Prices", text={"en": "See our shop."}, words=("price",))
ANY = PlaybookAnswer(name="hello", title="Hello", text={"en": "Hello {author}!"})


async def test_the_best_answers_are_suggested_and_begin_the_draft(tmp_path: Path) -> None:
    policy = policy_with(alone=tuple(Priority), answers=(ANY, PRICES, LATE))
    async with a_square(tmp_path, policy=policy) as (desk, square):
        case = await desk.mention(handle="@marta_k", name="Marta Kovač", lang="en")
        await desk.hears(f"claim {case}", from_="ben")
        card = await desk.hears(f"reply {case}", from_="ben")
        uses = [words for words in words_on(card) if words.startswith("use ")]
        assert uses == [f"use {case} late-parcel", f"use {case} hello"]
        shown = await desk.says(f"use {case} late-parcel", from_="ben")
        assert f"Sorry, Marta! Tell us {case}, Ben at Kettle & Co." in shown
        await desk.passes(minutes=1)
        assert square.tried == []
        assert "no answer called nothing" in await desk.says(f"use {case} nothing", from_="ben")


async def test_the_posts_own_language_comes_first(tmp_path: Path) -> None:
    async with a_square(tmp_path, policy=policy_with(answers=(LATE,))) as (desk, _):
        case = await desk.mention("Mi paquete no llega", handle="marta", lang="es-MX")
        await desk.hears(f"assign {case} ben", from_="ana")
        await desk.hears(f"claim {case}", from_="ben")
        assert "¡Perdón, marta!" in await desk.says(f"use {case} late-parcel", from_="ben")


def test_the_policy_is_checked() -> None:
    text = (Path(__file__).parents[2] / "policy.toml").read_text(encoding="utf-8")
    good = '[[answers]]\nname = "hello"\ntitle = "Hello"\ntext = { en = "Hi {author}" }\ndepartments = ["support"]\n'
    reading = parse(text + good)
    assert reading.policy is not None, reading.problems
    assert reading.policy.answers[0].text == {"en": "Hi {author}"}
    for wrong, said in (
        (good.replace("{author}", "{autor}"), "{author}"),
        (good.replace('"support"', '"suport"'), "support"),
        (good.replace("hello", "Hello there"), "small letters"),
        (good + good, "twice"),
        (good.replace("text =", "texts ="), "text is missing"),
    ):
        refused = parse(text + wrong)
        assert refused.policy is None, wrong
        assert any(said in str(problem) for problem in refused.problems), (wrong, refused.problems)


def test_who_approves_is_checked() -> None:
    text = (Path(__file__).parents[2] / "policy.toml").read_text(encoding="utf-8")
    publish = 'publish = { alone = ["P4"], topics = { legal = "legal", pricing = "nobody" } }\n'
    wrong = parse(text.replace('sources = ["x"]\n', f'sources = ["x"]\n{publish}'))
    assert wrong.policy is None
    assert any("nobody" in str(problem) for problem in wrong.problems)
    right = parse(
        text.replace('sources = ["x"]\n', f'sources = ["x"]\n{publish}').replace('"nobody"', '"lead"')
    )
    assert right.policy is not None, right.problems
    assert right.policy.communities["x-kettle"].publish.topics == {"legal": "legal", "pricing": "lead"}


async def test_secrets_are_masked_in_chat_and_a_reply_that_holds_one_warns(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, _):
        secret = "My parcel never came, charge 4111 1111 1111 1111 back"
        case = await written(desk, text=secret)
        seen = [text_of(card) for card in (*await desk.channel("support"), *await desk.direct("ben"))]
        looks = (f"show {case}", "list open", "search parcel", "home", f"reply {case}")
        seen += [await desk.says(words, from_="ben") for words in looks]
        assert not any("4111" in said for said in seen)
        assert any("[card number hidden]" in said for said in seen)
        async with desk.desk.store.work(Origin()) as work:
            assert (await work.mentions.of(case, limit=1))[0].text == secret
        shown = await desk.says(f"reply {case} We saw 4111 1111 1111 1111.", from_="ben")
        assert "The reply holds a card number: everybody would read it." in shown


async def test_erasing_the_customer_erases_what_we_were_about_to_say(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, square):
        case = await written(desk, "Sorry about Elm Street 5, Marta.")
        await desk.hears(f"publish {case}", from_="ben")
        await erase_customer(desk.desk.store, "x", "marta", by=desk.person("ira").id)
        await desk.passes(seconds=30)
        assert square.tried == []
        assert (await desk.case(case)).reply is None
        assert "Elm Street" not in await desk.says(f"show {case}", from_="ben")
