"""One action at a time for each document: others wait, and say for what."""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


class Replaced(Exception):
    """The same action was asked for again, and that one has taken the place of this."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Job:
    title: str
    key: Hashable
    task: "asyncio.Task[object] | None"
    replaced: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Queue:
    """The actions of all documents, by uri, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._jobs: dict[str, list[_Job]] = {}

    @asynccontextmanager
    async def turn(
        self, uri: str, title: str, key: Hashable, waits: Callable[[str], None]
    ) -> AsyncIterator[None]:
        """Wait for the document's turn; ``waits`` is told the title of what runs.

        An action with the same ``key`` is cancelled, whether it runs or waits, and raises
        Replaced: this one takes its place.
        """
        job = _Job(title=title, key=key, task=asyncio.current_task())
        jobs = self._jobs.setdefault(uri, [])
        for other in jobs:
            if other.key == key and other.task is not None:
                other.replaced = True
                other.task.cancel()
        jobs.append(job)
        try:
            while jobs[0] is not job:
                waits(jobs[0].title)
                await jobs[0].over.wait()
            yield
        except asyncio.CancelledError:
            if job.replaced:
                raise Replaced from None
            raise
        finally:
            jobs.remove(job)
            job.over.set()
            if not jobs and self._jobs.get(uri) is jobs:
                del self._jobs[uri]
