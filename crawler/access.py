"""Access: what a subscription of the user's own adds to requests, and to which of them. Pure but for reading secrets.

An Access holds references, never a secret itself: it may be logged, kept and handed on. What it refers to is read for
each request, and only for those that go to the source's own site.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from news import url as urls
from news.errors import BadUrlError, ConfigError
from news.secret import Secret, SecretMissingError
from news.source import Source

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_SECRET_NAMES = frozenset({"authorization", "cookie", "proxy-authorization"})
# What the connection, Vigie's own name and the cache of feeds are made of.
_NOT_YOURS = frozenset(
    {
        "host", "connection", "content-length", "content-type", "transfer-encoding", "te", "trailer", "upgrade",
        "accept-encoding", "user-agent", "if-none-match", "if-modified-since", "range", "expect", "proxy-authorization",
    }
)  # fmt: skip
_DEFAULT_PORTS = {"http": 80, "https": 443}
_TABLES = ("headers", "headers_env", "headers_file")
_TEXTS = (
    "user", "password_env", "password_file", "cookies_env", "cookies_file",
    "proxy", "proxy_user", "proxy_password_env", "proxy_password_file",
)  # fmt: skip
_GIVE_ANEW = (
    "Take the source away and add it again with the access that it needs: vigie source remove NAME, then vigie source "
    "add; its articles stay. One that vigie.toml declares is mended by the next start."
)


@dataclass(frozen=True, slots=True)
class Access:
    """How a source's requests are made: `headers` are no secrets, the Secrets only say where one is.

    Credentials are for `site`, the source's own URL; `proxy` (`http://host:port`) for everything that it fetches, and
    `is_any_certificate_fine` for its own site again.
    """

    source: str = ""
    site: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    secret_headers: Mapping[str, Secret] = field(default_factory=dict)
    cookies: Secret | None = None
    user: str = ""
    password: Secret | None = None
    proxy: str = ""
    proxy_user: str = ""
    proxy_password: Secret | None = None
    is_any_certificate_fine: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """What there is of access, in words and without a value."""
        said = {
            "login": self.user,
            "cookies": self.cookies,
            "headers": self.headers or self.secret_headers,
            "proxy": self.proxy,
            "any certificate": self.is_any_certificate_fine,
        }
        return tuple(word for word, there in said.items() if there)

    def amiss(self, environ: Mapping[str, str] | None = None) -> list[str]:
        """What is wrong with its secrets, each by its place and none by what it says; nothing where all can be sent."""
        named = (*self.secret_headers.values(), self.cookies, self.password, self.proxy_password)
        wrong: dict[str, None] = {}
        for secret in filter(None, named):
            try:
                _fit(secret, environ)
            except SecretMissingError as error:
                wrong[error.message] = None
        return list(wrong)

    @property
    def has_credentials(self) -> bool:
        """Whether anything of it goes to the source's own site."""
        return bool(self.headers or self.secret_headers or self.cookies or self.user)

    @property
    def road(self) -> str:
        """By what way its requests travel; empty for the usual one."""
        return f"{self.proxy} {'any certificate' if self.is_any_certificate_fine else ''}".strip()

    def without_credentials(self) -> "Access":
        """What is left for robots.txt: the proxy, and whether any certificate will do."""
        return replace(self, headers={}, secret_headers={}, cookies=None, user="", password=None)

    def is_for(self, url: str) -> bool:
        """Whether the URL is of the source's own site: its host or one below it, and never http for https."""
        return bool(self.site) and _is_below(url, self.site)

    def sent_to(self, url: str, environ: Mapping[str, str] | None = None) -> dict[str, str]:
        """The headers for a request to the URL, secrets read; none for another site. Raises SecretMissingError."""
        if not self.is_for(url):
            return {}
        sent = dict(self.headers)
        sent |= {name: _fit(secret, environ) for name, secret in self.secret_headers.items()}
        if self.cookies:
            sent["Cookie"] = _fit(self.cookies, environ)
        if self.user:
            sent["Authorization"] = _basic(self.user, self.password, environ)
        return sent

    def proxy_authorization(self, environ: Mapping[str, str] | None = None) -> str:
        """What the proxy wants to know; empty where nothing. Raises SecretMissingError."""
        return _basic(self.proxy_user, self.proxy_password, environ) if self.proxy_user else ""


def _basic(user: str, password: Secret | None, environ: Mapping[str, str] | None) -> str:
    pair = f"{user}:{_fit(password, environ) if password else ''}"
    return "Basic " + base64.b64encode(pair.encode()).decode("ascii")


def _fit(secret: Secret, environ: Mapping[str, str] | None) -> str:
    read = secret.read(environ)
    if _CONTROL.search(read):
        raise SecretMissingError(f"{secret.place} holds more than one line, or control characters")
    return read


def _is_below(url: str, site: str) -> bool:
    try:
        (host, port), (own_host, own_port) = urls.endpoint(url), urls.endpoint(site)
    except BadUrlError:
        return False
    scheme, own_scheme = urlsplit(url).scheme, urlsplit(site).scheme
    is_fit = scheme == own_scheme or (own_scheme, scheme) == ("http", "https")
    usual = (_DEFAULT_PORTS.get(scheme), _DEFAULT_PORTS.get(own_scheme))
    is_port = (port, own_port) == usual or (port == own_port and scheme == own_scheme)
    is_host = host == own_host or (host.endswith(f".{own_host}") and not _is_address(own_host))
    return is_fit and is_port and bool(host) and is_host


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def access_of(source: Source) -> Access:
    """The access of a source. Raises ConfigError, with what to do, where what is kept cannot be read."""
    try:
        read = read_access(source.access)
    except ConfigError as error:
        raise ConfigError(f"the access that is kept for it cannot be read: {error.message}", _GIVE_ANEW) from error
    return replace(read, source=source.name, site=source.url, is_any_certificate_fine=source.accept_any_certificate)


def kinds_of(source: Source) -> tuple[str, ...]:
    """What a source has of access, in words and without a value; of one that cannot be read, why."""
    try:
        return access_of(source).kinds
    except ConfigError as error:
        why = error.__cause__ if isinstance(error.__cause__, ConfigError) else error
        return (f"unreadable: {why.message}",)


def read_access(kept: Mapping[str, Any]) -> Access:
    """The access that a table of settings describes; of each secret it names `…_env` or `…_file`.

    Raises ConfigError for what could not be sent, would go to the wrong place, or should not be written down.
    """
    _check_shape(kept)
    headers = dict(kept.get("headers") or {})
    secrets = {name: Secret(variable=value) for name, value in (kept.get("headers_env") or {}).items()}
    secrets |= {name: Secret(file=value) for name, value in (kept.get("headers_file") or {}).items()}
    _check_headers(headers, secrets)
    access = Access(
        headers=headers,
        secret_headers=secrets,
        cookies=_secret(kept, "cookies"),
        user=_login(kept, "user"),
        password=_secret(kept, "password"),
        proxy=_proxy(kept.get("proxy") or ""),
        proxy_user=_login(kept, "proxy_user"),
        proxy_password=_secret(kept, "proxy_password"),
    )
    _check_logins(access)
    return access


def _login(kept: Mapping[str, Any], name: str) -> str:
    login: str = kept.get(name) or ""
    if ":" in login or _CONTROL.search(login):
        raise ConfigError(f"{name}: a login has no colon and no control characters")
    return login


def _secret(kept: Mapping[str, Any], name: str) -> Secret | None:
    variable, file = kept.get(f"{name}_env") or "", kept.get(f"{name}_file") or ""
    if variable and file:
        raise ConfigError(f"{name}_env and {name}_file are both there", "name one of them")
    return Secret(variable, file) if variable or file else None


def _check_shape(kept: Any) -> None:
    """Whoever edits the database by hand may leave anything there."""
    if not isinstance(kept, Mapping):
        raise ConfigError("it is no table of settings")
    for name in _TABLES:
        table = kept.get(name) or {}
        if not isinstance(table, Mapping) or not all(isinstance(one, str) for pair in table.items() for one in pair):
            raise ConfigError(f"{name} is no table of texts")
    for name in _TEXTS:
        if not isinstance(kept.get(name) or "", str):
            raise ConfigError(f"{name} is no text")


def _check_headers(headers: Mapping[str, Any], secrets: Mapping[str, Secret]) -> None:
    written = [name.lower() for name in (*headers, *secrets)]
    for name in (*headers, *secrets):
        if not _TOKEN.fullmatch(name):
            raise ConfigError(f"{name!r} is no name of a header")
        if name.lower() in _NOT_YOURS:
            raise ConfigError(f"the header {name} is not for a source to set")
        if written.count(name.lower()) > 1:
            raise ConfigError(f"the header {name} is named twice")
    for name, value in headers.items():
        if name.lower() in _SECRET_NAMES:
            raise ConfigError(f"the header {name} is a secret", "name the variable that holds it, in headers_env")
        if _CONTROL.search(value):
            raise ConfigError(f"the header {name} holds control characters")


def _check_logins(access: Access) -> None:
    named = [name.lower() for name in access.secret_headers]
    if access.password and not access.user:
        raise ConfigError("there is a password, and no user")
    if (access.user and "authorization" in named) or (access.cookies and "cookie" in named):
        raise ConfigError("a header is named that the user or the cookies set already", "name one of them")
    if access.proxy_user and not access.proxy:
        raise ConfigError("there is a proxy_user, and no proxy")
    if access.proxy_password and not access.proxy_user:
        raise ConfigError("there is a proxy_password, and no proxy_user")


def _proxy(written: str) -> str:
    if not written:
        return ""
    parts = urlsplit(written)
    if "@" in parts.netloc:
        raise ConfigError("proxy: the address holds a user", "write proxy_user and proxy_password_env instead")
    try:
        urls.checked(written)
        host, port = urls.endpoint(written)
    except BadUrlError as error:
        raise ConfigError(f"proxy: {error.message}", error.hint) from None
    if parts.scheme != "http" or parts.path.strip("/") or parts.query or parts.fragment:
        raise ConfigError("proxy: this is not the address of a proxy", "write it as http://proxy.example:3128")
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
