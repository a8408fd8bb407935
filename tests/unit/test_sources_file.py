"""The file source: formats, dead letters, resuming, following, pacing."""

import asyncio
import gzip
from pathlib import Path

import orjson
import pytest

from streams.sources.contract import Checkpoint, Delete, Dropped, Event, Gap, SourceError, Upsert
from streams.sources.fields import FieldMap
from streams.sources.file import FileSource


async def events(path: Path, *, cursor: str | None = None, maps: tuple[str, ...] = ()) -> list[Event]:
    return [event async for event in FileSource(str(path), FieldMap.parse(maps)).events(cursor)]


def keys(found: list[Event]) -> list[str]:
    return [event.post.key for event in found if isinstance(event, Upsert)]


def refused(found: list[Event]) -> list[tuple[int, str]]:
    return [(event.reject.offset, event.reject.reason) for event in found if isinstance(event, Dropped)]


def native(number: int) -> bytes:
    post = {
        "key": f"bluesky:{number}", "platform": "bluesky", "text": "Retard à l'agence de Brest",
        "created_at": "2026-11-02T08:00:00Z", "source": {"name": "test"},
    }  # fmt: skip
    return orjson.dumps(post)


def jsonl(path: Path, *lines: bytes) -> Path:
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def add(path: Path, text: bytes) -> None:
    with path.open("ab") as file:
        file.write(text)


async def test_native_lines_pass_as_they_are(tmp_path: Path) -> None:
    gone = b'{"key":"bluesky:1","deleted":true,"at":"2026-11-02T09:00:00Z"}'
    found = await events(jsonl(tmp_path / "a.jsonl", native(1), b"", gone))
    assert isinstance(found[0], Upsert)
    assert (found[0].post.source.name, found[0].raw) == ("test", native(1))
    assert found[1] == Delete("bluesky:1", 1_793_610_000_000)
    assert isinstance(found[2], Checkpoint)
    assert len(found) == 3


async def test_bad_lines_are_dropped_with_their_place_and_cost_no_other(tmp_path: Path) -> None:
    bad = {
        b"not json": "not-json",
        b'{"text": NaN}': "not-json",
        b"\xff\xfe{}": "not-utf8",
        b'{"text": "\xe9"}': "not-utf8",
        b'{"text": "\\ud800"}': "not-utf8",
        b"[1]": "not-an-object",
        b"[" * 5000: "too-deep",
        b"{}": "missing-field",
        b'{"text":"x","date":"9999-01-01"}': "bad-time",
        b'{"text":1,"source":{}}': "missing-field",
        b"\0": "not-json",
        b'{"text": 12345678901234567890123, "date": "2026-11-02"}': "bad-value",
        b"x" * 10_000_000: "too-large",
    }
    lines = [line for index, text in enumerate(bad) for line in (native(index), text)]
    found = await events(jsonl(tmp_path / "bad.jsonl", *lines))
    assert keys(found) == [f"bluesky:{index}" for index in range(len(bad))]
    got = refused(found)
    assert [offset for offset, _ in got] == list(range(2, 2 * len(bad) + 1, 2))
    assert [reason for _, reason in got] == list(bad.values())
    last = [event.reject for event in found if isinstance(event, Dropped)][-1]
    assert (last.reason, last.size, len(last.raw)) == ("too-large", 10_000_000, 65_536)
    assert last.topic.startswith(f"file:{tmp_path}/bad.jsonl@")
    assert last.partition == 0


async def test_csv_quotes_lines_and_marks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        b"\xef\xbb\xbfid;date;text\r\n"
        b'1;2026-11-02;"deux\r\nlignes ; et ""guillemets"""\r\n'
        b"\r\n"
        b'2;2026-11-02;un 5" pouces\r\n'
        b"3;2026-11-02;fin"
    )
    found = await events(path)
    assert keys(found) == ["file:1", "file:2", "file:3"]
    assert isinstance(found[0], Upsert)
    assert found[0].post.text == 'deux\nlignes ; et "guillemets"'
    assert [event.post.source.cursor for event in found if isinstance(event, Upsert)] == ["2", "5", "6"]


async def test_a_stray_quote_costs_its_own_line_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [b"id,date,text", b'1,2026-11-02,"never closed', *(b"%d,2026-11-02,fine" % n for n in range(2, 9))]
    rows += [b'9,2026-11-02,"shut" then more', b"10,2026-11-02", b"11,2026-11-02,a\0b", b"12,2026-11-02,\xe9"]
    rows += [b'13,2026-11-02,"two', b'lines"']
    path.write_bytes(b"\n".join(rows))
    found = await events(path)
    assert keys(found) == [f"file:{n}" for n in (*range(2, 9), 13)]
    assert refused(found) == [
        (2, "bad-value"), (10, "bad-value"), (11, "bad-value"), (12, "bad-value"), (13, "not-utf8"),
    ]  # fmt: skip


async def test_quotes_that_never_settle_cost_no_more_than_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        b"id,date,text\n" + 20 * (b'1,2026-11-02,"abc\n' + 400 * b'x","y\n') + b"2,2026-11-02,fine\n"
    )
    async with asyncio.timeout(20):  # minutes, where every line starts a reading of the next thousand
        found = await events(path)
    assert keys(found) == ["file:2"]
    assert len(refused(found)) == 20 * 401


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".csv", ".csv.gz"])
async def test_resuming_from_any_checkpoint_misses_and_repeats_nothing(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"many{suffix}"
    if ".csv" in suffix:
        text = b"id,date,text\n" + b"".join(b'%d,2026-11-02,"a\nb"\n' % n for n in range(1700))
    else:
        text = b"".join(native(n) + b"\n" for n in range(1700))
    path.write_bytes(gzip.compress(text) if suffix.endswith("gz") else text)
    whole = await events(path)
    places = [index for index, event in enumerate(whole) if isinstance(event, Checkpoint)]
    assert len(places) == 4
    for index in places:
        mark = whole[index]
        assert isinstance(mark, Checkpoint)
        rest = await events(path, cursor=mark.cursor)
        assert rest == whole[index + 1 :]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda text: text[:20_000], "shorter"),
        (lambda text: b" " + text, "another"),
        (lambda text: text.replace(b"Brest", b"Lyons"), "another"),
        (lambda text: text[:40_000].replace(b"bluesky:499", b"bluesky:000") + text[40_000:], None),
    ],
)
async def test_a_changed_file_is_noticed_and_read_again(tmp_path: Path, change, word: str | None) -> None:  # noqa: ANN001
    path = jsonl(tmp_path / "a.jsonl", *(native(n) for n in range(600)))
    mark = next(event for event in await events(path) if isinstance(event, Checkpoint))
    path.write_bytes(change(path.read_bytes()))
    found = await events(path, cursor=mark.cursor)
    if word is None:  # far before the place, the digests do not reach
        assert len(keys(found)) == 100
    else:
        assert isinstance(found[0], Gap)
        assert word in found[0].detail
        assert keys(found)[0] == "bluesky:0"


async def test_a_cut_gzip_gives_what_it_has_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b"".join(native(n) + b"\n" for n in range(5000)))[:-2000])
    found = await events(path)
    assert len(keys(found)) > 100
    assert isinstance(found[-1], Gap)


async def test_following_reads_what_is_added_and_notices_a_new_file(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", native(1))
    steps = iter(
        [
            lambda: add(path, native(2)[:50]),
            lambda: add(path, native(2)[50:] + b"\n"),
            lambda: jsonl(path, native(3)),
            lambda: (jsonl(tmp_path / "b.jsonl", native(4), native(5))).rename(path),
        ]
    )

    async def pause(seconds: float) -> None:
        next(steps, lambda: None)()
        await asyncio.sleep(0)

    found: list[Event] = []
    async for event in FileSource(str(path), follow=True, pause=pause).events(None):
        found.append(event)
        if keys(found)[-1:] == ["bluesky:5"]:
            break
    assert keys(found) == [f"bluesky:{n}" for n in range(1, 6)]
    assert len([event for event in found if isinstance(event, Gap)]) == 2


async def test_recorded_time_runs_at_the_chosen_speed(tmp_path: Path) -> None:
    lines = [native(n).replace(b"08:00:00", b"08:%02d:00" % minute) for n, minute in enumerate([0, 1, 1, 59])]
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    source = FileSource(str(jsonl(tmp_path / "a.jsonl", *lines)), speed=60, pause=pause)
    assert len(keys([event async for event in source.events(None)])) == 4
    # The pause takes no time here, so waits add up: 1 s for the minute, then 5 s for the long silence.
    assert waits == [pytest.approx(1, abs=0.2), pytest.approx(1, abs=0.2), pytest.approx(6, abs=0.2)]


async def test_what_is_no_file_of_posts_is_refused_in_words(tmp_path: Path) -> None:
    wide = tmp_path / "utf16.csv"
    wide.write_text("id,date,text\n", encoding="utf-16")
    for path, word in [(tmp_path, "directory"), (tmp_path / "none.csv", "No such"), (wide, "UTF-16")]:
        with pytest.raises(SourceError, match=word):
            await events(path)


def checkpoint(found: list[Event]) -> str:
    return [event.cursor for event in found if isinstance(event, Checkpoint)][-1]


def topics(found: list[Event]) -> set[str]:
    return {event.reject.topic for event in found if isinstance(event, Dropped)}


async def test_dead_letters_of_a_replaced_file_lie_elsewhere_and_those_of_a_grown_one_do_not(
    tmp_path: Path,
) -> None:
    path = jsonl(tmp_path / "a.jsonl", b"bad", native(1))
    first = await events(path)
    assert topics(await events(path)) == topics(first), "read again, it is the same file"
    add(path, b"worse\n")
    grown = await events(path, cursor=checkpoint(first))
    assert (refused(grown), topics(grown)) == ([(3, "not-json")], topics(first))

    jsonl(path, b"other", native(1), native(2))
    replaced = await events(path, cursor=checkpoint(grown))
    assert refused(replaced) == [(1, "not-json")]
    assert topics(replaced).isdisjoint(topics(first))


async def test_a_cursor_of_the_form_before_identities_goes_on(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", native(1))
    older = orjson.dumps(orjson.loads(checkpoint(await events(path)))[:5]).decode()
    add(path, native(2) + b"\n")
    assert keys(await events(path, cursor=older)) == ["bluesky:2"]
