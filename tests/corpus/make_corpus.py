"""Write the sample corpus, deploy/corpus.jsonl: the same bytes each time, from phrases.toml and a seed.

    python tests/corpus/make_corpus.py [PATH]     # "-": standard output

Eight hours of event time (2026-11-02, 08:00 to 16:00 UTC) in order of arrival. See deploy/corpus.md.
"""

from __future__ import annotations

import random
import re
import sys
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.codec import encode_post
from schemas.post import Author, Deletion, Engagement, Entities, Post, Source

HERE = Path(__file__).parent
CORPUS = HERE.parents[1] / "deploy" / "corpus.jsonl"
START = int(datetime(2026, 11, 2, 8, tzinfo=UTC).timestamp() * 1000)
MINUTE = 60_000
HOURS = 8
DIP = (5 * 60, 6 * 60 + 30)  # minutes after START: 13:00 to 14:30, Telvane's outage
POSTS = 2_300  # first posts outside the dip; answers, edits and deletions come on top
DIP_POSTS = 330
SOURCE = Source("vigie-sample", "file")

COMPANIES: dict[str, dict[str, Any]] = {
    "telvane": {"names": ["Telvane", "Telvane", "Telvane Mobile"], "x": "TelvaneFR", "tag": "Telvane",
                "weight": 5},
    "aldine": {"names": ["Banque Aldine"], "en": ["Banque Aldine", "Aldine Bank"], "x": "BanqueAldine",
               "tag": "BanqueAldine", "weight": 4},
    "ferrovel": {"names": ["Ferrovel"], "x": "Ferrovel", "tag": "Ferrovel", "weight": 5},
    "solvenne": {"names": ["Solvenne Air"], "x": "SolvenneAir", "tag": "SolvenneAir", "weight": 3},
    "orvelle": {"names": ["Maison Orvelle", "Orvelle"], "x": "MaisonOrvelle", "tag": "Orvelle", "weight": 3},
    "kestrane": {"names": ["Kestrane"], "x": "Kestrane", "tag": "Kestrane", "weight": 2},
}  # fmt: skip
CUSTOMER_PLATFORMS = {
    "twitter": 30, "facebook": 17, "bluesky": 12, "youtube": 8, "mastodon": 7, "reddit": 7, "reviews": 14,
    "telegram": 2, "hackernews": 1, "linkedin": 2,
}  # fmt: skip
INSIDE_PLATFORMS = {"linkedin": 44, "viadeo": 16, "twitter": 18, "bluesky": 10, "facebook": 7, "mastodon": 5}
CONSONANTS, VOWELS = "bcdfglmnprstvz", "aeiou"
FIRST = {
    "fr": [
        "lea",
        "hugo",
        "ines",
        "noe",
        "jade",
        "malo",
        "anouk",
        "remi",
        "salome",
        "yanis",
        "clea",
        "bastien",
    ],
    "en": ["ella", "jack", "priya", "owen", "tess", "liam", "nia", "callum", "ruth", "dev", "erin", "marcus"],
}


class Corpus:
    """Draws everything from one seeded generator, so that a record depends on those before it alone."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.phrases = tomllib.loads((HERE / "phrases.toml").read_text(encoding="utf-8"))
        self.count = 0
        self.arrivals: list[tuple[int, int, bytes]] = []  # arrival, tie-breaker, line
        self.authors = {language: [self._author(language) for _ in range(450)] for language in ("fr", "en")}
        self.staff = {
            (language, company): [self._staff(language, company) for _ in range(14)]
            for language in ("fr", "en")
            for company in COMPANIES
        }

    def lines(self) -> list[bytes]:
        for _ in range(POSTS):
            self._thread(self.draw.randrange(HOURS * 60 * MINUTE))
        for _ in range(DIP_POSTS):
            start, end = DIP
            shape = self.draw.triangular(start, end, start + 25)  # a sudden rise, a slow fall
            self._dip(int(shape * MINUTE))
        return [line for _, _, line in sorted(self.arrivals)]

    # ── what is said ──

    def _thread(self, at: int) -> None:
        language = self.draw.choice(("fr", "en"))
        company = self._weighted({name: entry["weight"] for name, entry in COMPANIES.items()})
        sort = self._weighted(
            {"customer": 64, "inside": 14, "employer": 5, "press": 3, "official": 2, "noise": 11, "other": 1}
        )
        if sort == "customer":
            self._customer(at, language, company)
        elif sort == "inside":
            post = self._post(
                at,
                self._weighted(INSIDE_PLATFORMS),
                language,
                company,
                self.phrases["inside"][language]["texts"],
                self.draw.choice(self.staff[language, company]),
            )
            self._answers(post, language, company, "positive", official=False)
        elif sort == "employer":
            self._post(
                at,
                "employer-reviews",
                language,
                company,
                self.phrases["employer_review"][language]["texts"],
                self.draw.choice(self.authors[language]),
                kind="review",
                rating=float(self.draw.randint(1, 5)),
                named=True,
            )
        elif sort == "press":
            platform = self.draw.choice(["rss", "rss", "youtube"])
            post = self._post(
                at,
                platform,
                language,
                company,
                self.phrases["press"][language]["texts"],
                self._medium(language),
                kind="article" if platform == "rss" else "video",
            )
            self._answers(post, language, company, "positive", official=False)
        elif sort == "official":
            self._post(
                at,
                self.draw.choice(["twitter", "linkedin", "facebook"]),
                language,
                company,
                self.phrases["official"][language]["texts"],
                self._official(company),
            )
        elif sort == "other":
            self._post(
                at,
                self.draw.choice(["twitter", "bluesky"]),
                self.draw.choice(["de", "es", "it"]),
                company,
                self.phrases["other"]["texts"],
                self.draw.choice(self.authors["en"]),
            )
        else:
            self._post(
                at,
                self.draw.choice(["twitter", "bluesky", "facebook", "mastodon"]),
                language,
                None,
                self.phrases["noise"][language]["texts"],
                self.draw.choice(self.authors[language]),
            )

    def _customer(self, at: int, language: str, company: str) -> None:
        feeling = self._weighted({"negative": 30, "positive": 45, "neutral": 25})
        platform = self._weighted(CUSTOMER_PLATFORMS)
        texts = self.phrases["customer"][company][language][feeling]
        if platform == "reviews":
            stars = {"negative": (1, 2), "positive": (4, 5), "neutral": (3, 3)}[feeling]
            self._post(
                at,
                platform,
                language,
                company,
                texts,
                self.draw.choice(self.authors[language]),
                kind="review",
                rating=float(self.draw.randint(*stars)),
                named=True,
            )
            return
        post = self._post(at, platform, language, company, texts, self.draw.choice(self.authors[language]))
        self._answers(post, language, company, feeling, official=feeling == "negative")

    def _dip(self, at: int) -> None:
        language = self._weighted({"fr": 65, "en": 35})
        inside = self.draw.random() < 0.06
        texts = self.phrases["dip"][language]["inside" if inside else "texts"]
        author = self.draw.choice(self.staff[language, "telvane"] if inside else self.authors[language])
        platform = self._weighted(
            {"twitter": 45, "facebook": 20, "bluesky": 15, "mastodon": 8, "reddit": 7, "youtube": 5}
        )
        post = self._post(at, platform, language, "telvane", texts, author)
        self._answers(post, language, "telvane", "negative", official=True)

    def _answers(self, post: Post, language: str, company: str, feeling: str, *, official: bool) -> None:
        said = self.phrases["reply"][language]
        if official and self.draw.random() < 0.13:
            minutes = self.draw.randint(3, 25)
            self._answer(
                post, minutes, language, company, said["official"], self._official(company), "comment"
            )
        if feeling != "neutral" and self.draw.random() < 0.16:
            author, minutes = self.draw.choice(self.authors[language]), self.draw.randint(1, 40)
            self._answer(post, minutes, language, company, said[feeling], author, "comment")
        if post.platform in {"twitter", "bluesky", "mastodon", "linkedin"} and self.draw.random() < 0.1:
            kinds = ["repost"] if post.platform == "mastodon" else ["repost", "repost", "quote"]
            kind = self.draw.choice(kinds)
            texts = said["quote"] if kind == "quote" else [post.text]
            author, minutes = self.draw.choice(self.authors[language]), self.draw.randint(1, 60)
            self._answer(post, minutes, language, company, texts, author, kind)

    # ── how it becomes records ──

    def _answer(
        self,
        about: Post,
        minutes: int,
        language: str,
        company: str,
        texts: list[str],
        author: Author,
        kind: str,
    ) -> None:
        at = about.created_at - START + minutes * MINUTE
        if at < HOURS * 60 * MINUTE:
            self._post(at, about.platform, language, company, texts, author, kind=kind, about=about)

    def _post(
        self, at: int, platform: str, language: str, company: str | None, texts: list[str], author: Author, *,
        kind: str | None = None, rating: float | None = None, named: bool = False, about: Post | None = None,
    ) -> Post:  # fmt: skip
        self.count += 1
        at = START + at // 1000 * 1000
        text = (
            about.text
            if kind == "repost" and about
            else self._say(language, platform, company, self.draw.choice(texts))
        )
        kinds = {
            "rss": "article",
            "youtube": "video" if author.handle and "tv" in author.handle else "comment",
        }
        post = Post(
            key=f"{platform}:{self._native(platform)}",
            platform=platform,
            text=text,
            created_at=at,
            source=SOURCE,
            kind=kind or kinds.get(platform, "post"),  # type: ignore[arg-type]
            lang=language if platform in {"twitter", "bluesky", "mastodon"} else None,
            author=author,
            in_reply_to=about.key if about and kind == "comment" else None,
            repost_of=about.key if about and kind in {"repost", "quote"} else None,
            conversation=(about.conversation or about.key) if about and kind == "comment" else None,
            metrics=Engagement(likes=self.draw.randrange(40)) if self.draw.random() < 0.25 else Engagement(),
            rating=rating,
            entities=self._entities(text, platform, company if named else None),
        )
        arrival = at + self.draw.randrange(45_000)
        self._send(arrival, encode_post(post))
        self._fate(post, arrival, kind)
        return post

    def _fate(self, post: Post, arrival: int, kind: str | None) -> None:
        """A few posts are edited, a few withdrawn."""
        chance = self.draw.random()
        later = arrival + self.draw.randint(1, 45) * MINUTE
        if chance < 0.015 and kind != "repost":
            added = " [Mise à jour : réglé, merci.]" if post.lang == "fr" else " [Update: sorted, thank you.]"
            self._send(later, encode_post(replace(post, text=post.text + added, version=2, fetched_at=later)))
        elif chance < 0.027:
            self._send(later, encode_post(Deletion(post.key, later)))

    def _send(self, arrival: int, line: bytes) -> None:
        self.arrivals.append((arrival, len(self.arrivals), line))

    def _say(self, language: str, platform: str, company: str | None, template: str) -> str:
        slots = self.phrases["slot"].get(language, {})
        unused: dict[str, list[str]] = {}
        text = template
        while found := re.search(r"\{([^{}]*)\}", text):
            text = text[: found.start()] + self.draw.choice(found[1].split("|")) + text[found.end() :]
        while found := re.search(r"<(\w+)>", text):
            name = found[1]
            if name == "co" and company:
                word = self._named(company, platform, language)
            elif name == "tag" and company:
                word = str(COMPANIES[company]["tag"])
            else:
                left = unused.setdefault(name, [])
                left[:] = left or self.draw.sample(slots[name], len(slots[name]))
                word = left.pop()
            text = text[: found.start()] + word + text[found.end() :]
        return text[0].upper() + text[1:]

    def _named(self, company: str, platform: str, language: str) -> str:
        entry = COMPANIES[company]
        name = str(self.draw.choice(entry.get(language) or entry["names"]))
        chance = self.draw.random()
        if platform == "twitter" and chance < 0.4:
            uk = company == "telvane" and language == "en"
            return "@TelvaneUK" if uk else f"@{entry['x']}"
        if platform in {"twitter", "bluesky", "mastodon", "linkedin"} and chance < 0.5:
            return f"#{entry['tag']}"
        return name

    def _entities(self, text: str, platform: str, subject: str | None) -> Entities:
        if subject is not None:
            return Entities(mentions=(str(COMPANIES[subject]["names"][0]),))
        if platform not in {"twitter", "bluesky", "mastodon", "linkedin"}:
            return Entities()
        return Entities(
            mentions=tuple(re.findall(r"@(\w+)", text)) if platform == "twitter" else (),
            hashtags=tuple(re.findall(r"#(\w+)", text)),
        )

    def _native(self, platform: str) -> str:
        return f"at-3l{self.count:06d}" if platform == "bluesky" else f"s{2026_1102_0000 + self.count}"

    # ── who says it ──

    def _surname(self) -> str:
        return "".join(
            self.draw.choice(CONSONANTS) + self.draw.choice(VOWELS) for _ in range(self.draw.randint(2, 3))
        )

    def _author(self, language: str) -> Author:
        first, last = self.draw.choice(FIRST[language]), self._surname()
        handle = (
            f"{first}_{last}" if self.draw.random() < 0.6 else f"{first}{last[:3]}{self.draw.randint(2, 99)}"
        )
        followers = int(self.draw.paretovariate(0.9) * 30) if self.draw.random() < 0.5 else None
        return Author(
            id=f"u-{handle}", handle=handle, followers=min(followers, 90_000) if followers else None
        )

    def _staff(self, language: str, company: str) -> Author:
        author = self._author(language)
        job = self.draw.choice(self.phrases["slot"][language]["metier" if language == "fr" else "job"])
        name = str(COMPANIES[company]["names"][0])
        if self.draw.random() < 0.5:
            return replace(author, bio=f"{job} chez {name}" if language == "fr" else f"{job} at {name}")
        return replace(author, declared_employer=name, employer_source="profile")

    def _official(self, company: str) -> Author:
        handle = str(COMPANIES[company]["x"])
        return Author(
            id=f"org-{company}", handle=handle, name=str(COMPANIES[company]["names"][0]), verified=True
        )

    def _medium(self, language: str) -> Author:
        names = {
            "fr": ["Le Relais des Deux Rives", "Vigneronde TV"],
            "en": ["The Harbour Lantern", "Saltmarsh TV"],
        }
        name = self.draw.choice(names[language])
        return Author(
            id=f"media-{name}", handle=f"{name.lower().replace(' ', '-')}-sample", name=name, verified=True
        )

    def _weighted(self, weights: dict[str, int]) -> str:
        return self.draw.choices(list(weights), list(weights.values()))[0]


def corpus() -> bytes:
    """The whole file."""
    return b"".join(line + b"\n" for line in Corpus(20_261_102).lines())


if __name__ == "__main__":
    target = sys.argv[1] if len(sys.argv) > 1 else str(CORPUS)
    if target == "-":
        sys.stdout.buffer.write(corpus())
    else:
        Path(target).write_bytes(corpus())
