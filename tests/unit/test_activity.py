"""Posts as Activity Streams 2.0."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from schemas.activity import CONTEXT, TAG, encode_activity
from schemas.codec import decode_post
from schemas.judged import encode_judged
from schemas.post import Post
from streams.cli import cli
from streams.judges import load_judge
from streams.settings import read_settings

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "schemas" / "examples" / "posts.v1"
URI = {"type": "string", "pattern": r"^[a-z][a-z0-9+.-]*:[^\s]+$"}
ACTIVITY: dict[str, Any] = {
    "type": "object",
    "required": ["@context", "id", "type", "published", "object", "to", "judgement"],
    "properties": {
        "@context": {"const": CONTEXT},
        "id": URI,
        "type": {"enum": ["Create", "Announce"]},
        "published": {"type": "string", "format": "date-time"},
        "actor": {"$ref": "#/$defs/actor"},
        "to": {"const": "as:Public"},
        "object": {"anyOf": [URI, {"$ref": "#/$defs/object"}]},
        "judgement": {"type": "object", "required": ["sentiment", "versions"]},
    },
    "additionalProperties": False,
    "$defs": {
        "actor": {
            "type": "object",
            "required": ["id", "type"],
            "properties": {
                "id": URI, "type": {"const": "Person"}, "name": {"type": "string"},
                "preferredUsername": {"type": "string"}, "summary": {"type": "string"},
            },
            "additionalProperties": False,
        },
        "object": {
            "type": "object",
            "required": ["id", "type", "content", "published", "version"],
            "properties": {
                "id": URI, "type": {"enum": ["Note", "Article", "Video"]}, "mediaType": {"const": "text/plain"},
                "content": {"type": "string"}, "contentMap": {"type": "object", "additionalProperties": {"type": "string"}},
                "published": {"type": "string", "format": "date-time"}, "url": URI, "attributedTo": URI,
                "inReplyTo": URI, "context": URI, "quoteOf": URI, "rating": {"type": "number"},
                "version": {"type": "integer", "minimum": 1},
                "tag": {"type": "array", "items": {"required": ["type", "name"]}},
                "attachment": {"type": "array", "items": {"required": ["type", "href"]}},
            },
            "additionalProperties": False,
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> dict[str, tuple[Post, dict[str, Any], dict[str, Any]]]:
    """Each example that is a post, as an activity, with its judgement."""
    judge = load_judge(read_settings({}))
    made = {}
    for path in sorted(EXAMPLES.glob("*.json")):
        post = decode_post(path.read_bytes())
        if isinstance(post, Post):
            (judged,) = judge.judge([post])
            made[path.stem] = (
                post, json.loads(encode_activity(post, judged)), json.loads(encode_judged(judged)),
            )  # fmt: skip
    return made


def test_they_are_well_formed(found: dict[str, Any]) -> None:
    draft = Draft202012Validator
    for _, made, _ in found.values():
        draft(ACTIVITY, format_checker=draft.FORMAT_CHECKER).validate(made)


def test_the_post_and_its_judgement_are_in_it(found: dict[str, Any]) -> None:
    post, made, judged = found["comment"]
    assert made["judgement"] == judged
    note = made["object"]
    assert (made["type"], note["type"], note["content"]) == ("Create", "Note", post.text)
    assert (note["id"], note["inReplyTo"]) == (f"{TAG}youtube:UgxExample1", f"{TAG}youtube:vidExample1")
    assert note["attributedTo"] == made["actor"]["id"] == f"{TAG}youtube:@UCexample"


def test_an_edit_is_another_activity_on_the_same_object_and_a_repost_announces(found: dict[str, Any]) -> None:
    (_, first, _), (_, edit, _), (repost, announced, _) = found["french"], found["edit"], found["repost"]
    assert first["object"]["id"] == edit["object"]["id"]
    assert first["id"] != edit["id"]
    assert (announced["type"], announced["object"]) == ("Announce", f"{TAG}{repost.repost_of}")
    assert found["review"][1]["object"]["rating"] == 2.0


def test_every_word_is_activity_streams_or_declared(found: dict[str, Any]) -> None:
    words = {
        "@context", "id", "type", "published", "actor", "to", "object", "url", "attributedTo", "content", "contentMap",
        "inReplyTo", "context", "tag", "attachment", "mediaType", "name", "preferredUsername", "summary", "href",
    } | set(CONTEXT[1])  # fmt: skip
    for _, made, _ in found.values():
        parts = [made, made.get("actor", {}), made["object"] if isinstance(made["object"], dict) else {}]
        assert {name for part in parts for name in part} <= words


def test_keys_with_anything_in_them_become_uris() -> None:
    judge = load_judge(read_settings({}))
    raw = orjson.loads((EXAMPLES / "french.json").read_bytes()) | {"key": "rss:à propos <b>#1", "lang": None}
    post = decode_post(orjson.dumps(raw))
    assert isinstance(post, Post)
    made = json.loads(encode_activity(post, judge.judge([post])[0]))
    assert re.fullmatch(URI["pattern"], made["object"]["id"])
    assert "<" not in made["object"]["id"]
    assert "contentMap" not in made["object"]


def test_the_command_writes_an_activity_a_line() -> None:
    told = CliRunner().invoke(cli, ["judge", "--format", "as2", str(ROOT / "deploy" / "corpus.jsonl")])
    lines = told.stdout_bytes.splitlines()
    assert told.exit_code == 0
    assert len(lines) > 100
    assert all(json.loads(line)["@context"][0] == CONTEXT[0] for line in lines)
