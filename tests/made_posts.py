"""Posts made for the tests: French and English, invented companies, edits, deletions, repeats, broken lines."""

from __future__ import annotations

from random import Random
from typing import Any

import orjson

from schemas.instants import rfc3339

START = 1_780_000_000_000  # 2026-05-28T20:26:40Z
WATCHLIST = """\
[[company]]
id = "nordelle"
name = "Nordelle"
handles = { twitter = ["nordelle_fr"] }

[[company]]
id = "velmont-air"
name = "Velmont Air"
handles = { twitter = ["velmontair"] }

[[company]]
id = "quibrac"
name = "Quibrac"
domains = ["quibrac.example"]
"""
TEXTS = (
    "Service excellent chez Nordelle, merci à toute l'équipe, je recommande vraiment",
    "Nordelle : encore une panne ce matin, c'est vraiment mauvais et personne ne répond",
    "Une journée ordinaire, rien à signaler sur le marché de la place",
    "Great flight with Velmont Air today, wonderful crew and a beautiful sunrise",
    "Velmont Air lost my luggage again, terrible and awful service",
    "Anyone knows when the shops close on Sunday in this part of the town?",
    "I work at Quibrac and we are understaffed, sixty hours this week again",
    "Chez Quibrac depuis dix ans, notre équipe livre un nouveau produit, très fière",
    "Nordelle and Velmont Air announce a partnership for their loyal customers",
    "@velmontair @nordelle_fr merci pour votre aide rapide et très efficace",
)
BROKEN = (
    b"{not json",
    b'{"key":"twitter:x1","platform":"twitter","text":7}',
    b'{"platform":"twitter"}',
    b'{"key":"twitter:x2","platform":"twitter","text":"\xff\xfe","created_at":"2026-05-28T20:26:40Z"}',
    b'{"key":"twitter:x3","platform":"twitter","text":"a","created_at":"9999-01-01T00:00:00Z"}',
)


def made_posts(count: int, seed: int = 1, *, start: int = START, span: int = 86_400_000) -> list[bytes]:
    """`count` records as JSON lines in the order of event time over `span` milliseconds: about one in twenty
    an edit, one in forty a deletion, one in twenty a repeat."""
    rng = Random(seed)
    lines: list[bytes] = []
    posts: list[dict[str, Any]] = []
    for number in range(count):
        at = start + span * number // count
        dice = rng.random()
        if posts and dice < 0.05:
            edited = posts[rng.randrange(len(posts))]
            edited["version"] = edited.get("version", 1) + 1
            edited["text"] = rng.choice(TEXTS)
            lines.append(orjson.dumps(edited))
        elif posts and dice < 0.075:
            gone = posts.pop(rng.randrange(len(posts)))
            lines.append(orjson.dumps({"key": gone["key"], "deleted": True, "at": rfc3339(at)}))
        elif posts and dice < 0.125:
            lines.append(orjson.dumps(posts[rng.randrange(len(posts))]))
        else:
            posts.append(_post(rng, seed, number, at))
            lines.append(orjson.dumps(posts[-1]))
    return lines


def _post(rng: Random, seed: int, number: int, at: int) -> dict[str, Any]:
    platform = rng.choice(("twitter", "facebook", "viadeo", "carnet-de-bord"))
    return {
        "key": f"{platform}:{seed}-{number}",
        "platform": platform,
        "text": f"{rng.choice(TEXTS)} ({number})" if rng.random() < 0.7 else rng.choice(TEXTS),
        "created_at": rfc3339(at // 1000 * 1000),
        "author": {"id": f"u{rng.randrange(200)}"},
        "source": {"name": "made"},
    }
