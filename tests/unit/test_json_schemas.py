"""`vigie schemas`: schemas that validators take, which say the same of a record as its codec."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from schemas.codec import decode_post, encode_post
from schemas.json_schema import json_schemas
from schemas.judged import encode_judged
from schemas.post import Post
from schemas.reject import Invalid
from schemas.topics import TOPICS
from streams.cli import cli
from streams.judges import load_judge
from streams.settings import read_settings

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "schemas" / "examples").rglob("*.json"))
POST = {
    "key": "twitter:1", "platform": "twitter", "text": "Bien", "created_at": "2026-05-28T20:26:40Z",
    "source": {"name": "t"},
}  # fmt: skip
GONE = {"key": "twitter:1", "deleted": True, "at": "2026-05-28T20:26:40Z"}
AUTHOR = {**GONE, "kind": "author", "platform": "twitter", "author": {"id": "7"}}


def validator(name: str) -> Any:
    draft = jsonschema.Draft202012Validator
    return draft(json_schemas()[name], format_checker=draft.FORMAT_CHECKER)


def test_there_is_one_for_every_topic_and_they_are_schemas() -> None:
    found = json_schemas()
    assert set(found) == {"judged", *(topic.name for topic in TOPICS)}
    for schema in found.values():
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_valid_and_lack_nothing_that_is_required(path: Path) -> None:
    record = json.loads(path.read_bytes())
    check = validator(path.parent.name)
    check.validate(record)
    others = [name for name in json_schemas() if name not in {path.parent.name, "judged"}]
    assert not any(validator(name).is_valid(record) for name in others), "another topic's record"


@pytest.mark.parametrize(
    "change",
    [
        {"key": 7}, {"key": ""}, {"key": "no-platform"}, {"text": None}, {"created_at": "yesterday"}, {"kind": "poem"},
        {"source": {}}, {"source": None}, {"version": 0}, {"version": 2**31}, {"visibility": "friends"},
        {"rating": "four"}, {"entities": {"urls": "one"}}, {"author": {"verified": "yes"}}, {"text": "x" * 100_001},
        {"metrics": {"observed_at": "soon"}}, {"key": "k:" * 400}, {"platform": ""},
        {}, {"text": ""}, {"lang": None}, {"version": 3}, {"rating": 4}, {"entities": {"urls": ["a"]}}, {"other": 1},
        {"author": {"id": "7", "created_at": "2020-01-01T00:00:00Z"}}, {"metrics": {"likes": 3}}, {"kind": "review"},
    ],
    ids=str,
)  # fmt: skip
def test_schema_and_codec_are_of_one_mind(change: dict[str, Any]) -> None:
    document = POST | change
    raw = json.dumps(document).encode()
    assert validator("posts.v1").is_valid(document) != isinstance(decode_post(raw), Invalid)


@pytest.mark.parametrize("record", [GONE, AUTHOR], ids=["post", "author"])
def test_withdrawals_need_each_of_their_fields(record: dict[str, Any]) -> None:
    assert validator("posts.v1").is_valid(record)
    for name in set(record) - {"kind"}:
        lacking = {field: value for field, value in record.items() if field != name}
        assert not validator("posts.v1").is_valid(lacking)
        assert isinstance(decode_post(json.dumps(lacking).encode()), Invalid)


def test_what_is_judged_is_valid() -> None:
    judge = load_judge(read_settings({}))
    lines = (ROOT / "deploy" / "corpus.jsonl").read_bytes().splitlines()[:300]
    posts = [found for line in lines if isinstance(found := decode_post(line), Post)]
    check, entering = validator("judged"), validator("posts.v1")
    judged = judge.judge(posts)
    assert any(one.mentions and one.disclosures for one in judged)
    for post, one in zip(posts, judged, strict=True):
        entering.validate(json.loads(encode_post(post)))
        check.validate(json.loads(encode_judged(one)))


def test_the_command_prints_one_or_all() -> None:
    whole = CliRunner().invoke(cli, ["schemas"])
    assert json.loads(whole.output) == json.loads(json.dumps(json_schemas()))
    one = CliRunner().invoke(cli, ["schemas", "posts.v1"])
    assert json.loads(one.output)["title"] == "posts.v1"
    assert CliRunner().invoke(cli, ["schemas", "poems.v1"]).exception is not None
