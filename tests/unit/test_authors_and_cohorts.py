from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from worlds import START, mention

from agents.measuring.contributions import Names, pack
from agents.measuring.coordination import is_coordinated
from agents.measuring.novelty import Cluster
from agents.standing.authors import concentration
from agents.standing.cohorts import cohorts_of
from schemas.judged import ROLES
from schemas.reputation import MINUTE, Cohort

ROLE = {role: index for index, role in enumerate(ROLES)}


def people(count: int, first: int = 0) -> dict[int, int]:
    return dict.fromkeys(range(first, first + count), 1)


def test_an_author_of_two_roles_is_one_author() -> None:
    assert concentration({}) == (0, 0, 0)
    assert concentration({0: {7: 2, 8: 1}, 4: {7: 3}}) == (6, 5**2 + 1, 5)


def test_small_roles_are_told_together_only() -> None:
    mentions = {"employee": (1, 0, 0, 0), "media": (2, 0, 0, 0), "amateur": (3, 4, 5, 6)}
    authors = {ROLE["employee"]: people(3), ROLE["media"]: people(4, 10), ROLE["amateur"]: people(9, 20)}
    assert cohorts_of(mentions, authors, 5) == (
        Cohort("amateur", 9, (3, 4, 5, 6)),
        Cohort("other", 7, (3, 0, 0, 0)),
    )


def test_one_small_role_takes_the_next_along_lest_it_be_had_by_subtraction() -> None:
    mentions = {"employee": (1, 0, 0, 0), "media": (0, 2, 0, 0), "amateur": (3, 0, 0, 0)}
    authors = {ROLE["employee"]: people(2), ROLE["media"]: people(6, 10), ROLE["amateur"]: people(9, 20)}
    assert [cohort.role for cohort in cohorts_of(mentions, authors, 5)] == ["amateur", "other"]


def test_fewer_than_k_in_all_show_nothing() -> None:
    assert cohorts_of({"amateur": (3, 0, 0, 0)}, {ROLE["amateur"]: people(4)}, 5) == ()
    assert cohorts_of({}, {}, 5) == ()


def test_five_accounts_within_the_hour_are_coordinated_reposts_are_not() -> None:
    names = Names()

    def copies(minutes: int, kind: str = "post", authors: int = 5) -> list[bytes]:
        return [
            pack(
                mention(f"t:{n}", at=START + n * minutes * MINUTE, author=f"a{n % authors}", kind=kind,
                        repost_of="t:99" if kind == "repost" else None, signature="aa"),
                "orange", names,
            )
            for n in range(6)
        ]  # fmt: skip

    assert is_coordinated(copies(10))
    assert not is_coordinated(copies(15))  # the first and the fifth are an hour apart
    assert not is_coordinated(copies(1, authors=4))
    assert not is_coordinated(copies(1, kind="repost"))


COPIES = [
    pack(mention(f"t:{n}", at=START + n * 9 * MINUTE, author=f"a{n % 7}", signature="aa"), "orange", Names())
    for n in range(12)
]


@given(st.lists(st.tuples(st.sampled_from(COPIES), st.booleans())))
def test_a_cluster_that_is_asked_after_any_steps_answers_as_its_members_do(
    steps: list[tuple[bytes, bool]],
) -> None:
    cluster = Cluster()
    for body, asked in steps:
        if body in cluster.members:
            cluster.leave(body)
        else:
            cluster.enter(body)
        if asked:
            assert cluster.coordinated == is_coordinated(cluster.members)
    assert cluster.coordinated == is_coordinated(cluster.members)
