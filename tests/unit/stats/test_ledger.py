"""An offer from the screen into the document, and what is recorded of it."""

from dataclasses import replace

import pytest

from lsp_server.stats.events import (
    Accepted,
    Generated,
    Kept,
    Missed,
    Offer,
    Seen,
    Source,
    Unanswered,
)
from tests.unit.stats.journal import Desk


def kept(desk: Desk) -> list[tuple[str, int, float]]:
    return [
        (each.id, each.look, round(each.share, 3))
        for each in desk.events
        if isinstance(each, Kept)
    ]


def accepted(desk: Desk) -> list[tuple[str, int | None]]:
    return [
        (each.id, each.characters) for each in desk.events if isinstance(each, Accepted)
    ]


def offered(desk: Desk) -> list[tuple[str, int]]:
    return [
        (each.id, each.characters) for each in desk.events if isinstance(each, Offer)
    ]


def test_an_offer_is_counts_language_and_times() -> None:
    desk = Desk("f(‸)", language="rust")
    desk.offer("first,\nsecond")
    assert desk.events == [
        Offer(
            id="1",
            time=1000.0,
            language="rust",
            characters=13,
            lines=2,
            tokens=3,
            milliseconds=12.5,
            source=Source.ENGINE,
            automatic=True,
        )
    ]


def test_no_text_is_no_offer() -> None:
    desk = Desk("f(‸)")
    desk.offer("")
    assert desk.events == []


def test_a_language_is_stored_whatever_the_client_calls_it() -> None:
    desk = Desk("‸", language="\udcff" + "x" * 1000)
    desk.offer("a")
    (offer,) = desk.events
    assert isinstance(offer, Offer)
    assert offer.language == "?" + "x" * 39


@pytest.mark.parametrize("told_first", [True, False])
def test_an_accepted_text_is_looked_at_twice(*, told_first: bool) -> None:
    desk = Desk("x = ‸\n")
    desk.offer("one + two")
    if told_first:
        desk.ledger.accepted("1")
    desk.insert("one + two")
    if not told_first:
        desk.ledger.accepted("1")
    assert accepted(desk) == [("1", 9)]
    assert kept(desk) == []
    desk.edit((0, 0), (0, 0), "# above\n")
    desk.pass_seconds(30)
    assert kept(desk) == [("1", 0, 1.0)]
    desk.edit((1, 7), (1, 13), "")
    desk.pass_seconds(300)
    assert kept(desk) == [("1", 0, 1.0), ("1", 1, round(3 / 7, 3))]
    assert desk.timers == []


def test_what_was_typed_through_is_held_as_far_as_it_was_accepted() -> None:
    desk = Desk("x = ‸\n")
    desk.offer("one + two")
    desk.insert("o")
    desk.insert("ne + two")
    desk.ledger.accepted("1")
    desk.becomes("x = o\n")
    desk.pass_seconds(30)
    assert kept(desk) == [("1", 0, 0.0)]


def test_a_change_before_the_acceptance_is_told_counts() -> None:
    desk = Desk("x = ‸\n")
    desk.offer("one")
    desk.insert("one")
    desk.edit((0, 0), (0, 0), "# above\n")
    desk.ledger.accepted("1")
    desk.pass_seconds(300)
    assert kept(desk) == [("1", 0, 1.0), ("1", 1, 1.0)]


def test_formatting_everything_is_no_change_of_mind() -> None:
    desk = Desk("if x:\n  ‸\n")
    desk.offer("one(a,b)")
    desk.insert("one(a,b)")
    desk.ledger.accepted("1")
    desk.becomes("if x:\n    one(a, b)\n")
    desk.pass_seconds(30)
    assert kept(desk) == [("1", 0, 1.0)]


def test_what_is_typed_along_is_one_offer_and_many_answers() -> None:
    desk = Desk("f(‸)")
    desk.offer("first, second", "1", answer=7)
    for number, key in enumerate("first", 2):
        desk.insert(key)
        desk.offer("first, second"[number - 1 :], f"{number}", answer=7)
    assert offered(desk) == [("1", 13), *((f"{number}", 0) for number in range(2, 7))]
    desk.ledger.accepted("6")
    desk.insert(", second")
    assert accepted(desk) == [("1", 8)]
    desk.pass_seconds(30)
    assert kept(desk) == [("1", 0, 1.0)]


def test_taken_back_and_offered_again_it_is_the_same_offer() -> None:
    desk = Desk("f(‸)")
    desk.offer("first", "1", answer=7)
    desk.insert("f")
    desk.edit((0, 2), (0, 3), "")
    desk.cursor = replace(desk.cursor, column=2)
    desk.offer("first", "2", answer=7)
    desk.insert("first")
    desk.ledger.accepted("2")
    assert offered(desk) == [("1", 5), ("2", 0)]
    assert accepted(desk) == [("1", 5)]


def test_another_answer_is_another_offer_and_so_is_what_follows_one() -> None:
    desk = Desk("f(‸)")
    desk.offer("first", "1", answer=7)
    desk.offer("other", "2", answer=8)
    desk.insert("other")
    desk.ledger.accepted("2")
    desk.offer(", more", "3", answer=8)
    assert offered(desk) == [("1", 5), ("2", 5), ("3", 6)]


@pytest.mark.parametrize(
    ("drawn", "over", "text", "then"),
    [
        pytest.param("x.le‸", 0, "ngth() + 1", "x.length() + 1", id="goes on"),
        pytest.param("x.l‸n", 1, "ength() + 1", "x.length() + 1", id="replaces"),
    ],
)
def test_what_the_menu_completes_is_accepted_as_it_goes_in(
    drawn: str, over: int, text: str, then: str
) -> None:
    desk = Desk(drawn)
    desk.offer(text, over=over)
    desk.edit((0, 2), (0, len(drawn) - 1), then[2:])
    desk.ledger.accepted("1")
    assert accepted(desk) == [("1", len(text))]
    desk.pass_seconds(300)
    assert kept(desk) == [("1", 0, 1.0), ("1", 1, 1.0)]


def test_a_document_that_is_closed_is_observed_no_longer() -> None:
    desk = Desk("x = ‸\n")
    desk.offer("one")
    desk.insert("one")
    desk.ledger.accepted("1")
    desk.pass_seconds(30)
    desk.ledger.closed(desk.document.uri)
    assert kept(desk) == [("1", 0, 1.0)]
    assert all(timer.cancelled for timer in desk.timers)


async def test_the_end_ends_observation_and_closes_the_journal() -> None:
    desk = Desk("x = ‸\n")
    desk.offer("one")
    desk.insert("one")
    desk.ledger.accepted("1")
    desk.pass_seconds(30)
    await desk.ledger.close()
    assert kept(desk) == [("1", 0, 1.0)]
    assert all(timer.cancelled for timer in desk.timers)
    assert desk.journal.closed
    await desk.ledger.close()


def test_one_that_is_accepted_is_no_part_of_another() -> None:
    desk = Desk("f(‸)")
    desk.offer("first", "1")
    desk.insert("f")
    desk.offer("irst", "2")
    desk.insert("irst")
    desk.ledger.accepted("1")
    assert desk.partly() == [("2", 4), ("2", 0)]
    desk.pass_seconds(30)
    assert kept(desk) == [("1", 0, 1.0)]


def test_an_acceptance_that_is_told_twice_is_followed_once() -> None:
    desk = Desk("f(‸)")
    desk.offer("first")
    desk.insert("first")
    desk.ledger.accepted("1")
    desk.ledger.accepted("1")
    assert len(desk.timers) == 2


def test_what_is_followed_is_bounded() -> None:
    desk = Desk("f(‸)")
    for number in range(1000):
        desk.offer("first", f"{number}")
    assert len(desk.ledger._offers) == 64
    for _ in range(300):
        desk.offer("ab", "again")
        desk.insert("ab")
        desk.ledger.accepted("again")
    assert len(desk.timers) == 2 * 200


def test_off_records_nothing_and_forgets_what_was_followed() -> None:
    desk = Desk("f(‸)")
    desk.offer("first, second")
    desk.insert("first, second")
    desk.ledger.accepted("1")
    desk.events.clear()
    desk.ledger.follow(enabled=False)
    assert all(timer.cancelled for timer in desk.timers)
    desk.offer("third", "2")
    desk.insert("third")
    desk.ledger.accepted("2")
    desk.ledger.unanswered(Unanswered.CANCELLED)
    desk.ledger.generated(1, tokens=1, milliseconds=1, source=Source.ENGINE)
    desk.ledger.seen(1, 1)
    desk.ledger.closed(desk.document.uri)
    assert desk.events == []
    desk.ledger.follow(enabled=True)
    desk.offer("fourth", "3")
    assert len(desk.events) == 1


def test_generations_and_requests_without_answers_are_recorded() -> None:
    desk = Desk("‸")
    desk.ledger.generated(
        3, tokens=9, milliseconds=5.5, source=Source.AHEAD, language="go"
    )
    desk.ledger.seen(3, 4)
    desk.ledger.unanswered(Unanswered.SUPERSEDED, "go")
    first, second, missed = desk.events
    assert first == Generated(
        id="3",
        time=1000.0,
        language="go",
        source=Source.AHEAD,
        tokens=9,
        shown=0,
        milliseconds=5.5,
    )
    assert second == Seen("3", 4)
    assert missed == Missed(time=1000.0, language="go", why=Unanswered.SUPERSEDED)
