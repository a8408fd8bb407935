"""The sample corpus as an evidence index holds it, without a broker: judged and measured as a watch would."""

from __future__ import annotations

import functools
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import orjson

from agents.measure import Measure, MeasureSettings
from agents.measuring.fenced_count import FencedCount
from agents.steps import verdict_of
from schemas import reputation
from schemas.codec import decode_post
from schemas.mention import Mention, Retraction, encode_mention
from schemas.post import Post
from schemas.reputation import MINUTE
from schemas.topics import MENTIONS, POSTS, REPUTATION
from streams.evidence.index import STEP, open_index, take
from streams.judges import load_judge
from streams.log_reader import LogRecord
from streams.settings import read_settings

CORPUS = Path(__file__).parents[1] / "deploy" / "corpus.jsonl"
RECEIVED = 1_794_000_000_000  # 2026-11-06
HOSTILE = {
    "key": "twitter:hostile",
    "platform": "<img src=x onerror=alert(1)>",
    "text": '<script>alert("Telvane")</script> Telvane est une honte </blockquote><style>*{display:none}</style> '
    "\u202egnol ecneliS\u202c @jeanne_d écrivez à jeanne.d@exemple.fr ou au 06 12 34 56 78, voir "
    "https://reseau.example/jeanne_d/1 {{ 7*7 }} honteux, inadmissible, nul " + "A" * 300,
    "created_at": "2026-11-02T15:55:00Z",
    "url": "javascript:alert(document.domain)",
    "author": {"handle": "jeanne_d", "name": "Jeanne <b>Dupont</b>", "id": "h1"},
    "source": {"name": "made"},
}  # fmt: skip


class Kept:
    """Originals from memory."""

    def __init__(self, raw: Mapping[tuple[int, int], bytes]) -> None:
        self._raw = raw

    def posts(self, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Post]:
        decoded = {place: decode_post(self._raw[place]) for place in places if place in self._raw}
        return {place: post for place, post in decoded.items() if isinstance(post, Post)}


@functools.cache
def judged_corpus() -> tuple[dict[tuple[int, int], bytes], tuple[LogRecord, ...]]:
    """posts.v1 by place, and the records of mentions.v1 and reputation.v1 in the order in which they came."""
    lines = [*CORPUS.read_bytes().splitlines(), orjson.dumps(HOSTILE)]
    records = [LogRecord(POSTS.name, 0, at, RECEIVED + at, None, line) for at, line in enumerate(lines)]
    judge = load_judge(read_settings({}))
    judged: list[Mention | Retraction] = []
    for start in range(0, len(records), 500):
        judged += verdict_of(records[start : start + 500], judge, FencedCount(), b"key").records
    return {(0, at): line for at, line in enumerate(lines)}, tuple(published(judged))


def published(judged: Iterable[Mention | Retraction]) -> Iterable[LogRecord]:
    """Each judged record, and every 15 minutes the figures."""
    measure, due, written = Measure(MeasureSettings()), 0, 0
    waiting: list[tuple[int, Mention | Retraction]] = []
    for offset, one in enumerate(judged):
        time = one.event_time if isinstance(one, Mention) else one.at
        if time > due:
            measure.fold(waiting, now=RECEIVED)
            waiting = []
            for found in measure.figures(due) if due else ():
                yield LogRecord(REPUTATION.name, 0, written, RECEIVED + offset, b"", reputation.encode(found))
                written += 1
            due = (time // STEP + 1) * STEP
        waiting.append((offset, one))
        yield LogRecord(MENTIONS.name, 0, offset, RECEIVED + offset, b"", encode_mention(one))
    measure.fold(waiting, now=RECEIVED)
    for found in measure.figures(measure.watermark + MINUTE):
        yield LogRecord(REPUTATION.name, 0, written, RECEIVED, b"", reputation.encode(found))
        written += 1


@functools.cache
def index_file() -> bytes:
    """The index over the corpus, made once."""
    with tempfile.TemporaryDirectory(prefix="vigie-evidence-") as home:
        index = open_index(Path(home))
        take(index, judged_corpus()[1])
        index.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        index.close()
        return (Path(home) / "evidence.sqlite3").read_bytes()


def filled_index(home: Path) -> tuple[sqlite3.Connection, Kept]:
    """An index over the corpus, in `home`."""
    (home / "evidence.sqlite3").write_bytes(index_file())
    return open_index(home), Kept(judged_corpus()[0])
