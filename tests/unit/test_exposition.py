"""The exposition: Prometheus' own parser reads it back, labels stay bounded, persons stay out, and it is fast."""

import time
from dataclasses import replace
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from schemas.reputation import WINDOWS, Reputation, WindowFigures
from streams.exporting import metrics
from streams.exporting.exposition import companies_exposition
from streams.exporting.metrics import Metric
from streams.exporting.snapshot import Snapshot
from streams.exporting.source_metrics import SourceCollector
from streams.exporting.vitals import Vitals
from streams.exporting.worker_metrics import worker_registry
from streams.pause import boot_time
from streams.sources.health import Pulse

WINDOW = WindowFigures(
    window="1h", start=0, end=3_600_000, state="ok", score=6_234, low=5_000, high=7_000, prior=0, evidence=2_345,
    weight=12_345, mentions=(1, 2, 3, 4), net=-5_000, authors=150, largest_author=2_500, coordinated=7,
    platforms={"twitter": 10}, credibility={}, disclosures={"missions/implicit/employee": 2}, rules={}, cohorts=(),
)  # fmt: skip


def touched() -> Vitals:
    return Vitals(beat=boot_time(), heard=boot_time())


def exposition(snapshot: Snapshot) -> bytes:
    return companies_exposition(snapshot) + generate_latest(worker_registry(lambda: snapshot, touched))


def reputation(company: str, person: str | None = None, **changes: object) -> Reputation:
    windows = tuple(replace(WINDOW, window=name, **changes) for name in WINDOWS)  # type: ignore[arg-type]
    return Reputation(
        company=company, person=person, at=1_000, watermark=900, offset=5, newest=900, late=3, versions={},
        windows=windows,
    )  # fmt: skip


def series(snapshot: Snapshot) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    families = text_string_to_metric_families(exposition(snapshot).decode())
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def at(found: dict[tuple[str, frozenset[tuple[str, str]]], float], name: str, **labels: str) -> float | None:
    return found.get((name, frozenset(labels.items())))


def test_figures_are_read_back_in_their_units() -> None:
    found = series(Snapshot(ready=True, at=1_500, reputations=(reputation("air-vigie"),), whole=True))
    where = {"company": "air-vigie", "window": "1h"}
    assert at(found, "vigie_reputation_score", **where) == 62.34
    assert at(found, "vigie_reputation_score_low", **where) == 50.0
    assert at(found, "vigie_reputation_score_high", **where) == 70.0
    assert at(found, "vigie_reputation_evidence", **where) == 23.45
    assert at(found, "vigie_reputation_weight", **where) == 12.345
    assert at(found, "vigie_reputation_net_sentiment_ratio", **where) == -0.5
    assert at(found, "vigie_reputation_largest_author_ratio", **where) == 0.25
    assert at(found, "vigie_reputation_mentions", **where, sentiment="unscored") == 4
    assert at(
        found, "vigie_reputation_disclosures", **where, kind="missions", mode="implicit", role="employee"
    ) == (2)
    assert at(found, "vigie_share_of_voice_ratio", **where) == 1.0
    assert at(found, "vigie_stream_clock_timestamp_seconds") == 1.5
    assert at(found, "vigie_mentions_late_total", company="air-vigie") == 3


def test_too_little_evidence_is_a_state_and_what_does_not_exist_is_left_out() -> None:
    poor = reputation("air-vigie", state="insufficient", net=None, authors=None, largest_author=None)
    found = series(Snapshot(ready=True, reputations=(poor,)))
    names = {name for name, _ in found}
    assert at(found, "vigie_reputation_insufficient", company="air-vigie", window="7d") == 1
    assert names.isdisjoint(
        {
            "vigie_reputation_score",
            "vigie_reputation_net_sentiment_ratio",
            "vigie_reputation_effective_authors",
            "vigie_share_of_voice_ratio",
            "vigie_stream_clock_timestamp_seconds",
        }
    )


def test_weightless_windows_have_no_share_and_do_not_divide_by_zero() -> None:
    silent = reputation("air-vigie", weight=0)
    assert (
        "vigie_share_of_voice_ratio{" not in exposition(Snapshot(reputations=(silent,), whole=True)).decode()
    )


def test_unknown_platforms_are_one_label_and_their_counts_add_up() -> None:
    found = series(Snapshot(posts={"twitter": 5, "évil\n": 2, 'zz"}': 3}))
    assert at(found, "vigie_posts_total", platform="twitter") == 5
    assert at(found, "vigie_posts_total", platform="other") == 5
    assert len([name for name, _ in found if name == "vigie_posts_total"]) == 2


def test_opted_in_persons_have_a_score_of_their_own_and_are_in_no_other_series() -> None:
    both = (reputation("air-vigie"), reputation("air-vigie", person="chief"))
    text = exposition(Snapshot(reputations=both)).decode()
    naming = {line.partition("{")[0] for line in text.splitlines() if "chief" in line}
    assert naming == {"vigie_person_reputation_score"}
    assert text.count('vigie_reputation_weight{company="air-vigie",window="1h"}') == 1


def test_readiness_is_a_series() -> None:
    assert at(series(Snapshot(ready=False)), "vigie_ready") == 0
    assert at(series(Snapshot(ready=True, taken=boot_time())), "vigie_ready") == 1


def test_label_values_are_escaped() -> None:
    found = series(Snapshot(versions={"watchlist": 'a"b\\c\nd', "rules": "é"}))
    (labels,) = [dict(labels) for name, labels in found if name == "vigie_build_info"]
    assert labels["watchlist"] == 'a"b\\c\nd'
    assert labels["rules"] == "é"


def test_every_exported_family_is_declared_once_with_help_and_type(tmp_path: Path) -> None:
    snapshot = Snapshot(
        ready=True, at=1, reputations=(reputation("air-vigie"),), whole=True, rules_changed=5.0
    )
    Pulse(tmp_path, "hackernews:").keep()
    sources = CollectorRegistry()
    sources.register(SourceCollector(tmp_path))
    text = (exposition(snapshot) + generate_latest(sources)).decode()
    declared = {metric.name: metric for metric in vars(metrics).values() if isinstance(metric, Metric)}
    families = [
        family
        for family in text_string_to_metric_families(text)
        if not family.name.startswith(("process_", "python_"))  # prometheus_client's own
    ]
    assert {family.name for family in families} == set(declared)
    for family in families:
        assert family.type == declared[family.name].kind
        assert family.documentation == declared[family.name].help
        assert text.count(f"# TYPE {family.name}{'_total' * (family.type == 'counter')} ") == 1


def test_a_thousand_companies_are_written_in_under_100_ms() -> None:
    many = tuple(reputation(f"company-{n}") for n in range(1_000))
    mentions = {
        (r.company, label): 3 for r in many for label in ("negative", "neutral", "positive", "unscored")
    }
    snapshot = Snapshot(ready=True, at=1, reputations=many, mentions=mentions, whole=True)
    spent = [1.0]
    for _ in range(50):  # the best counts: what else the machine does only adds, at times for seconds
        start = time.process_time()
        text = exposition(snapshot)
        spent.append(time.process_time() - start)
        if min(spent) < 0.1:
            break
    assert text.count(b"\n") > 80_000
    assert min(spent) < 0.1
    print(f"{min(spent) * 1000:.0f} ms of CPU, {text.count(10):,} lines")
