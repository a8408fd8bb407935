"""Writes everything under deploy/grafana that is generated: `python -m deploy.grafana.generate`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from deploy.grafana import alerts, notices
from deploy.grafana.company import company
from deploy.grafana.pipeline import pipeline
from deploy.grafana.reputation import reputation
from deploy.grafana.text import LANGUAGES

HERE = Path(__file__).parent
DASHBOARDS = (reputation, company, pipeline)


def files() -> Iterator[tuple[Path, str]]:
    """Each generated file and what it has to hold."""
    for language in LANGUAGES:
        for dashboard in DASHBOARDS:
            made = dashboard(language).build()
            path = HERE / "dashboards" / language / f"{dashboard.__name__}.json"
            yield path, written(made)
    for name in ("rules", "contact_points", "policies", "messages"):
        yield HERE / "provisioning" / "alerting" / f"{name}.json", written(getattr(alerts, name)())
    yield HERE.parent / "alertmanager" / "templates" / "vigie.tmpl", notices.templates() + "\n"


def written(made: object) -> str:
    return json.dumps(made, cls=JSONEncoder, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    for path, content in files():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")


if __name__ == "__main__":
    main()
