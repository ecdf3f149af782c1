"""A channel's own templates in place of the built-in ones; where one breaks, the built-in one tells the alert. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from alerting.grammar import TemplateFault
from alerting.marks import one_line
from alerting.render import LONGEST_SUBJECT, Mail
from alerting.sandbox import Escape, TemplateBrokeError, as_html, as_it_is, names, render
from alerting.shapes import examples
from alerting.values import first_told, values
from news.alert import Alert, AlertKind
from news.feedback import Links
from news.text import clip

TRIES_TEMPLATES = "tries templates"
"""In the context of a validation: whether templates are tried on examples, as they are unless it says no."""

_EXAMPLES = examples(datetime(2026, 1, 1, 8, tzinfo=UTC))
# A template that says nothing of what these kinds are about would hide it: they are left to the built-in one.
_IS_ABOUT: Mapping[AlertKind, frozenset[str]] = {
    "update": frozenset({"changes", "stories"}),
    "digest": frozenset({"stories"}),
}


def tells(part: str, source: str, kind: AlertKind) -> bool:
    """Whether a template is for alerts of this kind: of an update and a digest it has to say what they are about.

    Raises TemplateFault for what is no template.
    """
    about = _IS_ABOUT.get(kind)
    return part == "subject" or about is None or bool(about & names(source))


def _fit(source: str, info: ValidationInfo, escape: Escape) -> str:
    """The template, once it has told every example if it is to be tried. Raises ValueError."""
    if info.context is not None and not info.context.get(TRIES_TEMPLATES, True):
        return source
    part, kind = info.field_name or "text", ""
    try:
        for alert in _EXAMPLES:
            kind = alert.kind
            if tells(part, source, alert.kind):
                _rendered(part, source, alert, None, escape)
    except TemplateFault as fault:
        hint = f"; {fault.hint}" if fault.hint else ""
        said = fault.message.removeprefix(f"{fault.line}:{fault.column}: ")
        raise ValueError(f"line {fault.line}, column {fault.column}: {said}{hint}") from fault
    except TemplateBrokeError as broke:
        raise ValueError(f"it fails on an example of kind {kind!r}: {broke.message}") from broke
    return source


def _fit_text(source: str, info: ValidationInfo) -> str:
    return _fit(source, info, as_it_is)


def _fit_html(source: str, info: ValidationInfo) -> str:
    return _fit(source, info, as_html)


class TextTemplate(BaseModel):
    """[channel.template] of a kind that sends text."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    text: Annotated[str, AfterValidator(_fit_text)] = Field(default="", description="the message")


class MailTemplate(TextTemplate):
    """[channel.template] of e-mail; a part that is empty is the built-in one."""

    subject: Annotated[str, AfterValidator(_fit_text)] = Field(default="", description="the subject, on one line")
    html: Annotated[str, AfterValidator(_fit_html)] = Field(default="", description="the mail where HTML is shown")


def not_telling(template: TextTemplate | None, kind: AlertKind) -> tuple[str, ...]:
    """The parts of a checked template that leave alerts of this kind to the built-in ones."""
    parts = {part: getattr(template, part) for part in type(template).model_fields} if template else {}
    return tuple(part for part, source in parts.items() if source and not tells(part, source, kind))


@dataclass(frozen=True, slots=True)
class Words:
    """A chat's way with text: how a value is escaped that a template prints, and whether it takes a text so long."""

    escape: Escape
    fits: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Written:
    """What is sent, and which template broke and why; empty where none did."""

    mail: Mail
    trouble: str = ""


def own_mail(alert: Alert, built_in: Mail, template: MailTemplate | None, links: Links | None = None) -> Written:
    """The mail with the channel's own parts in their places."""
    if template is None:
        return Written(built_in)
    parts: dict[str, str] = {}
    troubles: list[str] = []
    for part, escape in (("subject", as_it_is), ("text", as_it_is), ("html", as_html)):
        written, trouble = _told(part, getattr(template, part), alert, links, escape)
        parts |= {part: written} if written else {}
        troubles += [trouble] if trouble else []
    if "subject" in parts:
        parts["subject"] = _subject(alert, parts["subject"]) or built_in.subject
    return Written(replace(built_in, **parts), "; ".join(troubles))


def own_text(
    alert: Alert, built_in: str, template: TextTemplate | None, words: Words, links: Links | None = None
) -> tuple[str, str]:
    """The message of a chat by the channel's own template, and what broke."""
    written, trouble = _told("text", template.text if template else "", alert, links, words.escape)
    if written and not words.fits(written):
        written, trouble = "", "the text template of this channel says more of this alert than the chat takes"
    return written or built_in, trouble


def _subject(alert: Alert, written: str) -> str:
    """The subject in one line; an update answers the first mail on its story."""
    subject = one_line(written)
    return clip(f"Re: {subject}" if subject and alert.kind == "update" else subject, LONGEST_SUBJECT)


def _told(part: str, source: str, alert: Alert, links: Links | None, escape: Escape) -> tuple[str, str]:
    """What the template says, or nothing, and why where it is for alerts of this kind."""
    try:
        if not source or not tells(part, source, alert.kind):
            return "", ""
        written = _rendered(part, source, alert, links, escape)
    except (TemplateFault, TemplateBrokeError) as error:
        return "", f"the {part} template of this channel broke: {clip(one_line(error.message), 300)}"
    if not written.strip():
        return "", f"the {part} template of this channel says nothing of this alert"
    return written, ""


def _rendered(part: str, source: str, alert: Alert, links: Links | None, escape: Escape) -> str:
    """The template filled in. Some mail programs thread by the subject: an update bears that of the first mail."""
    meant = first_told(alert) if part == "subject" and alert.kind == "update" else alert
    return render(source, values(meant, links), escape)
