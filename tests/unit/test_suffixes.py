"""Public suffixes: known without a network, and without a file that is written."""

import subprocess
import sys
from pathlib import Path

import pytest

from extraction.canonical import canonical_url
from extraction.document import parsed
from extraction.suffixes import is_public_suffix

# Ends the process where anything is dialled, made or written.
_WATCHED = """
import os, sys

def watch(event, arguments):
    writes = event == "open" and (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if writes or event.startswith("socket.") and event != "socket.__new__" or event in ("os.mkdir", "os.rename"):
        print(event, arguments, file=sys.stderr)
        os._exit(3)

sys.dont_write_bytecode = True
from extraction.suffixes import is_public_suffix
sys.addaudithook(watch)
assert is_public_suffix("co.uk") and is_public_suffix("github.io") and not is_public_suffix("bbc.co.uk")
"""


@pytest.mark.parametrize("host", ["com", "co.uk", "com.au", "gouv.fr", "github.io", "blogspot.com", "xn--p1ai"])
def test_strangers_live_below_a_public_suffix(host: str) -> None:
    assert is_public_suffix(host)


@pytest.mark.parametrize("host", ["bbc.co.uk", "bob.github.io", "lemonde.fr", "localhost", "127.0.0.1", "a.localhost"])
def test_a_site_is_none(host: str) -> None:
    assert not is_public_suffix(host)


def test_the_list_is_asked_of_nobody_and_nothing_is_written(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(root)}
    ended = subprocess.run(
        [sys.executable, "-c", _WATCHED], cwd=root, env=home, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("own", "claim"),
    [
        ("https://a.co.uk/post", "https://b.co.uk/post"),
        ("https://m.a.co.uk/post", "https://b.co.uk/post"),
        ("https://m.co.uk/post", "https://amp.co.uk/post"),
        ("https://alice.github.io/post", "https://bob.github.io/post"),
        ("https://m.github.io/post", "https://bob.github.io/post"),
        ("https://m.github.io/post", "https://github.io/post"),
    ],
)
def test_an_address_of_strangers_below_one_suffix_is_not_believed(own: str, claim: str) -> None:
    page = parsed(own, f'<html><head><link rel="canonical" href="{claim}"></head><body><p>Texte</p></body></html>')
    assert page is not None
    assert canonical_url(page) == own
