"""Whatever the bytes and however they are cut: nothing raises and no line is lost."""

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.sources.contract import Checkpoint, Dropped, Event, Gap, Upsert
from streams.sources.file import FileSource
from streams.sources.lines import LineSplitter

NASTY = st.sampled_from(
    [b'"', b",", b"\n", b"\r\n", b'\n"', b"id,text,date\n", b"2026-11-02", b"{", b"}", b"\0", b"\\"]
)
BYTES = st.lists(st.binary(max_size=20) | NASTY, max_size=60).map(b"".join)


@given(BYTES, st.lists(st.integers(1, 30), max_size=20))
def test_lines_are_those_of_the_whole_however_it_is_cut(data: bytes, cuts: list[int]) -> None:
    splitter = LineSplitter()
    lines, rest = [], data
    for cut in cuts:
        lines += list(splitter.feed(rest[:cut]))
        rest = rest[cut:]
    lines += [*splitter.feed(rest), *splitter.flush()]
    assert [line.raw for line in lines] == [
        line.removesuffix(b"\n").removesuffix(b"\r") for line in io.BytesIO(data).readlines()
    ]
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert not lines or lines[-1].end == len(data)


async def read(name: str, data: bytes) -> list[Event]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return [event async for event in FileSource(str(path)).events(None)]


@given(BYTES)
@settings(deadline=None)
async def test_every_line_of_jsonl_ends_somewhere(data: bytes) -> None:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff", b"\x1f\x8b"}:
        return
    found = await read("a.jsonl", data)
    assert not any(isinstance(event, Gap) for event in found)
    # A byte order mark at the very start is not part of the first line.
    lines = io.BytesIO(data.removeprefix(b"\xef\xbb\xbf")).readlines()
    count = sum(not isinstance(event, Checkpoint) for event in found)
    assert count == sum(bool(line.strip()) for line in lines)


@given(BYTES)
@settings(deadline=None)
async def test_every_line_of_csv_ends_somewhere(data: bytes) -> None:
    body = b"id,text,date\n" + data
    found = await read("a.csv", body)
    lines = io.BytesIO(data).readlines()
    covered = 0
    for event in found:
        if isinstance(event, Upsert):
            covered += event.raw.count(b"\n") + 1
        elif isinstance(event, Dropped):
            covered += event.reject.raw.count(b"\n") + 1
    blank = sum(not line.strip() for line in lines)
    assert len(lines) - blank <= covered <= len(lines)


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r")), min_size=1, max_size=20
    )
)
@settings(deadline=None)
async def test_what_a_csv_writer_wrote_comes_back(texts: list[str]) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["id", "text", "date"])
    kept = [text for text in texts if text]
    for number, text in enumerate(kept):
        writer.writerow([number, text, "2026-11-02"])
    found = await read("a.csv", out.getvalue().encode())
    assert [event.post.text for event in found if isinstance(event, Upsert)] == kept
