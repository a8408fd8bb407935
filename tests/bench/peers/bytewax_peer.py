"""What bytewax peers share: where posts come from, when windows begin, and how a closed one is written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from bytewax.connectors.kafka import KafkaSinkMessage
from bytewax.connectors.kafka import operators as kop
from bytewax.dataflow import Dataflow

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def posts(flow: Dataflow, bootstrap: str, topic: str) -> Any:
    """The records of `topic` up to its end."""
    return kop.input("posts", flow, brokers=[bootstrap], topics=[topic], tail=False, batch_size=1000).oks


def written(item: tuple[str, tuple[int, tuple[int, float]]]) -> Any:
    key, (window, sums) = item
    return KafkaSinkMessage(key.encode(), orjson.dumps([key, window, *sums]))
