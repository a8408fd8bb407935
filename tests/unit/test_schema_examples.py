"""What schemas/examples shows of each topic is what its codec reads and writes."""

import hashlib
from base64 import b64decode
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from schemas import reputation
from schemas.codec import decode_post, encode_post
from schemas.correction import decode_correction, encode_correction
from schemas.erasure import decode_erasure, encode_erasure
from schemas.mention import AuthorRetraction, Mention, Retraction, decode_mention, encode_mention
from schemas.post import AuthorDeletion, Deletion, Post
from schemas.reject import Invalid, encode_reject, encode_sealed_reject, open_reject, reject_of
from schemas.seal import decode_seal, encode_seal
from schemas.sealed import Sealed, decode_record, encode_sealed, open_post
from schemas.topics import TOPICS

EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"
EXAMPLE_KEY = AESGCM(bytes(range(32)))  # of the sealed examples


def wire(path: Path) -> bytes:
    """The record as it goes over Kafka: the example without its line breaks, fields in its order."""
    return orjson.dumps(orjson.loads(path.read_bytes()))


def example(name: str) -> bytes:
    return wire(EXAMPLES / f"{name}.json")


def again(topic: str, raw: bytes) -> bytes:  # noqa: PLR0911 - a table
    """`raw` decoded and encoded by the topic's codec."""
    match topic:
        case "posts.v1":
            post = decode_record(raw)
            assert not isinstance(post, Invalid), post
            return encode_sealed(post) if isinstance(post, Sealed) else encode_post(post)
        case "mentions.v1":
            return encode_mention(decode_mention(raw))
        case "reputation.v1":
            return reputation.encode(reputation.decode(raw))
        case "corrections.v1":
            return encode_correction(decode_correction(raw))
        case "seals.v1":
            return encode_seal(decode_seal(raw))
        case "erasures.v1":
            return encode_erasure(decode_erasure(raw))
        case "rejects.v1":
            return letter_again(orjson.loads(raw))
    raise AssertionError(f"no codec is known for {topic}")


def letter_again(letter: dict[str, Any]) -> bytes:
    opened = open_reject(letter, lambda _, box: EXAMPLE_KEY.decrypt(bytes(12), box, None))
    lay = {name: opened[name] for name in ("topic", "partition", "offset", "at")}
    reject = reject_of(b64decode(opened["raw"]), Invalid(opened["reason"], opened["detail"]), **lay)
    if "sealed" not in letter:
        return encode_reject(reject)
    return encode_sealed_reject(
        reject,
        letter["sealed"]["by"],
        lambda contents: EXAMPLE_KEY.encrypt(bytes(12), contents, None),
    )


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.json")), ids=lambda path: path.stem)
def test_an_example_is_canonical(path: Path) -> None:
    raw = wire(path)
    assert again(path.parent.name, raw) == raw


def test_every_topic_has_an_example_and_no_other_has() -> None:
    assert {path.parent.name for path in EXAMPLES.rglob("*.json")} == {topic.name for topic in TOPICS}


def test_posts_show_each_thing_that_can_happen() -> None:
    found = {name: decode_post(example(f"posts.v1/{name}")) for name in ("french", "edit", "deletion")}
    first, edit, deletion = found.values()
    assert decode_post(example("posts.v1/author-deletion")) == AuthorDeletion(
        "twitter", "4711", 1_780_007_400_000
    )
    assert isinstance(first, Post)
    assert isinstance(edit, Post)
    assert isinstance(deletion, Deletion)
    assert first.key == edit.key == deletion.key
    assert (first.version, edit.version) == (1, 2)
    repost, review = (decode_post(example(f"posts.v1/{name}")) for name in ("repost", "review"))
    assert isinstance(repost, Post)
    assert isinstance(review, Post)
    assert (repost.kind, repost.repost_of) == ("repost", first.key)
    assert (review.kind, review.rating) == ("review", 2.0)


def test_mentions_show_a_mention_an_edit_and_a_deletion() -> None:
    assert isinstance(decode_mention(example("mentions.v1/author-retraction")), AuthorRetraction)
    names = ("mention", "retraction-edit", "retraction-deletion")
    mention, edit, deletion = (decode_mention(example(f"mentions.v1/{name}")) for name in names)
    assert isinstance(mention, Mention)
    assert isinstance(edit, Retraction)
    assert isinstance(deletion, Retraction)
    assert (edit.below, deletion.below) == (2, None)


def test_the_reject_is_what_the_codec_says_of_its_bytes() -> None:
    letter = orjson.loads(example("rejects.v1/wrong-type"))
    raw = b64decode(letter["raw"])
    assert decode_post(raw) == Invalid(letter["reason"], letter["detail"])
    assert letter["size"] == len(raw)
    assert letter["sha256"] == hashlib.sha256(raw).hexdigest()


def test_the_sealed_post_is_the_french_one_and_shows_nothing_of_it() -> None:
    raw = example("posts.v1/sealed")
    sealed = decode_record(raw)
    assert isinstance(sealed, Sealed)
    private = EXAMPLE_KEY.decrypt(bytes(12), sealed.box, sealed.bound())
    assert open_post(sealed, private) == decode_post(example("posts.v1/french"))
    assert not any(word in raw for word in (b"panne", b"lea_m", b"4242", b"nordelle"))
