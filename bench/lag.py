"""How long the event loop keeps others waiting."""

import asyncio


class Lag:
    """How late the loop comes to what it has promised, sampled a hundred times a second."""

    def __init__(self) -> None:
        self._lags: list[float] = []

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._sample())

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()

    async def _sample(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + 0.01
            await asyncio.sleep(0.01)
            self._lags.append(loop.time() - due)

    def p99(self) -> float:
        """In milliseconds."""
        return round(sorted(self._lags)[int(len(self._lags) * 0.99)] * 1000, 1) if self._lags else 0.0
