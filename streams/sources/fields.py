"""Which column is what: rows of any CSV or JSONL become posts by a field map, or by common names.

A map is a list of `target=column`: the target is a field of `Post` (dotted: `author.handle`), the column
a CSV heading or a dotted path into JSON. `target==value` is a constant for every row, and
`created_at=column@%d/%m/%Y` reads the date in a strptime form. What is not mapped is guessed by name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import orjson

from schemas.codec import decode_post
from schemas.post import PostRecord, Source
from schemas.reject import Invalid
from streams.sources.times import canonical

Shape = Literal["text", "id", "count", "number", "flag", "time", "names", "tags"]


class Target(NamedTuple):
    """How a field of `Post` reads a column, and the headings it is guessed from, the likeliest first."""

    shape: Shape
    guesses: tuple[str, ...] = ()


TARGETS: Mapping[str, Target] = MappingProxyType({
    "key": Target("id", ("key", "id", "id_str", "post_id", "tweet_id", "status_id", "comment_id", "uuid")),
    "platform": Target("text", ("platform", "network")),
    "text": Target(
        "text",
        (
            "text", "full_text", "body", "content", "message", "tweet", "comment", "review",
            "review_text", "texte", "contenu", "avis",
        ),
    ),
    "created_at": Target(
        "time",
        (
            "created_at", "date", "timestamp", "published_at", "created_time", "created_utc", "published",
            "created", "datetime", "time", "date_publication",
        ),
    ),
    "kind": Target("text", ("kind",)),
    "url": Target("text", ("url", "link", "permalink", "permalink_url")),
    "lang": Target("text", ("lang", "language", "langue")),
    "rating": Target("number", ("rating", "stars", "note")),
    "in_reply_to": Target("id", ("in_reply_to", "in_reply_to_id", "in_reply_to_status_id", "parent_id")),
    "repost_of": Target("id", ("repost_of",)),
    "conversation": Target("id", ("conversation", "conversation_id", "thread_id")),
    "supersedes": Target("id", ("supersedes",)),
    "version": Target("count", ("version",)),
    "visibility": Target("text", ("visibility",)),
    "fetched_at": Target("time", ("fetched_at",)),
    "author.id": Target("text", ("author.id", "user.id", "author_id", "user_id")),
    "author.handle": Target(
        "text",
        (
            "author.handle", "author.username", "user.username", "user.screen_name", "author_handle",
            "handle", "username", "screen_name", "author", "user", "auteur",
        ),
    ),
    "author.name": Target("text", ("author.name", "user.name", "author_name", "display_name")),
    "author.bio": Target("text", ("author.bio", "user.description", "author_bio", "bio")),
    "author.verified": Target("flag", ("author.verified", "user.verified", "verified")),
    "author.followers": Target(
        "count", ("author.followers", "user.followers_count", "author_followers", "followers")
    ),
    "author.declared_employer": Target("text", ("author.declared_employer", "employer", "employeur")),
    "author.employer_source": Target("text", ("author.employer_source",)),
    "author.created_at": Target("time", ("author.created_at", "user.created_at")),
    "author.posts": Target("count", ("author.posts", "user.statuses_count")),
    "metrics.likes": Target(
        "count", ("metrics.likes", "likes", "like_count", "favorite_count", "favourites_count")
    ),
    "metrics.shares": Target(
        "count", ("metrics.shares", "shares", "retweets", "retweet_count", "share_count", "reblogs_count")
    ),
    "metrics.replies": Target("count", ("metrics.replies", "replies", "reply_count", "replies_count")),
    "metrics.views": Target("count", ("metrics.views", "views", "view_count", "impressions")),
    "metrics.observed_at": Target("time", ("metrics.observed_at",)),
    "entities.mentions": Target("names", ("entities.mentions", "company", "entreprise", "brand", "marque")),
    "entities.hashtags": Target("tags", ("entities.hashtags", "hashtags")),
    "entities.cashtags": Target("tags", ("entities.cashtags", "cashtags")),
    "entities.urls": Target("tags", ("entities.urls", "urls")),
})  # fmt: skip
REQUIRED = ("text", "created_at")
_COUNT = re.compile(r"\d{1,15}(\.0+)?", re.ASCII)
_FLAGS = {
    "true": True,
    "1": True,
    "yes": True,
    "oui": True,
    "false": False,
    "0": False,
    "no": False,
    "non": False,
}
_EMPTY: tuple[object, ...] = (None, "", [], {})


class FieldMapError(ValueError):
    """A `--map` that cannot be read; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class FieldMap:
    """What the user said of the columns; `parse([])` leaves all to guessing."""

    columns: tuple[tuple[str, str], ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    time_form: str | None = None

    @classmethod
    def parse(cls, specs: Iterable[str]) -> FieldMap:
        """Read `target=column` and `target==constant`. Raises `FieldMapError`."""
        columns: dict[str, str] = {}
        constants: dict[str, str] = {}
        form: str | None = None
        for spec in specs:
            target, equals, column = spec.partition("=")
            if not equals or not column.strip("="):
                raise FieldMapError(f"{spec!r}: write target=column, or target==constant")
            if target not in TARGETS:
                raise FieldMapError(f"{spec!r}: no field {target!r}; there are {', '.join(TARGETS)}")
            if column.startswith("="):
                constants[target] = column[1:]
                continue
            if target == "created_at" and "@%" in column:
                column, _, rest = column.partition("@%")
                form = f"%{rest}"
            columns[target] = column
        return cls(tuple(columns.items()), tuple(constants.items()), form)


def map_row(row: Mapping[str, Any], fields: FieldMap, origin: Source) -> PostRecord | Invalid:
    """The post that a row holds, or why it holds none; total.

    A value that a mapped column cannot give is refused; one that was merely guessed is left out. A row
    without an id is named by a hash of what it says, so that reading it again gives the same key.
    """
    document: dict[str, Any] = {
        "source": {"name": origin.name, "route": origin.route, "cursor": origin.cursor}
    }
    for target, mapped, paths in _plan(fields, tuple(row)):
        form = fields.time_form if target == "created_at" else None
        found = next((value for path in paths if (value := _at(row, path)) not in _EMPTY), None)
        if found is None:
            continue
        value = _shaped(TARGETS[target].shape, found, form)
        if value is not None:
            _put(document, target, value)
        elif mapped or target in REQUIRED:
            shown = str(found)[:60]
            return Invalid(
                "bad-time" if TARGETS[target].shape == "time" else "bad-value", f"{target}: {shown!r}"
            )
    for target, constant in fields.constants:
        value = _shaped(TARGETS[target].shape, constant, None)
        if value is None:
            return Invalid("bad-value", f"constant {target}: {constant[:60]!r}")
        _put(document, target, value)
    for target in REQUIRED:
        if target not in document and row.get("deleted") is not True:
            names = ", ".join(list(row)[:12])[:200]
            return Invalid(
                "missing-field", f"no column for {target} among {names}: map it with {target}=COLUMN"
            )
    return _decoded(_named(document, row))


def _decoded(document: dict[str, Any]) -> PostRecord | Invalid:
    try:
        return decode_post(orjson.dumps(document))
    except TypeError as error:  # a lone surrogate
        return Invalid("not-utf8", str(error))


@lru_cache(maxsize=1024)
def _plan(fields: FieldMap, names: tuple[str, ...]) -> tuple[tuple[str, bool, tuple[str, ...]], ...]:
    """Target, whether the user mapped it, and the columns to try, for rows with these column names."""
    constants = {target for target, _ in fields.constants}
    columns = dict(fields.columns)
    lower = {name.strip().lower(): name for name in reversed(names)}
    steps: list[tuple[str, bool, tuple[str, ...]]] = []
    for target, (_, guesses) in TARGETS.items():
        if target in constants:
            continue
        if target in columns:
            steps.append((target, True, (columns[target],)))
            continue
        paths = []
        for guess in guesses:
            head, dot, rest = guess.partition(".")
            if guess in lower:
                paths.append(lower[guess])
            elif dot and head in lower:
                paths.append(f"{lower[head]}.{rest}")
        if paths:
            steps.append((target, False, tuple(paths)))
    return tuple(steps)


def _at(row: Mapping[str, Any], path: str) -> Any:
    if path in row:
        return row[path]
    value: Any = row
    for step in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value


def _shaped(shape: Shape, value: Any, form: str | None) -> Any:  # noqa: PLR0911 - one answer a shape
    """`value` as the wire wants it, or None where it cannot be that."""
    match shape:
        case "time":
            return canonical(value, form)
        case "names":
            return _strings([value] if isinstance(value, str) else value)
        case "tags":
            return _strings(re.split(r"[\s,;|]+", value.strip()) if isinstance(value, str) else value, "#$")
        case "flag":
            return value if isinstance(value, bool) else _FLAGS.get(str(value).strip().lower())
        case "count":
            text = str(value).strip()
            return int(text.partition(".")[0]) if _COUNT.fullmatch(text) else None
        case "number":
            return _number(value)
        case "id" if isinstance(value, float):  # spreadsheets write 7 as 7.0
            return str(int(value)) if value.is_integer() and abs(value) < 2**53 else None
        case "text" | "id":
            return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def _strings(values: Any, prefix: str = "") -> list[str] | None:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        return None
    return [word for value in values if (word := value.strip().lstrip(prefix))]


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value.strip().replace(",", ".") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _put(document: dict[str, Any], target: str, value: Any) -> None:
    head, dot, rest = target.partition(".")
    if dot:
        document.setdefault(head, {})[rest] = value
    else:
        document[head] = value


def _named(document: dict[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in platform, key and kind, and write every id as `platform:native_id`."""
    platform = document.setdefault("platform", "file")
    if "key" not in document:
        said = "\n".join(
            (str(document.get("created_at")), str(document.get("author")), str(document.get("text")))
        )
        document["key"] = blake2b(said.encode("utf-8", "replace"), digest_size=12).hexdigest()
    for name in ("key", "in_reply_to", "repost_of", "conversation", "supersedes"):
        value = document.get(name)
        if value is not None and not value.startswith(f"{platform}:"):
            document[name] = f"{platform}:{value}"
    if "kind" not in document:
        document["kind"] = _kind(document)
    if row.get("deleted") is True:
        return {
            "key": document["key"],
            "deleted": True,
            "at": canonical(row.get("at")) or document.get("created_at"),
        }
    return document


def _kind(document: Mapping[str, Any]) -> str:
    if "rating" in document:
        return "review"
    if "repost_of" in document:
        return "repost"
    return "comment" if "in_reply_to" in document else "post"
