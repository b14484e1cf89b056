"""What stands out in what people say, and what never does."""

from __future__ import annotations

from bot.domain.digests.topics import Talk, listen, topics


def heard(*texts: str, times: int = 1, first: int = 0) -> Talk:
    """Each text said by `times` people."""
    posts = [
        (f"x:p{first + i * 1000 + n}", f"p{first + i * 1000 + n}", text)
        for i, text in enumerate(texts)
        for n in range(times)
    ]
    return listen(posts, languages=("en", "es"), hidden=("Kettle & Co", "kettleco"))


def phrases(now: Talk, then: Talk) -> list[str]:
    return [topic.phrase for topic in topics(now, then, most=5)]


USUAL = [f"My parcel number {n} is somewhere between here and {n}ville." for n in range(60)]


def test_a_phrase_that_many_say_now_and_nobody_said_before() -> None:
    now = heard(*USUAL, *(f"Error 503 at the checkout, try {n}" for n in range(12)))
    (first, *_) = topics(now, heard(*USUAL), most=5)
    assert (first.phrase, first.now, first.then) == ("error 503", 12, 0)


def test_what_is_said_as_often_as_ever_is_no_topic() -> None:
    assert phrases(heard(*USUAL), heard(*USUAL)) == []


def test_one_person_who_repeats_themselves_is_no_crowd() -> None:
    loud = [("x:loud", "loud", "Boycott boycott boycott")] * 50
    quiet = [(f"x:{n}", f"{n}", text) for n, text in enumerate(USUAL)]
    now = listen([*quiet, *loud], languages=("en",))
    assert "boycott" not in phrases(now, heard(*USUAL))


def test_names_of_people_and_of_the_company_and_links_are_no_topics() -> None:
    posts = [
        (
            f"x:{n}",
            f"marta_k{n}\nMarta Kowalska",
            "@kettleco @bob_smith kettleco Marta Kowalska https://t.example/x1 a@b.example",
        )
        for n in range(30)
    ]
    said = phrases(listen(posts, languages=("en",), hidden=("kettleco",)), heard(*USUAL))
    assert not {"kettleco", "bob_smith", "bob smith", "marta kowalska"} & set(said)
    assert not any("http" in each or "example" in each or "@" in each for each in said)


def test_small_words_say_nothing_but_stay_inside_a_phrase() -> None:
    now = heard(*USUAL, *(f"still on hold, call {n}" for n in range(12)))
    assert phrases(now, heard(*USUAL))[0] == "on hold"


def test_forms_and_parts_of_one_thing_are_told_once() -> None:
    texts = [*(["cancelled flight"] * 9), *(["flights cancelled"] * 9), *(["flight cancellation"] * 9)]
    now = heard(*USUAL, *(f"{text} {n}" for n, text in enumerate(texts)))
    said = phrases(now, heard(*USUAL))
    assert len([each for each in said if "flight" in each]) <= 1
    assert len([each for each in said if "cancel" in each]) <= 1


def test_another_language_of_the_company() -> None:
    now = heard(*USUAL, *(f"la entrega no llega {n}" for n in range(12)))
    assert "entrega" in phrases(now, heard(*USUAL))[0]
    assert "la" not in phrases(now, heard(*USUAL))


def test_with_nothing_before_the_most_said_is_told() -> None:
    now = heard(*(f"Recall of the kettle model {n}" for n in range(12)), *USUAL)
    assert any("kettle model" in each for each in phrases(now, Talk()))


def test_few_voices_make_no_topic() -> None:
    assert phrases(heard("glass in the bread", times=3), heard(*USUAL)) == []
    assert phrases(Talk(), Talk()) == []


def test_a_sample_stands_for_the_whole_and_says_so() -> None:
    posts = [(f"x:{n}", "", "checkout broken") for n in range(20)]
    now = listen(posts, languages=("en",), each_stands_for=10)
    (topic,) = topics(now, heard(*USUAL), most=1)
    assert (topic.now, topic.about) == (200, True)
