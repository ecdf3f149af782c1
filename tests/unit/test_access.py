"""Access: what a subscription adds to which request, and what may not be written down."""

from pathlib import Path
from typing import Any

import pytest

from crawler.access import Access, access_of, read_access
from news.errors import ConfigError
from news.secret import Secret, SecretMissingError
from news.source import Source
from service.settings import AccessEntry
from tests.documents import ROOT, rows, section, setting_rows

CANARY = "s3cret-canary"
ENVIRON = {"PW": CANARY, "COOKIES": f"session={CANARY}", "KEY": CANARY}
WHOLE: dict[str, Any] = {
    "user": "vigie",
    "password_env": "PW",
    "cookies_env": "COOKIES",
    "headers": {"X-Edition": "abonnés"},
    "headers_env": {"X-Api-Key": "KEY"},
    "proxy": "http://proxy.example:3128/",
    "proxy_user": "moi",
    "proxy_password_env": "PW",
}


def _of(url: str, **kept: Any) -> Access:
    return access_of(Source(1, "Le Phare", url, access=kept or WHOLE))


def test_every_kind_of_access_is_sent_home() -> None:
    access = _of("https://phare.example/")
    assert access.sent_to("https://phare.example/une", ENVIRON) == {
        "X-Edition": "abonnés",
        "X-Api-Key": CANARY,
        "Cookie": f"session={CANARY}",
        "Authorization": "Basic dmlnaWU6czNjcmV0LWNhbmFyeQ==",
    }
    assert access.proxy == "http://proxy.example:3128"
    assert access.proxy_authorization(ENVIRON) == "Basic bW9pOnMzY3JldC1jYW5hcnk="
    assert access.kinds == ("login", "cookies", "headers", "proxy")


@pytest.mark.parametrize(
    ("site", "url", "is_home"),
    [
        ("https://phare.example/", "https://phare.example/une", True),
        ("https://phare.example/", "https://PHARE.example./une", True),
        ("https://phare.example/", "https://phare.example:443/une", True),
        ("https://phare.example/", "https://abo.phare.example/une", True),
        ("http://phare.example/", "https://phare.example/une", True),
        ("http://phare.example:8080/", "http://phare.example:8080/une", True),
        ("https://phare.example/", "http://phare.example/une", False),
        ("https://phare.example/", "http://phare.example:443/une", False),
        ("https://phare.example/", "https://phare.example:8443/une", False),
        ("http://phare.example:8080/", "https://phare.example/une", False),
        ("http://phare.example:8080/", "https://phare.example:8080/une", False),
        ("https://abo.phare.example/", "https://phare.example/une", False),
        ("https://phare.example/", "https://unphare.example/une", False),
        ("https://phare.example/", "https://phare.example.org/une", False),
        ("https://phare.example/", "https://example/une", False),
        ("https://phare.example/", "https://other.example/?https://phare.example/", False),
        ("http://127.0.0.1/", "http://a.127.0.0.1/", False),
        ("https://phare.example/", "https:///une", False),
    ],
)
def test_only_the_source_s_own_site_is_sent_anything(site: str, url: str, is_home: bool) -> None:
    assert _of(site).is_for(url) is is_home
    assert bool(_of(site).sent_to(url, ENVIRON)) is is_home


def test_robots_txt_keeps_the_way_and_loses_the_rest() -> None:
    left = _of("https://phare.example/").without_credentials()
    assert left.sent_to("https://phare.example/robots.txt", ENVIRON) == {}
    assert left.proxy_authorization(ENVIRON)
    assert left.proxy == "http://proxy.example:3128"


def test_an_access_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    access = _of("https://phare.example/")
    assert access.sent_to("https://phare.example/")
    assert CANARY not in repr(access)
    assert "KEY" in repr(access)


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{CANARY}\n", encoding="utf-8")
    access = _of("https://phare.example/", headers_file={"X-Api-Key": str(file)})
    assert access.sent_to("https://phare.example/") == {"X-Api-Key": CANARY}


@pytest.mark.parametrize("secret", ["", f"{CANARY}\r\nX: 1", f"{CANARY}\n{CANARY}", f"{CANARY}\x00"])
def test_a_secret_that_cannot_be_sent_names_its_place_and_not_itself(secret: str) -> None:
    with pytest.raises(SecretMissingError, match="the environment variable PW") as refused:
        _of("https://phare.example/").sent_to("https://phare.example/", {**ENVIRON, "PW": secret})
    assert CANARY not in str(refused.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(SecretMissingError, match="cannot be read: No such file"):
        Secret(file=str(tmp_path / "nowhere")).read({})
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(SecretMissingError, match="not UTF-8"):
        Secret(file=str(tmp_path / "bytes")).read({})


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ({"headers": {"Authorization": "Bearer x"}}, "is a secret"),
        ({"headers": {"cookie": "a=b"}}, "is a secret"),
        ({"headers_env": {"Proxy-Authorization": "KEY"}}, "not for a source to set"),
        ({"headers": {"Host": "other.example"}}, "not for a source to set"),
        ({"headers": {"User-Agent": "Mozilla"}}, "not for a source to set"),
        ({"headers": {"X-A": "b\r\nX-C: d"}}, "control characters"),
        ({"headers": {"X A": "b"}}, "no name of a header"),
        ({"headers": {"X-A": "b"}, "headers_env": {"x-a": "KEY"}}, "named twice"),
        ({"user": "a:b", "password_env": "PW"}, "no colon"),
        ({"password_env": "PW"}, "no user"),
        ({"user": "a", "password_env": "PW", "password_file": "pw"}, "are both there"),
        ({"user": "a", "headers_env": {"Authorization": "KEY"}}, "set already"),
        ({"cookies_env": "COOKIES", "headers_env": {"Cookie": "KEY"}}, "set already"),
        ({"proxy_user": "a"}, "no proxy"),
        ({"proxy": "http://p.example:1", "proxy_password_env": "PW"}, "no proxy_user"),
        ({"proxy": f"http://me:{CANARY}@p.example:3128"}, "holds a user"),
        ({"proxy": "socks5://p.example:1080"}, "proxy: "),
        ({"proxy": "https://p.example:443"}, "not the address of a proxy"),
        ({"proxy": "http://p.example:3128/path"}, "not the address of a proxy"),
        ({"proxy": "p.example:3128"}, "proxy: "),
    ],
)
def test_what_could_not_be_sent_or_should_not_be_written_is_refused(kept: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        read_access(kept)
    assert CANARY not in str(refused.value)


def test_a_source_without_access_sends_nothing() -> None:
    access = access_of(Source(1, "Le Phare", "https://phare.example/"))
    assert access.sent_to("https://phare.example/") == {}
    assert (access.kinds, access.road) == ((), "")


def test_every_setting_of_access_is_documented() -> None:
    documented = rows(section(ROOT / "docs" / "settings.md", "Access to a subscription"))
    assert documented == setting_rows(AccessEntry)
