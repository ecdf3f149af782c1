"""Preview: what a channel would send of an article, by templates that are not kept yet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from alerting.channels import KINDS, check
from alerting.channels.email import EmailSettings
from alerting.chat import PLAIN, in_lines, post
from alerting.decide import told
from alerting.own import TextTemplate, Words, own_mail, own_text
from alerting.render import mail
from alerting.sandbox import as_it_is
from alerting.values import examples
from news.alert import Alert
from news.errors import ConfigError, NotFoundError
from news.feedback import Feedback
from service.change import merged
from storage import Transaction


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent; `trouble` says which template broke, so that the built-in one was taken."""

    channel: str
    subject: str
    text: str
    html: str
    trouble: str


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
    channel = await tx.channels.get(name)
    channel = replace(channel, settings=merged(channel.settings, {"template": parts} if parts else {}))
    settings = check(channel)
    if "template" not in type(settings).model_fields:
        raise ConfigError(f"a channel of kind {channel.kind!r} takes no templates: programs read what it sends")
    alert = await _alert(tx, article_id, now)
    links = feedback.links(alert.watch_id, alert.told.article_id, now) if feedback else None
    if isinstance(settings, EmailSettings):
        built_in = mail(alert, links)
        written = own_mail(alert, built_in, settings.template, links)
        return Preview(name, written.mail.subject, written.mail.text, written.mail.html, written.trouble)
    template: TextTemplate | None = getattr(settings, "template", None)
    words = KINDS[channel.kind].words or Words(as_it_is, bool)
    text, trouble = own_text(alert, in_lines(post(alert), PLAIN), template, words, links)
    return Preview(name, "", text, "", trouble)


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
        return examples(now)[0]
    stored = (await tx.articles.some([article_id]))[:1]
    if not stored:
        raise NotFoundError(f"there is no article with id {article_id}", "vigie article list shows the latest")
    return Alert("a watch", "what it looks for", now, told(stored[0], ()))
