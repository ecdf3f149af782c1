"""Check: what can be known to be wrong with sources, watches and channels before they are kept."""

from collections.abc import Collection
from pathlib import Path

from alerting.channels import check as check_channel
from matching import parse
from news.alert import Channel
from news.errors import ConfigError, NotFoundError, QueryError
from service.configuration import place_of
from service.settings import Settings


def check_query(text: str) -> None:
    """Raises QueryError where the text is no query."""
    parse(text)


def check_channels_exist(names: Collection[str], known: Collection[str]) -> None:
    """Raises NotFoundError for the first name that no channel has."""
    for name in names:
        if name not in known:
            there_are = f"there are: {', '.join(sorted(known))}" if known else "there is none yet: vigie channel add"
            raise NotFoundError(f"there is no channel named {name!r}", there_are)


def check_declared(settings: Settings, file: Path | None) -> None:
    """Raises ConfigError, with its place, for the first query, channel or channel name in the file that cannot be."""
    for number, watch in enumerate(settings.watch):
        try:
            check_query(watch.query)
        except QueryError as error:
            raise ConfigError(
                f"the query of watch {watch.name!r} does not parse: {error.message}, at character {error.position + 1}",
                error.hint,
                **place_of(file, "watch", number, "query"),
            ) from error
    for number, entry in enumerate(settings.channel):
        try:
            check_channel(Channel(0, entry.name, entry.kind, entry.own))
        except ConfigError as error:
            raise ConfigError(error.message, error.hint, **place_of(file, "channel", number, "name")) from error
