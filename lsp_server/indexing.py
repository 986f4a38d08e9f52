"""The first build of an index, as the editor shows it: work-done progress for each folder."""

import asyncio
from pathlib import Path

from lsp_server.context.messages import Building, Built
from lsp_server.progress import begin_progress
from lsp_server.protocol import Server


class Indexing:
    """Shows each build from its first report to its end."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._reports: dict[str, asyncio.Queue[Building | Built]] = {}
        self._shows: set[asyncio.Task[None]] = set()

    def show(self, news: Building | Built) -> None:
        """Show how far the build is; an end without a beginning is nothing to show."""
        reports = self._reports.get(news.root)
        if reports is None:
            if isinstance(news, Built):
                return
            reports = self._reports[news.root] = asyncio.Queue()
            task = asyncio.create_task(self._show(Path(news.root).name, reports))
            self._shows.add(task)
            task.add_done_callback(self._shows.discard)
        reports.put_nowait(news)
        if isinstance(news, Built):
            del self._reports[news.root]

    def abandon(self) -> None:
        """End what is shown: whoever built is gone. Who comes next is shown anew."""
        for root, reports in self._reports.items():
            reports.put_nowait(Built(root, 0))
        self._reports.clear()

    async def close(self) -> None:
        """Show no more."""
        for task in self._shows:
            task.cancel()
        await asyncio.gather(*self._shows, return_exceptions=True)

    async def _show(self, name: str, reports: asyncio.Queue[Building | Built]) -> None:
        progress = await begin_progress(self._server, f"Indexing {name}")
        while True:
            match await reports.get():
                case Built(files=files):
                    progress.end(f"{files:,} files" if files else "stopped")
                    return
                case Building(total=0):
                    progress.report("looking for files")
                case Building(done=done, total=total):
                    progress.report(f"{done:,} of {total:,} files")
