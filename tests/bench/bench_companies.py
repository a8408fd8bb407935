"""Company match: microseconds a post, and what 10,000 companies cost against 40, in one run.

`python tests/bench/bench_companies.py`. Companies and posts are made up from a fixed seed; posts name only
companies of the first 40, which are in both watchlists, so that both do the same work with hits.
"""

from __future__ import annotations

import random
import time
from dataclasses import replace

from agents.naming.companies import CompanyMatcher
from schemas.post import Post, Source
from schemas.watchlist import Company, Watchlist

SYLLABLES = """
    ba bel cor dan der fi gal hor in jo ka lem lor ma mer mi nel o pas ra ri sal so ta tel ul ver vi zen
"""
COMMON = """
    the a to of we have been waiting for this since monday and nobody answers at all great service thank you
    so much le la les de un une je suis très déçu encore attente réponse depuis trois semaines merci
    bravo à où
"""


def word(rng: random.Random, parts: int) -> str:
    """A made-up word."""
    return "".join(rng.choices(SYLLABLES.split(), k=parts))


def companies(rng: random.Random, count: int) -> tuple[Company, ...]:
    """`count` companies with two aliases, a handle, a domain, a ticker; one in five is ambiguous."""
    made: dict[str, Company] = {}
    while len(made) < count:
        name = word(rng, rng.randint(2, 4))
        entry = Company(
            id=name,
            name=name.capitalize(),
            aliases=(f"{name.capitalize()} {word(rng, 2).capitalize()}", f"Groupe {name.capitalize()}"),
            handles={"twitter": (f"{name}_{word(rng, 1)}",)},
            domains=(f"{name}.example",),
            tickers=(name[:4].upper(),),
        )
        if rng.random() < 0.2:
            entry = replace(entry, ambiguous=(name,), context=tuple(rng.choices(COMMON.split(), k=20)))
        made[name] = entry
    return tuple(made.values())


def posts(rng: random.Random, named: tuple[Company, ...], count: int) -> list[Post]:
    """Posts of about 100 characters; one in three names one of `named`, if there are any."""
    made = []
    for number in range(count):
        words = rng.choices(COMMON.split(), k=18)
        if named and number % 3 == 0:
            words[rng.randrange(18)] = rng.choice(named).name
        made.append(Post(f"bench:{number}", "twitter", " ".join(words)[:110], 0, Source("bench")))
    return made


def microseconds(matcher: CompanyMatcher, sample: list[Post]) -> float:
    """The time of one post, on average over `sample`."""
    begin = time.perf_counter()
    for post in sample:
        matcher.match(post)
    return (time.perf_counter() - begin) / len(sample) * 1e6


def measure(*, naming: bool, rounds: int = 7, sample_size: int = 5_000) -> tuple[float, float]:
    """Best of `rounds` with 40 and with 10,000 companies, in turn; `naming`: a third of the posts do."""
    rng = random.Random(20261122)
    many = companies(rng, 10_000)
    sample = posts(rng, many[:40] if naming else (), sample_size)
    few_matcher, many_matcher = CompanyMatcher(Watchlist(many[:40])), CompanyMatcher(Watchlist(many))
    times = [(microseconds(few_matcher, sample), microseconds(many_matcher, sample)) for _ in range(rounds)]
    return min(few for few, _ in times), min(lots for _, lots in times)


if __name__ == "__main__":
    for naming, what in ((True, "one post in three names a company"), (False, "no post names one")):
        few, lots = measure(naming=naming)
        ratio = f"ratio {lots / few:.2f}"
        print(f"{what}: us a post with 40 companies {few:.1f}, with 10,000 {lots:.1f}, {ratio}")
