"""Public suffixes: the names under which anybody may have a site (`co.uk`, `blogspot.com`), from a bundled list."""

from functools import cache

from tldextract import TLDExtract


@cache
def _list() -> TLDExtract:
    """The list that comes with the library; it is never fetched, and nothing is written."""
    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def is_public_suffix(host: str) -> bool:
    """Whether strangers live below this host."""
    return _list().extract_str(host).suffix == host
