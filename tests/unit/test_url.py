"""The normal form of a URL, its key, and which URLs are taken at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.errors import BadUrlError
from news.url import LONGEST_URL, checked, endpoint, host, joined, key, normal, origin

NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,8}[a-z0-9](\.[a-z]{2,5}){1,2}", fullmatch=True)
TAILS = st.text(st.characters(exclude_categories=()), max_size=40)
TRACKING = [
    "utm_source=rss",
    "UTM_Campaign=x&utm_medium=y",
    "fbclid=1",
    "at_medium=RSS",
    "amp;utm_source=a",
    "xtor=RSS-1",
]


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("HTTP://Example.COM", "http://example.com/"),
        ("  https://example.com/a#b ", "https://example.com/a"),
        ("https://example.com:443/", "https://example.com/"),
        ("http://example.com:0080/", "http://example.com/"),
        ("https://example.com:80/", "https://example.com:80/"),
        ("https://example.com./", "https://example.com/"),
        ("https://example.com/a/../b/./c/..", "https://example.com/b/"),
        ("https://example.com/../../x", "https://example.com/x"),
        ("https://example.com/%2e%2E/x", "https://example.com/x"),
        ("https://example.com/été?q=où", "https://example.com/%C3%A9t%C3%A9?q=o%C3%B9"),
        ("https://example.com/%c3%a9t%C3%A9", "https://example.com/%C3%A9t%C3%A9"),
        ("https://café.example/", "https://xn--caf-dma.example/"),
        ("http://①②⑦.⓪.⓪.①/", "http://127.0.0.1/"),
        ("http://127。0。0。1/", "http://127.0.0.1/"),
        ("http://127.0.0.1./", "http://127.0.0.1/"),
        ("http://[0:0::1]:80/", "http://[::1]/"),
        ("http://0x7f.1:8080/", "http://127.0.0.1:8080/"),
        ("https://faß.example/", "https://xn--fa-hia.example/"),
        ("https://example.com/\ud800", "https://example.com/%EF%BF%BD"),
        ("https://example.com/{a}?q=l'avion", "https://example.com/%7Ba%7D?q=l%27avion"),
        ("https://example.com/it's", "https://example.com/it's"),
        ("https://example.com/a;jsessionid=12AB?b=1", "https://example.com/a?b=1"),
        ("https://example.com/?a=%E9&b=x;y&utm_source=rss", "https://example.com/?a=%E9&b=x;y"),
        ("https://example.com/?utm_source=rss", "https://example.com/"),
        ("https://example.com/?b=2&a=1&a=", "https://example.com/?b=2&a=1&a="),
    ],
)
def test_a_url_has_one_normal_form(url: str, form: str) -> None:
    assert normal(url) == form


REFUSED = (
    "", "example.com", "//example.com", "http://", "https:///path", "http://.", "file:///etc/passwd", "ftp://example.com",
    "gopher://example.com", "s3://bucket/a", "data:text/html,x", "javascript:alert(1)", "source:http://example.com",
    "http://user@example.com", "http://user:pass@example.com", "http://@example.com", r"http://good.example\@evil.example",
    "http://example.com/a b", "http://example.com/a\tb", "http://example.com/\r\nHost: evil", "http://exa\x00mple.com",
    "http://example.com:port/", "http://example.com:65536/", "http://[::1", "http://[::1%25eth0]/", "http://[v1.x]/",
    "http://[example.com]/", "http://%31%32%37.0.0.1/", "http://a..example/", "http://exa<mple.com/",
    "http://example.com../", "https://example.com/" + "a" * LONGEST_URL,
)  # fmt: skip


@pytest.mark.parametrize("url", REFUSED)
def test_what_vigie_may_not_visit_is_refused(url: str) -> None:
    with pytest.raises(BadUrlError):
        checked(url)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        (" HTTPS://H.Example:443/A?utm_source=b#C ", "HTTPS://h.example/A?utm_source=b#C"),
        ("HTTP://H/", "HTTP://h/"),
        ("http://①②⑦.1:81/①", "http://127.0.0.1:81/①"),
        ("http://2130706433?x", "http://127.0.0.1?x"),
    ],
)
def test_a_checked_url_has_its_host_in_normal_form_and_is_else_as_written(url: str, safe: str) -> None:
    assert checked(url) == safe
    assert normal(safe) == normal(url)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://Example.com./a", ("example.com", 443)),
        ("http://example.com:8080", ("example.com", 8080)),
        ("http://[::1]:81/", ("::1", 81)),
        ("http://example.com", ("example.com", 80)),
    ],
)
def test_a_url_names_the_host_and_port_that_are_dialled(url: str, place: tuple[str, int]) -> None:
    assert endpoint(url) == place


# Ordinary URLs: what stands in databases already must be found again under the same key.
KEYS = {
    "https://www.lemonde.fr/international/article/2026/11/20/titre-de-l-article_6512345_3210.html": "9dac92f58ae69748",
    "https://example.com/": "e52aa78cab6e854b",
    "http://example.com:8080/a?b=c&d=e": "8393536e07647ba6",
    "https://www.example.com/été/à-la-une/": "cc92a5370b2cc692",
    "https://www.example.com/%C3%A9t%C3%A9?q=o%C3%B9": "ecc36262f717c3e0",
    "https://café.example/a(b)/c,d;e=f": "245850c9ac9fa17d",
    "https://example.com/?p=123&utm_source=rss": "2bdfd1b6d0e38a91",
    "https://example.com/it's": "31e20ff2597d7910",
    "https://example.com/a/../b/": "20e404c49be510dd",
    "http://192.168.0.1/x": "fc27c293225c03bd",
    "http://[2001:db8::1]/x": "65b5ebeb78df26f6",
    "https://sub_domain.example.com/a~b/@user/!$*+": "05db94b998096030",
}


@pytest.mark.parametrize("url", KEYS)
def test_the_key_of_an_ordinary_url_never_changes(url: str) -> None:
    assert key(url)[:16] == KEYS[url]


@pytest.mark.parametrize(
    "url", ["ftp://user:s3cret@example.com/", "http://user:s3cret@example.com/a b", "x//u:s3cret@h\\"]
)
def test_a_refusal_never_repeats_a_password(url: str) -> None:
    with pytest.raises(BadUrlError) as refused:
        checked(url)
    assert "s3cret" not in str(refused.value)


def test_a_url_that_grows_too_long_in_ascii_is_refused() -> None:
    with pytest.raises(BadUrlError, match="characters long"):
        normal("https://example.com/" + "é" * 2_000)


@given(NAMES, TAILS)
def test_the_normal_form_is_its_own_normal_form(name: str, tail: str) -> None:
    try:
        form = normal(f"https://{name}/{tail}")
    except BadUrlError:
        return
    assert normal(form) == form
    assert form.isascii()
    assert key(form) == key(f"https://{name}/{tail}")


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_any_text_is_normalised_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"http://h/{text}"):
        try:
            assert normal(normal(url)) == normal(url)
        except BadUrlError:
            continue


@given(NAMES, st.sampled_from(["", "a", "a/b", "a/b/"]), st.lists(st.sampled_from(TRACKING)), st.booleans())
def test_tracking_scheme_fragment_and_last_slash_leave_the_key_alone(
    name: str, path: str, tracking: list[str], secure: bool
) -> None:
    plain = f"https://{name}/{path}"
    decorated = f"{'https' if secure else 'http'}://{name.upper()}/{path.rstrip('/')}?{'&'.join(tracking)}#top"
    assert key(decorated) == key(plain)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/a", "https://example.com/A"),
        ("https://example.com/a", "https://www.example.com/a"),
        ("https://example.com/?id=1", "https://example.com/?id=2"),
        ("https://example.com/", "https://example.com:8443/"),
        ("https://example.com/?source=a", "https://example.com/"),
    ],
)
def test_what_may_be_another_page_has_another_key(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("b", "https://example.com/dir/b"),
        ("/b", "https://example.com/b"),
        ("../b", "https://example.com/b"),
        ("?p=1", "https://example.com/dir/page?p=1"),
        ("//other.example/b", "https://other.example/b"),
        ("\n https://other.example/a b\n ", "https://other.example/a%20b"),
        ("https://other.example/a\nb", "https://other.example/ab"),
        ("///other.example/b", "https://other.example/b"),
        ("https:////other.example/b", "https://other.example/b"),
        ("http:/other.example/b", "http://other.example/b"),
        ("https:/b", "https://example.com/b"),
        ("HTTPS:b", "https://example.com/dir/b"),
        ("b#c\\d", "https://example.com/dir/b"),
        ("", "https://example.com/dir/page"),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("mailto:a@example.com", None),
        ("data:text/html,x", None),
        ("http://user:pass@example.com/", None),
        ("\\\\evil.example", None),
        ("http://[::1", None),
        ("/" + "a" * 100_000, None),
    ],
)
def test_a_link_is_seen_from_its_page(link: str, url: str | None) -> None:
    assert joined("https://example.com/dir/page", link) == url


@given(TAILS, TAILS)
def test_joining_never_raises(base: str, link: str) -> None:
    found = joined(base, link)
    assert found is None or normal(found) == found


@pytest.mark.parametrize(
    ("url", "name", "where"),
    [
        ("https://Example.com:443/a", "example.com", "https://example.com"),
        ("http://Example.com:8080/a?b", "example.com", "http://example.com:8080"),
        ("http://[::1]:80/", "::1", "http://[::1]"),
    ],
)
def test_host_and_origin_are_of_the_normal_form(url: str, name: str, where: str) -> None:
    assert host(url) == name
    assert origin(url) == where


def test_a_broken_url_has_no_host() -> None:
    assert host("http://[::1") == ""
    assert host("nothing") == ""
