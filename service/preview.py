"""Preview: what a channel would send of an article, or of each kind of alert, by templates that are not kept yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerting.channels import KINDS, check
from alerting.channels.email import EmailSettings
from alerting.channels.settings import ChannelSettings
from alerting.chat import PLAIN, in_lines, post
from alerting.decide import told
from alerting.own import TextTemplate, Words, not_telling, own_mail, own_text
from alerting.render import mail
from alerting.sandbox import as_it_is
from alerting.shapes import example
from news.alert import Alert, AlertKind, Channel
from news.errors import ConfigError, NotFoundError
from news.feedback import Feedback
from service.change import merged
from storage import Transaction


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent of an alert of this kind.

    `trouble` says which template broke, so that the built-in one was taken; `left` which parts leave this kind to the
    built-in ones, for they say nothing of what it is about.
    """

    channel: str
    kind: AlertKind
    subject: str
    text: str
    html: str
    trouble: str
    left: tuple[str, ...]


async def preview(
    tx: Transaction,
    name: str,
    parts: Mapping[str, str],
    article_id: int | None,
    feedback: Feedback | None,
    now: datetime,
) -> Preview:
    """What the channel makes of an article (or of the latest match, or of an example where there is none).

    Raises NotFoundError, or ConfigError where a template cannot be one or the channel's kind takes none.
    """
    channel, settings = _with(await tx.channels.get(name), parts)
    return _made(channel, settings, await _alert(tx, article_id, now), feedback, now)


async def previews(
    tx: Transaction, name: str, parts: Mapping[str, str], kinds: Sequence[AlertKind], now: datetime
) -> list[Preview]:
    """What the channel makes of an example of each of these kinds of alert. Raises what `preview` raises."""
    channel, settings = _with(await tx.channels.get(name), parts)
    return [_made(channel, settings, example(kind, now), None, now) for kind in kinds]


def _with(channel: Channel, parts: Mapping[str, str]) -> tuple[Channel, ChannelSettings]:
    """The channel and its settings with these templates in place of its own."""
    channel = replace(channel, settings=merged(channel.settings, {"template": parts} if parts else {}))
    settings = check(channel)
    if "template" not in type(settings).model_fields:
        raise ConfigError(f"a channel of kind {channel.kind!r} takes no templates: programs read what it sends")
    return channel, settings


def _made(
    channel: Channel, settings: ChannelSettings, alert: Alert, feedback: Feedback | None, now: datetime
) -> Preview:
    links = feedback.links(alert.watch_id, alert.told.article_id, now) if feedback else None
    template: TextTemplate | None = getattr(settings, "template", None)
    left = not_telling(template, alert.kind)
    if isinstance(settings, EmailSettings):
        written = own_mail(alert, mail(alert, links), settings.template, links)
        made = written.mail
        return Preview(channel.name, alert.kind, made.subject, made.text, made.html, written.trouble, left)
    words = KINDS[channel.kind].words or Words(as_it_is, bool)
    text, trouble = own_text(alert, in_lines(post(alert), PLAIN), template, words, links)
    return Preview(channel.name, alert.kind, "", text, "", trouble, left)


async def _alert(tx: Transaction, article_id: int | None, now: datetime) -> Alert:
    """The alert of an article: as a watch wants it, if one does."""
    if article_id is None:
        latest = await tx.matches.latest(1)
    else:
        latest = await tx.matches.of_article(article_id)
    if latest:
        found = latest[0]
        shown = told(found.stored, found.match.spans)
        return Alert(found.watch, found.query, now, shown, watch_id=found.match.watch_id)
    if article_id is None:
        return example("match", now)
    stored = (await tx.articles.some([article_id]))[:1]
    if not stored:
        raise NotFoundError(f"there is no article with id {article_id}", "vigie article list shows the latest")
    return Alert("a watch", "what it looks for", now, told(stored[0], ()))
