"""`vigie judge`: a file of posts in, judged records out, without Kafka."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from typing import BinaryIO

import orjson

from agents.judge import Judge
from schemas.activity import encode_activity
from schemas.judged import Judged, encode_judged
from schemas.post import Post
from schemas.reject import encode_reject
from streams.judges import load_judge, spare_collections
from streams.settings import Settings
from streams.sources.contract import Dropped, Source, Upsert
from streams.sources.fields import FieldMap
from streams.sources.opening import open_source

BATCH = 256


Encode = Callable[[Post, Judged], bytes]
FORMS: Mapping[str, Encode] = {"jsonl": lambda _, judged: encode_judged(judged), "as2": encode_activity}


def judge_file(
    settings: Settings,
    path: str,
    fields: Sequence[str],
    out: BinaryIO,
    err: BinaryIO,
    encode: Encode = FORMS["jsonl"],
) -> int:
    """Exit status: 0, or 2 where a line was no post (then told on `err` with its number and reason)."""
    judge = load_judge(settings)
    spare_collections()
    source = open_source(path, FieldMap.parse(fields))
    return asyncio.run(_judge(judge, source, encode, out, err))


async def _judge(judge: Judge, source: Source, encode: Encode, out: BinaryIO, err: BinaryIO) -> int:
    status = 0
    posts: list[Post] = []
    async with aclosing(source.events(None)) as events:
        async for event in events:
            if isinstance(event, Upsert):
                posts.append(event.post)
                if len(posts) == BATCH:
                    _write(judge, posts, encode, out)
            elif isinstance(event, Dropped):
                status = 2
                err.write(_line(encode_reject(event.reject)))
    _write(judge, posts, encode, out)
    return status


def _write(judge: Judge, posts: list[Post], encode: Encode, out: BinaryIO) -> None:
    out.writelines(
        encode(post, judged) + b"\n" for post, judged in zip(posts, judge.judge(posts), strict=True)
    )
    out.flush()
    posts.clear()


def _line(reject: bytes) -> bytes:
    """A reject for a person: the line's number and the reason first, the raw bytes left out."""
    wire = orjson.loads(reject)
    shown = {
        "line": wire["offset"],
        "reason": wire["reason"],
        "detail": wire["detail"],
        "topic": wire["topic"],
    }
    return orjson.dumps(shown) + b"\n"
