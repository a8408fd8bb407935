"""The series of every company, in Prometheus' text format, version 0.0.4.

Written by hand, not by prometheus_client's registry: a thousand companies make some 80,000 series, which
that takes most of a second to write and this a tenth of it, in the process that also works the stream. The
few series of the worker itself are the registry's: `streams.exporting.worker_metrics`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from schemas.reputation import OUTCOMES, Reputation, WindowFigures
from streams.exporting import metrics as m
from streams.exporting.snapshot import Snapshot

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Rows = list[tuple[str, WindowFigures]]  # the labels of a company's window, ready written, and its figures

_WINDOW_GAUGES: tuple[tuple[m.Metric, Callable[[WindowFigures], float | None]], ...] = (
    (m.LOW, lambda w: w.low / 100),
    (m.HIGH, lambda w: w.high / 100),
    (m.SCORE, lambda w: w.score / 100 if w.state == "ok" else None),
    (m.INSUFFICIENT, lambda w: int(w.state != "ok")),
    (m.EVIDENCE, lambda w: w.evidence / 100),
    (m.WEIGHT, lambda w: w.weight / 1000),
    (m.NET, lambda w: None if w.net is None else w.net / 10_000),
    (m.AUTHORS, lambda w: None if w.authors is None else w.authors / 100),
    (m.LARGEST_AUTHOR, lambda w: None if w.largest_author is None else w.largest_author / 10_000),
    (m.COORDINATED, lambda w: w.coordinated),
)


def companies_exposition(snapshot: Snapshot) -> bytes:
    """Every metric of `streams.exporting.metrics` that has a company or a person as label."""
    return "".join(line for family in _families(snapshot) for line in family).encode()


def _families(snapshot: Snapshot) -> Iterator[Iterator[str]]:
    companies = [reputation for reputation in snapshot.reputations if reputation.person is None]
    yield from _windows(companies, whole=snapshot.whole)
    yield _family(m.PERSON, _persons(snapshot.reputations))
    yield _family(m.BASELINE_LOW, (((r.company,), r.baseline.low / 100) for r in companies if r.baseline))
    yield _family(m.MENTIONS, snapshot.mentions.items())
    yield _family(m.LATE, (((r.company,), r.late) for r in companies))
    yield _family(m.NEWEST, (((company,), at / 1000) for company, at in snapshot.newest.items()))


def _persons(reputations: Iterable[Reputation]) -> Iterator[tuple[tuple[str, str, str], float]]:
    """Only persons on the opt-in list have figures at all; the label is the id that the list gives them."""
    for reputation in reputations:
        if reputation.person is not None:
            for window in reputation.windows:
                if window.state == "ok":
                    yield (reputation.company, reputation.person, window.window), window.score / 100


def _windows(companies: list[Reputation], *, whole: bool) -> Iterator[Iterator[str]]:
    # ids and windows are of [a-z0-9-]: nothing to escape
    rows = [(f'company="{r.company}",window="{w.window}"', w) for r in companies for w in r.windows]
    for metric, value in _WINDOW_GAUGES:
        yield _gauge(metric, rows, value)
    yield _counts(m.WINDOW_MENTIONS, ((row, zip(OUTCOMES, w.mentions, strict=True)) for row, w in rows))
    yield _counts(m.PLATFORM_MENTIONS, ((row, m.bounded_platforms(w.platforms)) for row, w in rows))
    yield _counts(m.CREDIBILITY_MENTIONS, ((row, w.credibility.items()) for row, w in rows))
    yield _counts(m.COHORT_AUTHORS, ((row, ((c.role, c.authors) for c in w.cohorts)) for row, w in rows))
    yield _disclosures(rows)
    if whole:
        yield _shares(rows)


def _gauge(metric: m.Metric, rows: Rows, value: Callable[[WindowFigures], float | None]) -> Iterator[str]:
    yield _head(metric)
    start = metric.name + "{"
    for labels, window in rows:
        found = value(window)
        if found is not None:
            yield f"{start}{labels}}} {found}\n"


def _counts(metric: m.Metric, rows: Iterable[tuple[str, Iterable[tuple[str, int]]]]) -> Iterator[str]:
    """Series with one label more than the row's, the metric's last."""
    yield _head(metric)
    for labels, counts in rows:
        start = f'{metric.name}{{{labels},{metric.labels[-1]}="'
        for name, count in counts:
            yield f'{start}{name}"}} {count}\n'


def _disclosures(rows: Rows) -> Iterator[str]:
    yield _head(m.DISCLOSURES)
    for labels, window in rows:
        for name, count in window.disclosures.items():
            kind, mode, role = name.split("/")
            yield f'{m.DISCLOSURES.name}{{{labels},kind="{kind}",mode="{mode}",role="{role}"}} {count}\n'


def _shares(rows: Rows) -> Iterator[str]:
    totals: dict[str, int] = {}
    for _, window in rows:
        totals[window.window] = totals.get(window.window, 0) + window.weight
    return _gauge(m.SHARE_OF_VOICE, rows, lambda w: w.weight / totals[w.window] if totals[w.window] else None)


def _family(metric: m.Metric, samples: Iterable[tuple[tuple[str, ...], float]]) -> Iterator[str]:
    yield _head(metric)
    for values, value in samples:
        labels = ",".join(f'{n}="{_escaped(v)}"' for n, v in zip(metric.labels, values, strict=True))
        yield f"{_name(metric)}{{{labels}}} {value}\n" if labels else f"{_name(metric)} {value}\n"


def _head(metric: m.Metric) -> str:
    return f"# HELP {_name(metric)} {metric.help}\n# TYPE {_name(metric)} {metric.kind}\n"


def _name(metric: m.Metric) -> str:
    return f"{metric.name}_total" if metric.kind == "counter" else metric.name


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
