"""A live watch with edits, deletions and a kill -9; then its figures are audited, and a copy tampered with."""

import asyncio
import json
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic
from live_watch import PARTITIONS, LiveWatch, corpus, raw_records

from schemas.reputation import decode
from schemas.topics import POSTS, REPUTATION, SEALS
from streams.broker.embedded import EmbeddedBroker
from streams.chain import digest_of
from streams.proving.audit import audit
from streams.proving.commands import audit as audit_command
from streams.proving.commands import replay as replay_command
from streams.proving.shelf import shelf_of
from streams.proving.what_if_command import what_if as what_if_command
from streams.settings import Settings, read_settings
from streams.versions import altered_versions

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]
Row = tuple[int, int, int, bytes, bytes]
COPIED = (POSTS.name, REPUTATION.name, SEALS.name)
SPAN = ("--from", "2026-10-01", "--to", "2026-12-31")


@dataclass(frozen=True)
class Log:
    """What a watch left behind: its broker, its home, and its topics' records."""

    settings: Settings
    rows: dict[str, list[Row]]


def live(watch: LiveWatch) -> None:
    """800 posts, some edited and deleted while they come; a kill -9 in their midst, then a stop and a start
    with another table of credibility."""
    posts = [post for post in corpus() if "text" in post][:800]
    edits = [{**post, "version": 9, "text": f"Terrible service. {post['text']}"} for post in posts[30:450:17]]
    gone = [{"key": post["key"], "deleted": True, "at": "2026-11-20T00:00:00Z"} for post in posts[10:700:31]]
    watch.start()
    watch.feed(posts[:300])
    watch.wait_counted(300)
    watch.feed([*posts[300:500], *edits])
    watch.wait_counted(400)
    watch.end(signal.SIGKILL)
    watch.start()
    watch.feed([*posts[500:], *gone])
    watch.wait_counted()
    watch.end(signal.SIGTERM)
    watch.start(credibility=other_table(watch.home))
    for part in range(7):  # more to publish: a round of records each
        before = watch.recorded()
        watch.feed([{**post, "key": f"{post['key']}-{part}"} for post in posts[part * 100 : part * 100 + 60]])
        watch.wait_recorded(more_than=before)
    watch.wait_counted()
    watch.end(signal.SIGTERM)


def other_table(home: Path) -> Path:
    """The shipped table, but for one weight."""
    table = read_settings({}).credibility.read_text("utf-8")
    path = home / "other.toml"
    path.write_text(table.replace("\nordinary = 1000\n", "\nordinary = 900\n"), "utf-8")
    assert path.read_text("utf-8") != table
    return path


@pytest.fixture(scope="module")
def log() -> Iterator[Log]:
    with tempfile.TemporaryDirectory(prefix="vigie-audit-") as directory:
        broker = EmbeddedBroker(Path(directory), heap="256m", say=print)
        asyncio.run(broker.start())
        watch = LiveWatch(broker.bootstrap, Path(directory))
        try:
            live(watch)
            rows = {topic: raw_records(broker.bootstrap, topic) for topic in COPIED}
            yield Log(watch.settings, rows)
        finally:
            watch.close()
            asyncio.run(broker.stop())


def vigie(command: object, settings: Settings, *arguments: str) -> tuple[int, str]:
    given = ["--home", str(settings.home), "--broker", settings.broker or "", *arguments]
    result = CliRunner().invoke(command, given)  # type: ignore[arg-type]
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_50_published_figures_are_what_posts_give(log: Log) -> None:
    rng = Random(9)
    records = [decode(row[4]) for row in log.rows[REPUTATION.name]]
    assert len(records) >= 50
    outcomes: dict[str, int] = {}
    last = records[-1].origins
    assert {len({run.rules for run in origin.runs}) for origin in last} == {2}, "two versions judged"
    chosen = rng.sample(records, 50)
    for company in sorted({record.company for record in chosen}):
        shelf = shelf_of(company, log.settings.broker or "")
        instants = {record.at for record in chosen if record.company == company}
        picked = [one for one in shelf.published if one.reputation.at in instants]
        assert shelf.breaks == []
        for finding in audit(log.settings, shelf, picked, advance=lambda _: None, processes=1):
            outcomes[finding.outcome] = outcomes.get(finding.outcome, 0) + 1
            assert finding.outcome == "identical", finding
    assert sum(outcomes.values()) >= 50


def test_the_command_says_identical_and_verifies(log: Log) -> None:
    company = decode(log.rows[REPUTATION.name][0][4]).company
    status, told = vigie(audit_command, log.settings, "--company", company, *SPAN, "--format", "json")
    assert status == 0
    assert set(json.loads(told)["outcomes"]) == {"identical"}
    status, told = vigie(audit_command, log.settings, "--verify")
    assert status == 0, told


def test_replay_in_one_process_or_two_is_the_same_bytes(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("--from", "2026-11-02T08:00:00Z", "--to", "2026-11-02T14:00:00Z", "--every", "15m")
    monkeypatch.setattr("streams.proving.replay.ALONE", 0)
    made = []
    for processes in ("1", "2"):
        out = tmp_path / processes
        status, _ = vigie(replay_command, log.settings, *asked, "--processes", processes, "--out", str(out))
        assert status == 0
        made.append(out.read_bytes())
    assert made[0] == made[1]
    assert made[0].count(b"\n") > 50
    company = decode(made[0].splitlines()[-1]).company
    vigie(
        replay_command,
        log.settings,
        *asked,
        "--processes",
        "1",
        "--company",
        company,
        "--out",
        str(tmp_path / "one"),
    )
    alone = [line for line in made[0].splitlines(keepends=True) if decode(line).company == company]
    assert (tmp_path / "one").read_bytes() == b"".join(alone)


def test_replay_into_a_side_topic_leaves_the_live_ones_alone(log: Log) -> None:
    asked = ("--from", "2026-11-02T09:00:00Z", "--to", "2026-11-02T12:00:00Z")
    status, _ = vigie(replay_command, log.settings, *asked, "--topic", "replay.test.v1")
    assert status == 0
    assert len(raw_records(log.settings.broker or "", "replay.test.v1")) > 5
    assert raw_records(log.settings.broker or "", REPUTATION.name) == log.rows[REPUTATION.name]


def test_what_another_table_would_have_changed_is_told_post_by_post(log: Log, tmp_path: Path) -> None:
    asked = ("--from", "2026-11-02T08:00:00Z", "--to", "2026-11-02T14:00:00Z", "--every", "1h")
    other = ("--credibility", str(other_table(tmp_path)), "--format", "json", "--posts", "100000")
    status, told = vigie(what_if_command, log.settings, *asked, *other)
    found = json.loads(told)
    assert status == 0
    assert 0 < len(found["figures"]) <= found["compared"]
    assert found["before"]["credibility"] != found["after"]["credibility"]
    assert found["before"]["watchlist"] == found["after"]["watchlist"]
    assert 0 < found["changed"] == len(found["posts"])
    assert {tuple(post["before"]) for post in found["posts"]} == {("weight",)}
    assert {(post["before"]["weight"], post["after"]["weight"]) for post in found["posts"]} == {(1000, 900)}
    keys = {row[3].decode() for row in log.rows[POSTS.name]}
    assert {post["key"] for post in found["posts"]} <= keys


def test_tampering_with_a_copy_is_found(log: Log, make_broker: Callable[[], EmbeddedBroker]) -> None:
    records = log.rows[REPUTATION.name]
    by_company: dict[str, list[Row]] = {}
    for row in records:
        by_company.setdefault(decode(row[4]).company, []).append(row)
    victim, other = sorted(by_company, key=lambda name: -len(by_company[name]))[:2]
    record = by_company[victim][1]
    post = evidence_of(log, other)
    broker = make_broker()
    asyncio.run(broker.start())
    copy_log(log, broker.bootstrap, {(REPUTATION.name, *record[:2]), (POSTS.name, *post[:2])})
    home = broker.home
    shutil.copytree(log.settings.home / "versions", home / "versions")
    settings = replace(log.settings, home=home, broker=broker.bootstrap)

    status, told = vigie(audit_command, settings, "--verify")
    assert status == 4
    assert f"ALTERED {REPUTATION.name}/{record[0]}" in told
    assert f"ALTERED {POSTS.name}/{post[0]}" in told
    status, told = vigie(audit_command, settings, "--company", victim, *SPAN, "--format", "json")
    found = {finding["offset"]: finding for finding in json.loads(told)["findings"]}
    assert status == 4
    assert found[record[1]]["outcome"] == "unexplained"
    assert "hash" in found[record[1]]["causes"][0]["detail"]
    status, _ = vigie(audit_command, settings, "--company", other, *SPAN)
    assert status == 4

    kept = next((home / "versions").glob("*.toml"))
    kept.write_bytes(kept.read_bytes().replace(b"company", b"compani", 1).replace(b"weight", b"weigth", 1))
    assert list(altered_versions(home))


def evidence_of(log: Log, company: str) -> Row:
    """The post that moved the last figures of `company` most."""
    last = next(row for row in reversed(log.rows[REPUTATION.name]) if decode(row[4]).company == company)
    key = decode(last[4]).evidence[0].encode()
    return next(row for row in reversed(log.rows[POSTS.name]) if row[3] == key)


def copy_log(log: Log, bootstrap: str, altered: set[tuple[str, int, int]]) -> None:
    """The same records at the same offsets and times; of those named, one byte is another."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    kept = {"message.timestamp.type": "CreateTime", "retention.ms": "-1"}
    admin.create_topics([NewTopic(topic, PARTITIONS, 1, topic_configs=kept) for topic in COPIED])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=20)
    for topic in COPIED:
        for partition, offset, time, key, value in log.rows[topic]:
            if (topic, partition, offset) in altered:
                value = one_byte_other(topic, value)  # noqa: PLW2901
            producer.send(topic, value, key=key, partition=partition, timestamp_ms=time)
    producer.flush()
    producer.close()


def one_byte_other(topic: str, value: bytes) -> bytes:
    """A digit of a score, or a digit of a post's time: both still decode."""
    field = b'"score":' if topic == REPUTATION.name else b'"created_at":"2026-11-'
    at = value.index(field) + len(field)
    changed = value[:at] + (b"1" if value[at : at + 1] != b"1" else b"2") + value[at + 1 :]
    assert digest_of(changed) != digest_of(value)
    return changed
