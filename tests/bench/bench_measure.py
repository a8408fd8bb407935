"""What a mention costs to fold, an entry to keep and to restore, a call of figures. Run by hand:

python tests/bench/bench_measure.py [mentions] [companies]
"""

from __future__ import annotations

import resource
import sys
from dataclasses import replace
from random import Random
from time import perf_counter, process_time

from agents.measure import Measure, MeasureSettings
from schemas.judged import LABELS
from schemas.mention import Coordinates, Mention
from schemas.reputation import DAY, MINUTE, encode

START = 20_000 * DAY
BATCH = 500
_PLAIN = Mention(
    post="", version=1, company="", platform="twitter", kind="post", event_time=0,
    origin=Coordinates("posts.v1", 0, 0), evidence="handle", confidence=9_000, label="positive",
    score=5_000, scored=True, language="fr", role="amateur", credibility="reliable-user", weight=1_000,
    register="public-talk", interaction="alone", disclosures=(), author=None, signature=None,
    repost_of=None, versions="3f2a9c",
)  # fmt: skip


def mentions(rng: Random, first: int, count: int, total: int, companies: int) -> list[tuple[int, Mention]]:
    """A run of a month's stream in order: a tenth copies, a fifth of the authors half of the posts."""
    made = []
    for number in range(first, first + count):
        signature = rng.getrandbits(64) if rng.random() < 0.9 else rng.randrange(2_000)
        made.append(
            (
                number,
                replace(
                    _PLAIN,
                    post=f"twitter:{1_400_000_000_000_000_000 + number}",
                    company=f"company-{int(companies * rng.random() ** 2)}",
                    event_time=START + number * 28 * DAY // total,
                    origin=Coordinates("posts.v1", 0, number),
                    label=rng.choice(LABELS),
                    score=rng.randint(-10_000, 10_000),
                    weight=rng.choice((200, 500, 800, 1_000)),
                    author=f"{rng.randrange(total // 5):032x}",
                    signature=f"{signature:016x}",
                ),
            )
        )
    return made


def resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - a bench, Linux alone
        return int(statm.read().split()[1]) * resource.getpagesize()


def main(total: int, companies: int) -> None:
    rng = Random(1)
    measure = Measure(MeasureSettings())
    table: dict[str, bytes] = {}
    written = folding = 0.0
    before = resident()
    for first in range(0, total, BATCH):
        batch = mentions(rng, first, BATCH, total, companies)
        start = process_time()
        writes = measure.fold(batch, START + 30 * DAY)
        folding += process_time() - start
        for key, value in writes.items():
            if value is None:
                table.pop(key)
            else:
                table[key] = value
                written += len(value)
    held = sum(map(len, table.values()))
    print(f"fold: {folding / total * 1e6:.1f} µs a mention; {written / total:.0f} bytes written a mention")
    print(f"table: {len(table)} values, {held / total:.0f} bytes a mention")
    print(f"memory: {(resident() - before - held) / total:.0f} bytes a mention beside the table")
    at = measure.watermark
    for name, time in (("first", at), ("same", at), ("a pane on", at + 5 * MINUTE)):
        start = process_time()
        found = measure.figures(time)
        print(f"figures, {name}: {process_time() - start:.3f} s for {len(found)} companies x 5 windows")
    print(f"memory with views: {(resident() - before - held) / total:.0f} bytes a mention")
    start = process_time()
    size = sum(len(encode(record)) for record in found)
    print(f"encode: {process_time() - start:.3f} s, {size // len(found)} bytes a record")
    live = [(n, replace(one, event_time=at)) for n, one in mentions(rng, total, 20_000, total, companies)]
    measure.figures(at)
    start = process_time()
    for first in range(0, len(live), BATCH):
        measure.fold(live[first : first + BATCH], START + 30 * DAY)
    print(f"fold under live views: {(process_time() - start) / len(live) * 1e6:.1f} µs a mention")
    start = process_time()
    measure.figures(at)
    print(f"figures after those: {process_time() - start:.3f} s")
    batch = [(n, replace(one, event_time=at + DAY)) for n, one in mentions(rng, total + 20_000, 1, total, 1)]
    start = process_time()
    measure.fold(batch, START + 30 * DAY)
    print(f"sealing a day: {process_time() - start:.3f} s")
    begin = perf_counter()
    Measure(MeasureSettings()).restore(table.items())
    print(f"restore: {perf_counter() - begin:.1f} s for {total} mentions")


if __name__ == "__main__":
    main(*(int(word) for word in (sys.argv[1:] + ["200000", "1000"][len(sys.argv) - 1 :])))
