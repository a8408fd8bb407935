from __future__ import annotations

from worlds import START, mention

from agents.measuring.contributions import Names, pack, unpack
from agents.measuring.ledger import Ledger
from agents.measuring.novelty import Cluster, Clusters, share
from schemas.mention import Mention
from schemas.reputation import DAY, HOUR


class Talk:
    """Clusters of one subject over a real ledger."""

    def __init__(self) -> None:
        self.names, self.ledger = Names(), Ledger()
        self.clusters = Clusters(lambda post: next(iter(self.ledger.of(post)), None))

    def say(self, one: Mention) -> None:
        body = pack(one, one.company, self.names)
        self.ledger.join(one.post, body)
        self.clusters.add(body, unpack(body))

    def unsay(self, post: str) -> None:
        (body,) = self.ledger.retract(post, None, START)
        self.clusters.remove(body, unpack(body))

    def together(self) -> list[list[str]]:
        found: dict[Cluster, list[str]] = {}
        for body, cluster in self.clusters.of.items():
            found.setdefault(cluster, []).append(body[60:].decode())
        return sorted(sorted(keys) for keys in found.values())


def repost(post: str, of: str, at: int = START) -> Mention:
    return mention(post, at=at, kind="repost", repost_of=of)


def test_shares_are_the_series_of_the_design() -> None:
    assert [share(m) for m in (1, 2, 3)] == [1_000_000, 875_000, 770_833]
    assert share(100) == 40_000  # four posts' worth among a hundred


def test_copies_of_a_day_are_one_cluster_and_midnight_ends_it() -> None:
    talk = Talk()
    talk.say(mention("t:1", at=START + HOUR, signature="aa"))
    talk.say(mention("t:2", at=START + DAY - 1, signature="aa"))
    talk.say(mention("t:3", at=START + DAY, signature="aa"))
    talk.say(mention("t:4", at=START + DAY, signature="bb"))
    assert talk.together() == [["t:1", "t:2"]]


def test_reposts_join_their_original_whichever_comes_first() -> None:
    for order in ((0, 1, 2, 3), (3, 2, 1, 0), (1, 2, 0, 3)):
        talk = Talk()
        said = [
            mention("t:1", signature="aa"),
            repost("t:2", "t:1"),
            repost("t:3", "t:1"),
            mention("t:4", signature="aa"),
        ]
        for number in order:
            talk.say(said[number])
        assert talk.together() == [["t:1", "t:2t:1", "t:3t:1", "t:4"]]


def test_reposts_of_an_unknown_or_withdrawn_original_stay_together() -> None:
    talk = Talk()
    for one in (
        mention("t:1", signature="aa"),
        mention("t:4", signature="aa"),
        repost("t:2", "t:1"),
        repost("t:3", "t:1"),
    ):
        talk.say(one)
    talk.unsay("t:1")
    assert talk.together() == [["t:2t:1", "t:3t:1"]]
    talk.unsay("t:2")
    assert talk.together() == []


def test_a_repost_of_another_day_does_not_reach_back() -> None:
    talk = Talk()
    talk.say(mention("t:1", signature="aa"))
    talk.say(repost("t:2", "t:1", START + DAY))
    assert talk.together() == []
