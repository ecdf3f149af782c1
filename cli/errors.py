"""The one error that is the commands' own."""

from news.errors import VigieError


class FoundWantingError(VigieError):
    """What was asked for was done, and the answer is no: exit code 1, where other errors are 2."""
