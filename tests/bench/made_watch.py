"""Companies that nobody has, a watchlist of them, and posts that each name one."""

from __future__ import annotations

from random import Random

import orjson

from schemas.instants import rfc3339

SYLLABLES = "ba bel cor dan der fi gal hor jo ka lem lor ma mer mi nel pas ra ri sal so ta tel ul ver vi zen"
SAID = (
    "{} again, I have been waiting for an answer since Monday, terrible service",
    "Merci à {} pour leur aide rapide hier, vraiment un excellent service client",
    "Ordered from {} last week and it came on time, great packaging and a fair price",
    "{} : panne ce matin, personne ne répond au téléphone et le site est très lent",
    "Is anyone else going to the fair where {} shows its new things next month?",
)


def companies_named(count: int) -> list[str]:
    """Names of four syllables, the same ones every time."""
    rng = Random(7)
    made: dict[str, None] = {}
    while len(made) < count:
        made["".join(rng.choices(SYLLABLES.split(), k=4)).capitalize() + "ix"] = None
    return list(made)


def watchlist_of(names: list[str]) -> str:
    return "".join(f'[[company]]\nid = "{name.lower()}"\nname = "{name}"\n\n' for name in names)


def post_about(name: str, number: int, at: float) -> tuple[bytes, bytes]:
    """Key and value of a post of epoch second `at`."""
    key = f"twitter:{number}"
    post = {
        "key": key,
        "platform": "twitter",
        "text": SAID[number % len(SAID)].format(name) + f" ({number})",
        "created_at": rfc3339(int(at * 1000)),
        "author": {"id": f"a{number % 5_000}"},
        "source": {"name": "bench"},
    }
    return key.encode(), orjson.dumps(post)
