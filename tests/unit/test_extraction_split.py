"""The corpora are parted by host, and nothing can be tuned in it."""

import hashlib
import json

import pytest

from bench.corpus import Gold
from bench.extraction_split import RULE, SPLIT, domain, page_side, recorded, side_of, split


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("example.com", "example.com"),
        ("www.news.Example.com.", "example.com"),
        ("news.example.co.uk", "example.co.uk"),
        ("example.co.uk", "example.co.uk"),
        ("www.example.gouv.fr", "example.gouv.fr"),
        ("co.example.com", "example.com"),
        ("www.gov.com", "gov.com"),
        ("www.com.example.fr", "example.fr"),
        ("one.wordpress.com", "wordpress.com"),
        ("192.0.2.7", "192.0.2.7"),
        ("localhost", "localhost"),
    ],
)
def test_the_registrable_domain_of_a_host(host: str, expected: str) -> None:
    assert domain(host) == expected


@pytest.mark.parametrize("name", ["alpha", "beta", "gamma", "delta", "epsilon"])
def test_a_side_is_the_parity_of_the_hash_of_the_name(name: str) -> None:
    is_odd = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2
    assert side_of(f"www.{name}.com") == ("test" if is_odd else "train")


def test_national_editions_and_subdomains_are_on_one_side() -> None:
    for name in ("alpha", "beta", "gamma", "delta"):
        hosts = (f"{name}.com", f"www.{name}.co.uk", f"m.{name}.fr", f"{name}.com.au")
        assert len({side_of(host) for host in hosts}) == 1


def test_a_page_without_a_host_is_on_no_side() -> None:
    assert page_side(Gold("a.html", "", ""), {}) is None


def test_a_domain_that_was_never_split_is_on_the_side_that_the_rule_gives() -> None:
    assert page_side(Gold("a.html", "", "www.alpha.com"), {}) == side_of("alpha.com")


def test_what_is_recorded_comes_before_the_rule() -> None:
    assert page_side(Gold("a.html", "", "www.alpha.com"), {"alpha.com": "train"}) == "train"
    assert page_side(Gold("a.html", "", "www.alpha.com"), {"alpha.com": "test"}) == "test"


def test_the_split_names_each_domain_once() -> None:
    parted = split(["a.example.com", "b.example.com", "", "example.org", "alpha.com", "beta.com", "gamma.com"])
    expected = ["alpha.com", "beta.com", "example.com", "example.org", "gamma.com"]
    assert sorted(parted["train"] + parted["test"]) == expected


def test_the_recorded_split_is_what_the_rule_gives() -> None:
    kept = json.loads(SPLIT.read_text(encoding="utf-8"))
    assert kept["rule"] == RULE
    assert split(recorded()) == {"train": kept["train"], "test": kept["test"]}
    assert min(len(kept["train"]), len(kept["test"])) > 0.45 * len(recorded())
