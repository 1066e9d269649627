"""The order of playback: shuffle, loop, next and previous."""

import random

import pytest

from soundcloud.cli.player.queue import PlayQueue


def walk(queue, *outcomes, **settings):
    return [queue.current if queue.advance(outcome, **settings) else None for outcome in outcomes]


@pytest.mark.parametrize(
    ("loop", "outcomes", "expected"),
    [
        ("off", ["ended", "next", "ended"], ["b", "c", None]),
        ("off", ["previous", "next", "previous", "quit"], ["a", "b", "a", None]),
        ("all", ["ended", "ended", "ended", "next"], ["b", "c", "a", "b"]),
        ("one", ["ended", "ended", "next", "ended", "quit"], ["a", "a", "b", "b", None]),
    ],
)
def test_order(loop, outcomes, expected):
    assert walk(PlayQueue("abc", loop=loop), *outcomes) == expected


def test_failed_track_is_not_repeated():
    assert walk(PlayQueue("ab", loop="one"), "ended", failed=True) == ["b"]


def test_shuffle_plays_each_item_once_per_round():
    queue = PlayQueue(range(20), shuffle=True, loop="all", chance=random.Random(1))
    order = [queue.current, *walk(queue, *["ended"] * 39)]

    assert sorted(order[:20]) == sorted(order[20:]) == list(range(20))
    assert order[:20] != list(range(20))
    assert order[:20] != order[20:]


def test_items_are_read_when_needed():
    read = []
    queue = PlayQueue(read.append(number) or number for number in range(120))

    assert (len(queue), queue.is_complete) == (50, False)
    assert walk(queue, *["next"] * 49)[-1] == 49
    assert len(read) == 50
    assert walk(queue, "next") == [50]
    assert len(read) == 100
    assert walk(queue, *["next"] * 70) == [*range(51, 120), None]
    assert queue.is_complete


def test_next_item():
    queue = PlayQueue("ab")

    assert queue.peek() == "b"
    queue.loop = "one"
    assert queue.peek() == "a"
    queue.loop = "off"
    queue.advance("next")
    assert queue.peek() is None


def test_shuffle_can_be_switched():
    queue = PlayQueue(range(30), chance=random.Random(1))
    walk(queue, *["next"] * 9)
    queue.toggle_shuffle()

    assert queue.current == 9
    assert queue.upcoming != list(range(10, 30))
    assert sorted(queue.upcoming) == list(range(10, 30))
    queue.advance("next")
    current = queue.current
    queue.toggle_shuffle()
    assert queue.current == current
    assert queue.upcoming == list(range(current + 1, 30))


def test_loop_can_be_switched():
    queue = PlayQueue("a")
    seen = [queue.cycle_loop() or queue.loop for _ in range(3)]

    assert seen == ["all", "one", "off"]


def test_empty_queue():
    queue = PlayQueue("")

    assert not queue
    assert queue.peek() is None
