"""Question: what may not be answered for long, asked once at a time and waited for no longer than a moment."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

Answer = TypeVar("Answer")


class Question(Generic[Answer]):
    """Whoever asks while it is not answered waits for the same answer, so that who asks often piles nothing up.

    `patience` is in seconds.
    """

    def __init__(self, ask: Callable[[], Coroutine[Any, Any, Answer]], patience: float = 5.0) -> None:
        self._ask = ask
        self.patience = patience
        self._asked: asyncio.Task[Answer] | None = None

    async def answer(self) -> Answer:
        """The answer. Raises TimeoutError where there is none within the patience, and what the asking raises."""
        if self._asked is None or self._asked.done():
            self._asked = asyncio.create_task(self._ask(), name="question")
            self._asked.add_done_callback(_looked_at)
        asked = self._asked
        await asyncio.wait([asked], timeout=self.patience)
        if not asked.done() or asked.cancelled():
            raise TimeoutError
        return asked.result()

    def drop(self) -> None:
        """Nobody wants to know any more."""
        if self._asked is not None:
            self._asked.cancel()


def _looked_at(asked: asyncio.Task[Answer]) -> None:
    """What it raises is told to those who wait; where nobody does any more, it is told by all others who ask."""
    if not asked.cancelled():
        asked.exception()
