"""`vigie run`: broker, worker and feed as one watch that starts, is kept alive and stops in order."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence

from schemas.topics import TOPICS
from streams.admin import ensure_topics
from streams.broker.embedded import EmbeddedBroker
from streams.broker.error import BrokerError
from streams.child import Child, ChildFailedError, ending
from streams.settings import Settings

ANSWER_WITHIN = 90.0  # seconds in which nothing answers for the worker, or its event loop hangs
TELL_EVERY = 15.0  # seconds: why it is not ready yet

Say = Callable[[str], None]


async def run(settings: Settings, feed: Sequence[str] | None, say: Say, broker: EmbeddedBroker | None) -> int:
    """Run until a signal (exit status 0) or until something cannot be kept alive (1).

    `feed` are the arguments of `vigie feed`, or None to feed nothing; `broker` is the embedded
    Kafka, or None where `settings.broker` names another.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    watch = Watch(settings, feed, say, broker)
    running = asyncio.create_task(watch.run())
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
    failure = running.exception() if running.done() else None
    if failure is None:
        say("stopping …")
    running.cancel()
    stopped.cancel()
    with contextlib.suppress(asyncio.CancelledError, ChildFailedError, BrokerError):
        await running
    await watch.stop()
    if failure is None:
        say("stopped; the next run goes on from here")
        return 0
    if not isinstance(failure, ChildFailedError | BrokerError):
        raise failure
    say(f"the watch ends: {failure}")
    return 1


class Watch:
    """The processes of one run, in the order in which they need each other."""

    def __init__(
        self, settings: Settings, feed: Sequence[str] | None, say: Say, broker: EmbeddedBroker | None
    ) -> None:
        self._settings = settings
        self._say = say
        self._broker = broker
        self._feed_arguments = feed
        self._children: list[Child] = []

    async def run(self) -> None:
        """Start everything and keep it alive; raises ChildFailedError or BrokerError when that fails."""
        try:
            await self._run()
        except BaseExceptionGroup as group:  # of the task group: its first cause says it best
            cause = group.exceptions[0]
            while isinstance(cause, BaseExceptionGroup):
                cause = cause.exceptions[0]
            raise cause from None

    async def _run(self) -> None:
        settings = self._settings
        if self._broker is not None:
            await self._broker.start()
            address = self._broker.bootstrap
        else:
            address = settings.broker or ""
            self._say(f"using the Kafka at {address}")
        made = await asyncio.to_thread(
            ensure_topics, address, TOPICS, settings.partitions, settings.replication, settings.security
        )
        if made:
            self._say(f"made the topics {', '.join(made)} with {settings.partitions} partitions each")
        async with asyncio.TaskGroup() as tasks:
            if self._broker is not None:
                tasks.create_task(self._keep_broker())
            environment = {"VIGIE_BROKER": address, "VIGIE_HOME": str(settings.home)}
            worker = self._child("worker", ["worker", *self._worker_arguments()], environment)
            self._say("starting the worker")
            await worker.start()
            tasks.create_task(worker.keep_alive())
            await (
                self._answering()
            )  # from then on it needs time, not us: to read a large state back takes minutes
            page = self._child("evidence page", ["evidence", *self._watchlist_arguments()], environment)
            await page.start()
            tasks.create_task(self._keep_page(page))
            if self._feed_arguments is not None:
                arguments = ["feed", *self._feed_arguments]
                feed = Child(
                    "feed", arguments, environment, self._say, reads_input="-" in arguments, finite=True
                )
                self._children.append(feed)
                await feed.start()
                tasks.create_task(feed.keep_alive())
            await self._ready()
            self._tell()

    async def stop(self) -> None:
        """Last started, first stopped, so that nobody misses what it needs: within 10 s in all."""
        for child in reversed(self._children):
            await child.stop(limit=3.5)
        if self._broker is not None:
            await self._broker.stop(limit=3.0)

    def _child(self, name: str, arguments: Sequence[str], environment: dict[str, str]) -> Child:
        child = Child(name, arguments, environment, self._say)
        self._children.append(child)
        return child

    def _worker_arguments(self) -> list[str]:
        settings = self._settings
        arguments = ["--metrics", settings.metrics_address]
        arguments += ["--credibility", str(settings.credibility)]
        return [*arguments, *self._watchlist_arguments()]

    def _watchlist_arguments(self) -> list[str]:
        return [part for path in self._settings.watchlists for part in ("--watchlist", str(path))]

    async def _keep_page(self, page: Child) -> None:
        """The watch does not end because nobody can look at it."""
        try:
            await page.keep_alive()
        except ChildFailedError as error:
            self._say(f"{error}; the watch goes on without the page")

    async def _keep_broker(self) -> None:
        assert self._broker is not None  # noqa: S101 - for mypy
        died: list[float] = []
        while True:
            code = await self._broker.wait()
            died = [at for at in died if time.monotonic() - at < 300] + [time.monotonic()]
            if len(died) > 3:
                raise BrokerError(
                    f"Kafka {ending(code)}, {len(died)} times in 5 minutes: see {self._broker.log}"
                )
            self._say(f"Kafka {ending(code)}: starting it again")
            before = self._broker.bootstrap
            await self._broker.start()
            if self._broker.bootstrap != before:
                raise BrokerError("Kafka's port was taken meanwhile: start the watch again")

    async def _answering(self) -> None:
        """Wait until the worker answers that it is alive."""
        end = time.monotonic() + ANSWER_WITHIN
        while not (await self._asked("healthy"))[0]:
            if time.monotonic() > end:
                raise ChildFailedError(f"the worker did not answer within {ANSWER_WITHIN:.0f} s")
            await asyncio.sleep(0.2)

    async def _ready(self) -> None:
        """Wait until the worker is ready, for as long as it is alive, and say why it is not."""
        alive = told = time.monotonic()
        while True:
            ready, why = await self._asked("ready")
            if ready:
                return
            now = time.monotonic()
            if (await self._asked("healthy"))[0]:
                alive = now
            elif now > alive + ANSWER_WITHIN:
                raise ChildFailedError(f"the worker did not answer for {ANSWER_WITHIN:.0f} s")
            if why and now > told + TELL_EVERY:
                self._say(f"the worker is not ready yet: {why}")
                told = now
            await asyncio.sleep(0.2)

    async def _asked(self, probe: str) -> tuple[bool, str]:
        """The answer of one of the worker's probes, and its words; "" where nobody answers."""
        url = f"{self._settings.metrics_url.removesuffix('/metrics')}/-/{probe}"
        return await asyncio.to_thread(_answer, url)

    def _tell(self) -> None:
        settings = self._settings
        self._say(f"watching; figures at {settings.metrics_url}")
        self._say("  a company's score:    vigie_reputation_score (with _low and _high)")
        self._say("  what was said of it:  vigie_mentions_total")
        self._say("  what was refused:     vigie_rejects_total, and the topic rejects.v1 with the reasons")
        self._say("stop with Ctrl-C; the next run goes on from here")


def _answer(url: str) -> tuple[bool, str]:
    try:
        try:
            with urllib.request.urlopen(url, timeout=2.0) as answer:  # noqa: S310 - our own http address
                return answer.status == 200, answer.read().decode().strip()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return False, refusal.read().decode(errors="replace").strip()
    except (OSError, http.client.HTTPException):  # URLError is one; nobody answers, or no longer
        return False, ""
