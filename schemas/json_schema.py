"""Every record as JSON Schema (2020-12), from the dataclasses themselves and the codec's own limits.

They say what a consumer may rely on and a producer must write. The codec says more in one place: a post's text
may be judged too large in bytes, and its time must lie between 1990 and 2100.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from schemas.correction import Correction
from schemas.erasure import Erasure
from schemas.judged import CompanyMention, Credibility, Disclosure, Judged, Language, Sentiment
from schemas.limits import AUTHOR_LIMIT, KEY_LIMIT, TEXT_LIMIT
from schemas.mention import AuthorRetraction, Mention, Retraction
from schemas.post import KINDS, Author, Deletion, Engagement, Post
from schemas.reject import Reject
from schemas.reputation import Reputation
from schemas.seal import Seal

Schema = dict[str, Any]
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TIME: Schema = {"type": "string", "format": "date-time"}
_MAYBE_TIME: Schema = {"anyOf": [_TIME, {"type": "null"}]}
_KEY: Schema = {"type": "string", "minLength": 1, "maxLength": KEY_LIMIT}
_DECIMAL: Schema = {"type": "number", "minimum": -1, "maximum": 1}
_SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
# what the wire writes otherwise than the dataclass holds it
_POST: Mapping[tuple[type, str], Schema] = {
    (Post, "key"): {**_KEY, "pattern": ":"},
    (Post, "platform"): {"type": "string", "minLength": 1, "maxLength": 64},
    (Post, "text"): {"type": "string", "maxLength": TEXT_LIMIT},
    (Post, "created_at"): _TIME,
    (Post, "fetched_at"): _MAYBE_TIME,
    (Post, "rating"): {"type": ["number", "null"]},
    (Post, "version"): {"type": ["integer", "null"], "minimum": 1, "exclusiveMaximum": 2**31},
    (Post, "visibility"): {"enum": ["public", None]},
    (Author, "created_at"): _MAYBE_TIME,
    (Engagement, "observed_at"): _MAYBE_TIME,
    (Deletion, "key"): _KEY,
    (Deletion, "at"): _TIME,
}
_JUDGED: Mapping[tuple[type, str], Schema] = {
    (Language, "confidence"): _SHARE,
    (Sentiment, "score"): _DECIMAL,
    (CompanyMention, "confidence"): _SHARE,
    (Disclosure, "confidence"): _SHARE,
    (Credibility, "weight"): {"type": "number", "minimum": 0},
}
_SEALED: Schema = {
    "type": "object",
    "description": "What only the key of that number opens; the key is destroyed when the record is erased.",
    "properties": {"box": {"type": "string", "contentEncoding": "base64"}, "by": {"type": "integer"}},
    "required": ["box", "by"],
}
_REJECT: Mapping[tuple[type, str], Schema] = {
    (Reject, "raw"): {"type": "string", "contentEncoding": "base64"},
}


def json_schemas() -> dict[str, Schema]:
    """By topic, and `judged` for what `vigie judge` prints."""
    return {
        "posts.v1": _titled("posts.v1", _post_record()),
        "mentions.v1": _titled(
            "mentions.v1", {"anyOf": [_of(kind, {}) for kind in (Mention, Retraction, AuthorRetraction)]}
        ),
        "reputation.v1": _titled("reputation.v1", _of(Reputation, {})),
        "rejects.v1": _titled("rejects.v1", _reject()),
        "corrections.v1": _titled("corrections.v1", _of(Correction, {})),
        "erasures.v1": _titled("erasures.v1", _of(Erasure, {})),
        "seals.v1": _titled("seals.v1", _of(Seal, {})),
        "judged": _titled("judged", _judged()),
    }


def _titled(name: str, schema: Schema) -> Schema:
    return {"$schema": _DRAFT, "title": name, **schema}


def _post_record() -> Schema:
    deleted = {"const": True}
    deletion = _of(Deletion, _POST)
    deletion["properties"]["deleted"] = deleted
    deletion["required"] = ["key", "deleted", "at"]
    deletion["not"] = {"properties": {"kind": {"const": "author"}}, "required": ["kind"]}
    author = {
        "type": "object",
        "description": "The account was withdrawn: all that it wrote up to then is void.",
        "properties": {
            "key": {**_KEY, "description": "platform:@id"},
            "platform": _POST[Post, "platform"],
            "kind": {"const": "author"},
            "author": {
                "type": "object",
                "properties": {"id": {"type": "string", "minLength": 1, "maxLength": AUTHOR_LIMIT}},
                "required": ["id"],
            },
            "deleted": deleted,
            "at": _TIME,
        },
        "required": ["key", "platform", "kind", "author", "deleted", "at"],
    }
    post = _of(Post, _POST)
    post["not"] = {
        "anyOf": [{"properties": {"deleted": deleted}, "required": ["deleted"]}, {"required": ["sealed"]}]
    }
    sealed = {
        name: _of(Post, _POST)["properties"][name] for name in ("key", "platform", "created_at", "version")
    }
    kinds = {"enum": [*KINDS, "author"]}
    clear = {
        "type": "object",
        "description": "A post, or an account's withdrawal (kind author), as Vigie's feed writes it: the rest is sealed.",
        "properties": {**sealed, "kind": kinds, "sealed": _SEALED},
        "required": ["key", "platform", "created_at", "kind", "version", "sealed"],
    }
    return {"anyOf": [post, clear, deletion, author]}


def _reject() -> Schema:
    """What may quote a post lies open, or in a box."""
    whole = _of(Reject, _REJECT)
    within = ("detail", "raw", "sha256")
    clear = [name for name in whole["required"] if name not in within]
    properties = {name: whole["properties"][name] for name in clear}
    sealed = {**whole, "properties": {**properties, "sealed": _SEALED}, "required": [*clear, "sealed"]}
    return {"anyOf": [{**whole, "not": {"required": ["sealed"]}}, sealed]}


def _judged() -> Schema:
    """`level` is "class" on the wire, and the feeling toward one company names no lexicon."""
    schema = _of(Judged, _JUDGED)
    credibility = schema["properties"]["author"]["properties"]["credibility"]
    credibility["properties"]["class"] = credibility["properties"].pop("level")
    credibility["required"] = ["class", "weight"]
    return schema


def _of(kind: Any, wire: Mapping[tuple[type, str], Schema]) -> Schema:
    """The schema of a type; fields without default are required, and others may be added later."""
    if not is_dataclass(kind):
        return _plain(kind, wire)
    assert isinstance(kind, type)  # noqa: S101 - for mypy: no instance comes here
    hints = get_type_hints(kind)
    found: Schema = {"type": "object"}
    if kind.__doc__ and not kind.__doc__.startswith(f"{kind.__name__}("):
        found["description"] = " ".join(kind.__doc__.split("\n\n", 1)[0].split())
    found["properties"] = {
        field.name: dict(wire[kind, field.name])
        if (kind, field.name) in wire
        else _of(hints[field.name], wire)
        for field in fields(kind)
    }
    found["required"] = [field.name for field in fields(kind) if not _has_default(field)]
    return found


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _plain(kind: Any, wire: Mapping[tuple[type, str], Schema]) -> Schema:
    arguments = get_args(kind)
    match get_origin(kind):
        case None:
            name = {
                str: "string",
                int: "integer",
                float: "number",
                bool: "boolean",
                bytes: "string",
                NoneType: "null",
            }
            return {"type": name[kind]}
        case origin if origin is Literal:
            return {"enum": list(arguments)}
        case origin if origin in {Union, UnionType}:
            return {"anyOf": [_of(one, wire) for one in arguments]}
        case origin if origin is dict:
            return {"type": "object", "additionalProperties": _of(arguments[1], wire)}
        case _ if arguments[-1] is Ellipsis:
            return {"type": "array", "items": _of(arguments[0], wire)}
        case _:
            each = [_of(one, wire) for one in arguments]
            return {"type": "array", "prefixItems": each, "minItems": len(each), "maxItems": len(each)}
