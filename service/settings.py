"""Every setting: its name, default, bounds and meaning. docs/settings.md lists them, and a test compares."""

import re
from ipaddress import ip_address, ip_network
from typing import Any, Literal, Self

from pydantic import (
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from alerting.channels.settings import is_in_clear
from crawler.access import read_access
from news import url as urls
from news.address import AllowList
from news.errors import VigieError
from news.secret import variable_name
from service.alert_settings import AlertSettings, ChannelEntry, RuleSettings, WatchEntry, WatchlistEntry
from service.durations import Interval, Seconds, WholeSeconds
from service.retention_settings import RetentionSettings
from service.setting_parts import Name, OneLine, Part

# `phare.example:8080` names a host and a port, `file:/etc/passwd` and `mailto:me` a scheme.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?![0-9])")
_HOST = re.compile(r"[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?")


class DatabaseSettings(Part):
    """[database]."""

    url: OneLine = Field(
        default="", description="`sqlite:///…` or `postgresql://…`; empty: `vigie.db` in the data folder"
    )
    tools: OneLine = Field(
        default="", description="the folder of PostgreSQL's `pg_dump` and `pg_restore`; empty: they are looked for"
    )

    @field_validator("url")
    @classmethod
    def _known(cls, url: str) -> str:
        if url:
            _fit_database(url)
        return url


class CrawlerSettings(Part):
    """[crawler]."""

    user_agent: str = Field(
        default="Vigie", pattern=r"^[A-Za-z]+$", description="the name by which robots.txt knows us, letters only"
    )
    contact: OneLine = Field(
        default="", max_length=200, description="a URL or address for the owners of sites, sent along"
    )
    interval: Interval = Field(
        default=0,
        description="time between two visits; `auto`: each source is visited as it publishes",
    )
    shortest_interval: WholeSeconds = Field(default=180, ge=1, le=86_400, description="with `auto`, no visit sooner")
    longest_interval: WholeSeconds = Field(
        default=21_600, ge=60, le=86_400 * 7, description="with `auto`, no visit later"
    )
    delay: Seconds = Field(default=1.0, ge=0, le=60, description="pause between two requests to one host")
    timeout: Seconds = Field(default=60.0, ge=1, le=300, description="longest wait for one answer")
    idle_timeout: Seconds = Field(default=20.0, ge=0.1, le=300, description="longest wait for the next piece of it")
    visits: int = Field(default=16, ge=1, le=500, description="sources visited at the same time")
    pages_per_visit: int = Field(default=200, ge=1, le=10_000, description="articles fetched in one visit at most")
    chromium: OneLine = Field(
        default="", description="the browser for sources with `browser`; empty: the Chromium that is on the PATH"
    )
    spider_timeout: Seconds = Field(default=1_800.0, ge=1, le=86_400, description="longest run of a spider of your own")
    revisits: int = Field(
        default=3, ge=0, le=12, description="how often a new article is looked at again, after 1 h, 4 h, 1 d, 3 d, 7 d"
    )


class ExtractionSettings(Part):
    """[extraction]."""

    workers: int = Field(default=2, ge=1, le=64, description="processes that turn pages into articles")
    timeout: Seconds = Field(default=10.0, ge=1, le=120, description="longest time for one page")


class NetworkSettings(Part):
    """[network]."""

    allow: tuple[str, ...] = Field(
        default=(),
        description="private networks (`192.168.1.0/24`) and hosts (`127.0.0.1:8080`) that may be contacted",
    )

    @field_validator("allow")
    @classmethod
    def _known(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        try:
            AllowList.parse(entries)
        except VigieError as error:
            raise ValueError(f"{error.message} ({error.hint})") from error
        return entries


class WebSettings(Part):
    """[web]."""

    host: OneLine = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8765, ge=0, le=65_535, description="port to listen on; 0 for any that is free")
    public_url: str = Field(
        default="",
        description="the URL under which hubs and readers reach this address, see docs/websub.md and docs/feedback.md",
    )

    metrics_from: tuple[str, ...] = Field(
        default=(),
        description="networks (`10.1.0.0/16`) that may read /metrics besides this machine, see docs/metrics.md",
    )

    @field_validator("host")
    @classmethod
    def _can_be_listened_on(cls, host: str) -> str:
        """An empty one would be every address of the machine, and mostly a variable that is not set."""
        if _HOST.fullmatch(host) or _is_address(host):
            return host
        raise ValueError(
            "write an address or a name of this machine, without a port, such as 127.0.0.1, ::1 or 0.0.0.0"
        )

    @field_validator("metrics_from")
    @classmethod
    def _networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            try:
                ip_network(network)
            except ValueError:
                raise ValueError(f"{network!r} is no network; write one as in 10.1.0.0/16 or 192.0.2.7/32") from None
        return networks

    @field_validator("public_url")
    @classmethod
    def _plain(cls, url: str) -> str:
        return public_address(url.strip()) if url.strip() else ""


class LogSettings(Part):
    """[log]."""

    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="the least that is told")
    format: Literal["console", "json"] = Field(default="console", description="for eyes, or one JSON object a line")


class ServiceSettings(Part):
    """[service]."""

    lease: Seconds = Field(default=60.0, ge=2, le=3_600, description="how soon after a crash its work is taken up")
    stop_within: Seconds = Field(default=15.0, ge=1, le=300, description="time that work under way gets at a stop")
    heartbeat_url: str = Field(
        default="",
        max_length=2_000,
        repr=False,
        description="a URL that is called each minute while all is well, see docs/deploy.md; a secret",
    )

    @field_validator("heartbeat_url")
    @classmethod
    def _callable(cls, url: str) -> str:
        if not url.strip():
            return ""
        try:
            heartbeat = urls.checked(url.strip())
        except VigieError:
            raise ValueError("this is no URL that can be called") from None  # it is not repeated: it may be right
        if is_in_clear(heartbeat):
            raise ValueError("write a URL that begins with https://: what is sent in clear is no secret for long")
        return heartbeat


class AccessEntry(Part):
    """[source.access], below its [[source]]."""

    user: str = Field(default="", max_length=200, description="the login of your subscription")
    password_env: str = Field(default="", description="the environment variable that holds its password")
    password_file: str = Field(default="", description="the file that holds its password, if no variable does")
    cookies_env: str = Field(default="", description="the environment variable that holds cookies: `name=value; …`")
    cookies_file: str = Field(default="", description="the file that holds cookies, if no variable does")
    headers: dict[str, str] | None = Field(default=None, description='headers that are no secret: `{Accept = "…"}`')
    headers_env: dict[str, str] | None = Field(
        default=None, description="headers that are, and for each the variable that holds its value"
    )
    headers_file: dict[str, str] | None = Field(default=None, description="the same, with files")
    proxy: str = Field(default="", description="`http://host:port` through which the source is fetched")
    proxy_user: str = Field(default="", max_length=200, description="the proxy's login")
    proxy_password_env: str = Field(default="", description="the environment variable that holds the proxy's password")
    proxy_password_file: str = Field(default="", description="the file that holds it, if no variable does")

    @field_validator("password_env", "cookies_env", "headers_env", "proxy_password_env")
    @classmethod
    def _names_variables(cls, value: str | dict[str, str] | None) -> str | dict[str, str] | None:
        for name in value.values() if isinstance(value, dict) else [value or ""]:
            variable_name(name)
        return value

    @model_validator(mode="after")
    def _usable(self) -> Self:
        try:
            read_access(self.kept)
        except VigieError as error:
            raise ValueError(error.message + (f" ({error.hint})" if error.hint else "")) from error
        return self

    @property
    def kept(self) -> dict[str, Any]:
        """What the database keeps: what was written, where secrets are and never what they say."""
        return {name: value for name, value in self.model_dump().items() if value}


class ExtractEntry(Part):
    """[source.extract], below its [[source]]."""

    body: str = Field(default="", description="a CSS selector: what the text of its articles stands in")
    drop: tuple[str, ...] = Field(default=(), description="CSS selectors of what is to be taken out of its pages first")

    @field_validator("body")
    @classmethod
    def _selects(cls, css: str) -> str:
        if css:
            _fit_selector(css)
        return css

    @field_validator("drop")
    @classmethod
    def _select(cls, drop: tuple[str, ...]) -> tuple[str, ...]:
        for css in drop:
            _fit_selector(css)
        return drop

    @property
    def kept(self) -> dict[str, Any]:
        """What the database keeps."""
        return {name: list(value) if name == "drop" else value for name, value in self.model_dump().items() if value}


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _fit_database(url: str) -> None:
    from storage.database import parsed_url  # not for commands that need no database

    try:
        parsed_url(url)
    except VigieError as error:
        raise ValueError(f"{error.message}; {error.hint}") from None  # what was written may hold a password


def _fit_selector(css: str) -> None:
    from extraction.selectors import selector  # the settings are read by many commands, selectors by few

    try:
        selector(css)
    except VigieError as error:
        raise ValueError(f"{error.message} ({error.hint})") from error


class SourceEntry(Part):
    """[[source]]."""

    name: Name = Field(description="what you call it")
    url: str = Field(description="its home page, or a feed")
    interval: Interval | None = Field(
        default=None, description="time between visits, `auto`, or a schedule, if its own"
    )
    history: WholeSeconds = Field(
        default=0, ge=0, le=86_400 * 3_650, description="how far back its first visit looks, beyond what is listed now"
    )
    alert_history: bool = Field(default=False, description="alert also on what it had published before it was added")
    paused: bool = Field(default=False, description="do not visit it")
    access: AccessEntry | None = Field(default=None, description="your subscription: a table of its own, see below")
    extract: ExtractEntry | None = Field(
        default=None, description="your own rules for its pages: a table of its own, see below"
    )
    accept_any_certificate: bool = Field(
        default=False, description="read its site whatever certificate it shows, even one of its own making"
    )
    browser: bool = Field(
        default=False, description="fetch its pages by a browser, because scripts write them, see docs/browser.md"
    )
    spider: str = Field(
        default="",
        max_length=200,
        pattern=r"^([A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*)?$",
        description="a spider of your own that reads it, `module:Class`, see docs/spiders.md",
    )

    @model_validator(mode="after")
    def _browser_goes_straight(self) -> Self:
        if self.browser and self.access and self.access.proxy:
            raise ValueError(
                "`browser` and a proxy cannot go together: all that the browser fetches goes through Vigie's own, past "
                "the source's; take one of the two away"
            )
        if self.browser and self.accept_any_certificate:
            raise ValueError(
                "`browser` and `accept_any_certificate` cannot go together: the browser goes by its own list of "
                "authorities; take one of the two away"
            )
        return self

    @field_validator("url")
    @classmethod
    def _fit(cls, url: str) -> str:
        return fit_url(url)


def fit_url(url: str) -> str:
    """The URL in normal form; a bare host name is taken for https. Raises ValueError."""
    try:
        return urls.normal(url if _SCHEME.match(url) else f"https://{url}")
    except VigieError as error:
        raise ValueError(error.message + (f" ({error.hint})" if error.hint else "")) from error


def public_address(url: str) -> str:
    """The URL without a slash at its end, to which paths can be added. Raises ValueError."""
    if "?" in url or "#" in url:
        raise ValueError("write a URL without ? and #, for example https://vigie.example.org")
    return fit_url(url).rstrip("/")


class IncludeSettings(Part):
    """What stands at the top of the file, before any section."""

    include: tuple[str, ...] = Field(
        default=(),
        description="other files with sources, watches, watchlists and channels: names or patterns such as `w/*.toml`",
    )


class Settings(BaseSettings):
    """All of vigie.toml; `VIGIE_CRAWLER__DELAY=2` in the environment wins over `delay` in [crawler]."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix="VIGIE_", env_nested_delimiter="__")

    database: DatabaseSettings = DatabaseSettings()
    crawler: CrawlerSettings = CrawlerSettings()
    extraction: ExtractionSettings = ExtractionSettings()
    network: NetworkSettings = NetworkSettings()
    web: WebSettings = WebSettings()
    log: LogSettings = LogSettings()
    service: ServiceSettings = ServiceSettings()
    retention: RetentionSettings = RetentionSettings()
    alerts: AlertSettings = AlertSettings()
    source: tuple[SourceEntry, ...] = ()
    watch: tuple[WatchEntry, ...] = ()
    watchlist: tuple[WatchlistEntry, ...] = ()
    channel: tuple[ChannelEntry, ...] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then the file (which arrives as arguments)."""
        return env_settings, init_settings


__all__ = ["ChannelEntry", "RuleSettings", "Settings", "ValidationError", "WatchEntry", "WatchlistEntry"]
