"""Random worlds of mentions: edits, deletions, copies, reposts, latecomers, repeats; all from one seed."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from agents.measure import Measure
from agents.measuring.author_keys import QUARTER, key_of_quarter
from schemas.judged import DISCLOSURE_KINDS, LABELS, ROLES
from schemas.mention import (
    AuthorRetraction,
    Coordinates,
    Mention,
    MentionDisclosure,
    MentionRecord,
    Retraction,
)
from schemas.reputation import DAY, HOUR, MINUTE

START = 20_000 * DAY
COMPANIES = ("orange", "air-vigie", "banque-test")
Record = MentionRecord
AUTHORS = tuple(f"{n:032x}" for n in range(15))  # roots of their keys


def mention(post: str = "twitter:1", company: str = "orange", at: int = START, **fields: object) -> Mention:
    """A plain positive mention, but for `fields`."""
    plain = Mention(
        post=post, version=1, company=company, platform="twitter", kind="post", event_time=at,
        origin=Coordinates("posts.v1", 0, 0), evidence="handle", confidence=9_000, label="positive",
        score=5_000, scored=True, language="fr", role="amateur", credibility="reliable-user", weight=1_000,
        register="public-talk", interaction="alone", disclosures=(), author="a1", signature=None,
        repost_of=None, versions="v1",
    )  # fmt: skip
    return replace(plain, **fields)  # type: ignore[arg-type]


def records(seed: int, size: int = 60, *, span: int = 3 * DAY, late: bool = False) -> list[Record]:
    """`size` posts over `span` in some order of arrival, origins numbered as they arrive.

    With `late`, time leaps so that some come after their day is sealed.
    """
    rng = Random(seed)
    made: list[Record] = []
    for number in range(size):
        made += _post(rng, f"twitter:{number}", rng.randrange(span))
        if rng.random() < 0.03:
            until = START + rng.randrange(span)
            made.append(AuthorRetraction(rng.choice(AUTHORS), until, Coordinates("posts.v1", 0, 0)))
    if rng.random() < 0.8:
        rng.shuffle(made)
    if late:
        leap = mention("twitter:leap", at=START + 29 * DAY + rng.randrange(3 * DAY))
        made.insert(rng.randrange(len(made)), leap)
    return _arrive(rng, made)


def _post(rng: Random, key: str, offset: int) -> list[Record]:
    at = START + offset
    versions: list[Record] = []
    for version in range(1, 1 + rng.choice((1, 1, 1, 2, 3))):
        if version > 1:
            versions.append(Retraction(key, version, at + version * MINUTE, Coordinates("posts.v1", 0, 0)))
        companies = rng.sample(COMPANIES, rng.choice((1, 1, 2)))
        versions += [_random_mention(rng, key, company, at, version) for company in companies]
    if rng.random() < 0.1:
        versions.append(Retraction(key, None, at + HOUR, Coordinates("posts.v1", 0, 0)))
    return versions


def _random_mention(rng: Random, key: str, company: str, at: int, version: int) -> Mention:
    repost = rng.random() < 0.2
    return mention(
        key,
        company,
        at,
        version=version,
        kind="repost" if repost else rng.choice(("post", "quote", "review")),
        repost_of=f"twitter:{rng.randrange(60)}" if repost else None,
        platform=rng.choice(("twitter", "facebook")),
        label=rng.choice(LABELS),
        score=rng.randint(-10_000, 10_000),
        scored=rng.random() < 0.9,
        role=rng.choice((*ROLES, "amateur", "amateur", "employee")),
        credibility=rng.choice(("expert", "reliable-user")),
        weight=rng.choice((200, 500, 1_000, 1_700)),
        disclosures=tuple(
            MentionDisclosure(rng.choice(DISCLOSURE_KINDS), rng.random() < 0.5, (0, 4))
            for _ in range(rng.choice((0, 0, 1, 3)))
        ),
        author=rng.choice((None, *(key_of_quarter(root, at // QUARTER) for root in AUTHORS))),
        signature=rng.choice((None, "aa", "bb", f"{rng.getrandbits(64):016x}")),
        versions=rng.choice(("v1", "v2")),
        persons=rng.choice(((), (), ("chief",), ("chief", "deputy"))),
    )


def _arrive(rng: Random, made: list[Record]) -> list[Record]:
    """Number the origins in order; send some posts twice, and deliver some runs again."""
    arrived: list[Record] = []
    for number, record in enumerate(made):
        arrived.append(replace(record, origin=Coordinates("posts.v1", 0, number)))
        if rng.random() < 0.1:
            arrived += arrived[-rng.randint(1, 5) :]
    return arrived


def batches(rng: Random, offsets: list[tuple[int, Record]]) -> list[list[tuple[int, Record]]]:
    """The same run, cut anywhere."""
    cuts = sorted(rng.sample(range(len(offsets) + 1), rng.randint(0, min(12, len(offsets)))))
    return [offsets[a:b] for a, b in zip([0, *cuts], [*cuts, len(offsets)], strict=True)]


def feed(measure: Measure, arrived: list[Record], rng: Random) -> dict[str, bytes]:
    """Fold in random batches; returns the table as it stands after."""
    table: dict[str, bytes] = {}
    for batch in batches(rng, list(enumerate(arrived))):
        apply(table, measure.fold(batch, START + 100 * DAY))
    return table


def apply(table: dict[str, bytes], writes: dict[str, bytes | None]) -> None:
    for key, value in writes.items():
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value
