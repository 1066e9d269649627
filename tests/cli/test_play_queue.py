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
