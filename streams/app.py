"""The Faust app: every setting that keeps the promises of ARCHITECTURE, in one place."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from schemas.topics import Topic
from streams.lease import Lease
from streams.settings import Settings
from streams.tables import DurableTable
from streams.transport import BatchingApp

APP_ID = "vigie"
# bytes; the client waits for the broker whenever a partition's batch is full, and its own 16 KB are full after
# some twenty mentions. Kafka takes 1 MB at once
PRODUCER_BATCH = 512 * 1024


def create_app(settings: Settings, broker: str) -> BatchingApp:
    """An app that discovers nothing and serves nothing; `broker` is host:port[,host:port…]."""
    app = BatchingApp(
        APP_ID,
        broker=[f"kafka://{address}" for address in broker.split(",")],
        broker_credentials=settings.security.credentials(),
        topic_replication_factor=settings.replication,
        store="memory://",  # state is rebuilt from the changelog: a few records, see streams.tables
        datadir=str(Path(settings.home) / "worker"),
        autodiscover=False,
        web_enabled=False,  # Faust's server answers with table values, on every interface
        topic_partitions=settings.partitions,
        topic_disable_leader=True,
        table_standby_replicas=0,
        consumer_auto_offset_reset="earliest",  # "latest" hangs recovery once a segment is deleted
        processing_guarantee="at_least_once",  # exactness comes from the states themselves
        producer_linger=0.0,  # a batch's records are sent together anyway
        producer_max_batch_size=PRODUCER_BATCH,
        broker_session_timeout=10.0,
        broker_heartbeat_interval=3.0,
        broker_commit_interval=1.0,
        stream_buffer_maxsize=4,  # batches, not records
        stream_wait_empty=True,
        Table=DurableTable,
    )
    # the group may give partitions away a session after the last heartbeat that it answered
    app.lease = Lease(app.conf.broker_session_timeout - 1.0)
    app.batch_size = settings.batch if settings.micro_batches else 1
    return app


def topic_of(app: BatchingApp, topic: Topic) -> Any:
    """A topic of raw bytes, delivered in batches: our codec decodes, so nothing can fail inside Faust."""
    app.batched |= {topic.name}
    return app.topic(
        topic.name,
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
        internal=False,
        partitions=app.conf.topic_partitions,
    )


def table_of(app: BatchingApp, name: str) -> DurableTable:
    """A durable table of raw bytes with as many partitions as the topics."""
    table = app.Table(name, partitions=app.conf.topic_partitions, key_type=str, value_type=bytes)
    return cast("DurableTable", table)
