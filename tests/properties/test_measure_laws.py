"""The algebra: panes are a commutative group, tallies a commutative monoid, the ledger a semilattice."""

from __future__ import annotations

from copy import deepcopy
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import START, mention

from agents.measuring.contributions import Names, pack, post_of
from agents.measuring.ledger import Ledger
from agents.measuring.novelty import SHARE, Cluster, share
from agents.measuring.panes import Pane, part_of
from agents.measuring.tally import CompanyTally, Tally
from schemas.judged import LABELS, ROLES

NAMES = Names()
CLUSTERS = [None, Cluster(), Cluster()]
for _cluster in CLUSTERS[1:]:
    for _copy in range(3):
        assert _cluster is not None
        _cluster.enter(bytes([_copy]))

bodies = st.builds(
    lambda post, version, label, score, role, author, scored: pack(
        mention(
            f"twitter:{post}", at=START, version=version, label=label, score=score, role=role, author=author,
            scored=scored,
        ),
        "orange",
        NAMES,
    ),
    st.integers(0, 5), st.integers(1, 3), st.sampled_from(LABELS), st.integers(-10_000, 10_000),
    st.sampled_from(ROLES), st.sampled_from([None, "a1", "b2", "c3"]), st.booleans(),
)  # fmt: skip
placed = st.lists(st.tuples(bodies, st.sampled_from(CLUSTERS)), max_size=12)


def pane(contents: list[tuple[bytes, Cluster | None]]) -> Pane:
    made = Pane()
    for body, cluster in contents:
        made.add(part_of(body), cluster)
    return made


def merged(*panes: Pane) -> Pane:
    whole = Pane()
    for part in panes:
        whole.merge(part)
    return whole


def content(of: Pane) -> tuple[object, ...]:
    def raw(one: object) -> tuple[int, ...]:
        return tuple(getattr(one, name) for name in ("n", "c", "c2", "cs", "css"))

    clusters = {id(cluster): raw(part) for cluster, part in of.weights.clusters.items()}
    return of.profiles, of.authors, raw(of.weights.lone), clusters, of.weights.sums()


@given(placed, placed, placed)
def test_merging_is_associative_and_commutative(
    a: list[tuple[bytes, Cluster | None]],
    b: list[tuple[bytes, Cluster | None]],
    c: list[tuple[bytes, Cluster | None]],
) -> None:
    left = merged(merged(pane(a), pane(b)), pane(c))
    assert content(left) == content(merged(pane(a), merged(pane(b), pane(c))))
    assert content(left) == content(merged(pane(c), pane(b), pane(a)))
    assert content(left) == content(pane([*c, *a, *b]))


@given(placed)
def test_the_empty_pane_changes_nothing(a: list[tuple[bytes, Cluster | None]]) -> None:
    assert content(merged(pane(a), Pane())) == content(merged(Pane(), pane(a))) == content(pane(a))


@given(placed, placed, st.randoms(use_true_random=False))
def test_removal_undoes_addition_in_any_order(
    a: list[tuple[bytes, Cluster | None]], b: list[tuple[bytes, Cluster | None]], rng: Random
) -> None:
    both = pane([*a, *b])
    rng.shuffle(a)
    for body, cluster in a:
        both.remove(part_of(body), cluster)
    assert content(both) == content(pane(b))


steps = st.lists(st.one_of(bodies, st.tuples(st.integers(0, 5), st.sampled_from([2, 3, None]))), max_size=15)


def ledger(of: list[bytes | tuple[int, int | None]]) -> tuple[object, ...]:
    made = Ledger()
    for step in of:
        if isinstance(step, bytes):
            made.join(post_of(step), step)
        else:
            made.retract(f"twitter:{step[0]}", step[1], START)
    return made.posts, made.barriers


@given(steps, st.randoms(use_true_random=False))
def test_the_ledger_forgets_order_and_repeats(of: list[bytes | tuple[int, int | None]], rng: Random) -> None:
    again = [*of, *rng.sample(of, len(of) // 2)]
    rng.shuffle(again)
    assert ledger(of) == ledger(again)


tallies = st.builds(
    lambda watermark, duplicates, mentions, late, origin: Tally(
        watermark=watermark,
        duplicates=duplicates,
        subjects={"orange": CompanyTally([mentions, 0, 1, 0], late, watermark, late * 10**20, -(10**25))},
        origins={"posts.v1/0": origin},
    ),
    st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9),
    st.tuples(st.integers(0, 3), st.sampled_from([("a",), ("b",), ("a", "b")])),
)  # fmt: skip


@given(tallies, tallies, tallies)
def test_tallies_merge_in_any_order_and_survive_json(a: Tally, b: Tally, c: Tally) -> None:
    def total(*parts: Tally) -> Tally:
        whole = Tally()
        for part in parts:
            whole.merge(deepcopy(part))
        return whole

    assert total(a, total(b, c)) == total(total(a, b), c) == total(c, a, b)
    assert total(total(), a) == a
    assert Tally.from_json(a.to_json()) == a


@settings(max_examples=50)
@given(st.integers(1, 100_000))
def test_a_copy_always_adds_a_little_and_never_nothing(members: int) -> None:
    assert 0 < share(members + 1) <= share(members) <= SHARE
    rounding = members  # half a millionth each
    assert share(members) * members <= share(members + 1) * (members + 1) + rounding
    assert share(members) * members <= 4 * SHARE + rounding
