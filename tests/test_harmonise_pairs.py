"""Organisation resolution on labelled pairs of real names: the figures may only rise."""

from __future__ import annotations

import pytest

from tests.score_organisations import pairs, score


@pytest.mark.parametrize("heldout", [False, True], ids=["open", "held out"])
def test_precision_and_recall(heldout: bool) -> None:
    result = score(pairs(heldout=heldout))
    assert result.precision >= 0.97, result.wrong
    assert result.recall >= 0.97, result.wrong


def test_there_are_enough_pairs_and_a_third_is_held_out() -> None:
    work, kept = pairs(heldout=False), pairs(heldout=True)
    assert len(work) + len(kept) >= 250
    assert 0.28 <= len(kept) / (len(work) + len(kept)) <= 0.4
    assert all(0.3 <= sum(pair["same"] for pair in part) / len(part) <= 0.7 for part in (work, kept))


def test_no_pair_stands_twice() -> None:
    everything = pairs(heldout=False) + pairs(heldout=True)
    sides = [sorted([(pair["a"], pair["a_town"]), (pair["b"], pair["b_town"])]) for pair in everything]
    assert len(sides) == len({tuple(side) for side in sides})
