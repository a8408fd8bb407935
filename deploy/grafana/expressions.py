"""PromQL from the metrics that Vigie exports, so that no dashboard can misspell one.

Each company is measured by one worker, so `max by (company)` merely drops the worker's own labels. Counters of
partitions move from worker to worker with them: a rate of each worker's counter would see false resets,
hence `flow`, the slope of the sum over all workers.
"""

from __future__ import annotations

from streams.exporting.metrics import Metric

ALL = "~$company"  # as many as are chosen at the top of the page
ONE = "$company"
WINDOW = "$window"


def series(metric: Metric, **labels: str) -> str:
    """A selector; a value that begins with ~ is a regular expression. KeyError for an unknown label."""
    if unknown := set(labels) - set(metric.labels):
        raise KeyError(f"{metric.name} has no label {', '.join(sorted(unknown))}")
    matchers = ", ".join(
        f'{label}=~"{value[1:]}"' if value.startswith("~") else f'{label}="{value}"'
        for label, value in labels.items()
    )
    name = metric.name + ("_total" if metric.kind == "counter" else "")
    return f"{name}{{{matchers}}}" if matchers else name


def of_company(metric: Metric, company: str = ALL, window: str = WINDOW) -> str:
    return f"max by (company) ({series(metric, company=company, window=window)})"


def summed(metric: Metric, by: str, **labels: str) -> str:
    return f"sum by ({by}) ({series(metric, **labels)})"


def flow(metric: Metric, by: str) -> str:
    """Records a second over all workers."""
    return f"clamp_min(deriv({summed(metric, by)}[$__rate_interval:]), 0)"


def share(part: str, whole: str) -> str:
    """`part` of a scalar `whole`; nothing where the whole is nothing."""
    return f"({part}) / scalar(({whole}) > 0)"


def dips(company: str) -> str:
    """1 for each company whose dip fires now; by the rule of deploy/prometheus/rules."""
    matcher = f'company=~"{company[1:]}"' if company.startswith("~") else f'company="{company}"'
    return f'ALERTS{{alertname="VigieReputationDip", alertstate="firing", {matcher}}}'
