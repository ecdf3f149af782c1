"""Every error of Vigie's own: one root, and each says what was wrong, where, and what to do.

A class per decision that a caller has to take, never one per message.
"""

from dataclasses import dataclass
from datetime import timedelta


class VigieError(Exception):
    """The root. `str(error)` is a sentence for the user; `hint` says what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(VigieError):
    """A setting that cannot be used; `line` and `column` count from 1 where the file is known."""

    def __init__(self, message: str, hint: str = "", *, file: str = "", line: int = 0, column: int = 0) -> None:
        place = ":".join(str(part) for part in (file, line, column) if part)
        super().__init__(f"{place}: {message}" if place else message, hint)
        self.file, self.line, self.column = file, line, column


class QueryError(VigieError):
    """A query that does not parse; `position` counts characters of the query from 0."""

    def __init__(self, message: str, position: int, hint: str = "") -> None:
        super().__init__(message, hint)
        self.position = position


class NotFoundError(VigieError):
    """Nothing has the name or number that was asked for."""


class CursorError(VigieError):
    """A cursor that no page gave, or one of a search in another order."""


class ConflictError(VigieError):
    """The thing exists already, belongs to the file, or is held by another process."""


class BadUrlError(VigieError):
    """A URL that Vigie will not visit: not http(s), or written to deceive."""


class AddressRefusedError(VigieError):
    """The guard's refusal: the host leads to an address that may not be dialled."""


class FeedError(VigieError):
    """Bytes that claimed to be a feed or a sitemap and cannot be read as one."""


class WorkerDiedError(VigieError):
    """The process that did the work died of it."""


class PageError(VigieError):
    """Vigie's own code broke on one page; nothing is wrong with the machine, and others may be had."""


class StorageError(VigieError):
    """The database cannot be opened or does not fit; `hint` says how to mend it."""


class NoArchiveError(StorageError):
    """There is no archive yet, and none was to be made."""


class DatabaseTroubleError(StorageError):
    """The database cannot do what it is asked just now. Nothing of it was kept, and it may be tried again."""


class BackupError(VigieError):
    """A file that is no backup, or one that is damaged or was tampered with."""


@dataclass(frozen=True, slots=True)
class RetryAdvice:
    """What a failed delivery asks of the next attempt.

    `permanent`: no attempt will help. `pause_channel`: the channel itself is at fault (refused login, 410 Gone) and
    nothing should be tried on it until someone looks. `retry_after`: the receiver named a delay.
    """

    permanent: bool = False
    pause_channel: bool = False
    retry_after: timedelta | None = None


class DeliveryError(VigieError):
    """One attempt at a delivery failed; carries the receiver's answer and what to do next.

    `reached` are those of several recipients who have got it all the same: the next attempt is for the others.
    """

    def __init__(
        self,
        message: str,
        advice: RetryAdvice | None = None,
        *,
        answer: str = "",
        hint: str = "",
        reached: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message, hint)
        self.advice = advice if advice is not None else RetryAdvice()
        self.answer = answer
        self.reached = reached
