"""The hosts of the corpora on two sides, one to train on and one to measure on, fixed in `extraction_split.json`.

    python -m bench.extraction_split CORPUS...

Nothing can be tuned in it: a side is the parity of a hash. All hosts of one registrable domain are on one side, in all
corpora; so are the national editions of one name (`example.com`, `example.co.uk`), for the label before the suffix is
what is hashed. A platform that lends its name to many (`wordpress.com`) is one domain. A page whose host nobody knows
is on neither side.
"""

import argparse
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from bench.corpus import Gold, annotations

Side = Literal["train", "test"]
SPLIT = Path(__file__).with_name("extraction_split.json")
RULE = (
    "sha256 of the label before the public suffix, in UTF-8 and lower case: even is train, odd is test "
    "(python -m bench.extraction_split)"
)
# The second level under which a country registers names; a list of its own, so that the split depends on nothing else.
_SECOND_LEVELS = frozenset({
    "ac", "asn", "asso", "co", "com", "ed", "edu", "go", "gob", "gouv", "gov", "govt", "gv", "id", "info", "law",
    "ltd", "me", "mil", "mod", "ne", "net", "nhs", "nom", "or", "org", "plc", "sch", "school", "waw",
})  # fmt: skip


def domain(host: str) -> str:
    """The registrable domain of a host: `news.example.co.uk` is of `example.co.uk`. An IP address is its own."""
    labels = host.lower().rstrip(".").split(".")
    if labels[-1].isdigit() or len(labels) < 3:
        return ".".join(labels)
    is_country = len(labels[-1]) == 2
    return ".".join(labels[-3 if is_country and labels[-2] in _SECOND_LEVELS else -2 :])


def side_of(host: str) -> Side | None:
    """The side that a host is on, by the rule alone; None where there is no host."""
    if not host:
        return None
    name = domain(host)
    hashed = name if name.rpartition(".")[2].isdigit() else name.partition(".")[0]
    return "test" if hashlib.sha256(hashed.encode()).digest()[-1] % 2 else "train"


def split(hosts: Iterable[str]) -> dict[Side, list[str]]:
    """The registrable domains of the hosts, sorted, on their sides."""
    domains = sorted({domain(host) for host in hosts if host})
    return {side: [name for name in domains if side_of(name) == side] for side in ("train", "test")}


def recorded() -> dict[str, Side]:
    """The sides as `extraction_split.json` has them: registrable domain to side."""
    kept = json.loads(SPLIT.read_text(encoding="utf-8"))
    return {**dict.fromkeys(kept["train"], "train"), **dict.fromkeys(kept["test"], "test")}


def page_side(gold: Gold, sides: dict[str, Side]) -> Side | None:
    """The side of a page: as recorded, or by the rule where its domain is in no corpus that was split."""
    return sides.get(domain(gold.host)) or side_of(gold.host) if gold.host else None


def main() -> None:
    """Write the split of the corpora that are named, and say how it came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", metavar="CORPUS", type=Path, nargs="+", help="an archive or a folder")
    parser.add_argument("--out", type=Path, default=SPLIT)
    options = parser.parse_args()
    corpora = {path: annotations(path) for path in options.corpora}
    sides = split(gold.host for golds in corpora.values() for gold in golds)
    options.out.write_text(json.dumps({"rule": RULE, **sides}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for path, golds in corpora.items():
        counts = [sum(side_of(gold.host) == side for gold in golds) for side in ("train", "test", None)]
        print(f"{path.name}: {counts[0]} pages train, {counts[1]} test, {counts[2]} of no known host")


if __name__ == "__main__":
    main()
