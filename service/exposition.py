"""The text format of Prometheus, version 0.0.4: families of samples, escaped as it wants them. Pure."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*")


@dataclass(frozen=True, slots=True)
class Family:
    """A metric: its name, what kind of number it is, the names of its labels, and what it tells."""

    name: str
    kind: Literal["counter", "gauge"]
    tells: str
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError for a name that Prometheus would refuse."""
        if not _NAME.fullmatch(self.name) or not all(_LABEL.fullmatch(label) for label in self.labels):
            raise ValueError(f"{self.name}{self.labels} cannot be the name of a metric and its labels")


Samples = Mapping[tuple[str, ...], float]  # by the values of the labels


def exposition(families: Iterable[tuple[Family, Samples]]) -> str:
    """The page that is scraped. Raises ValueError for a sample that has not a value for each label."""
    return "".join(line for family, samples in families for line in _lines(family, samples))


def _lines(family: Family, samples: Samples) -> Iterable[str]:
    yield f"# HELP {family.name} {_escaped(family.tells)}\n"
    yield f"# TYPE {family.name} {family.kind}\n"
    for values, number in sorted(samples.items()):
        pairs = ",".join(
            f'{label}="{_escaped(value, quotes=True)}"' for label, value in zip(family.labels, values, strict=True)
        )
        yield f"{family.name}{{{pairs}}} {_number(number)}\n" if pairs else f"{family.name} {_number(number)}\n"


def _escaped(text: str, *, quotes: bool = False) -> str:
    r"""Backslashes and line feeds, and in a label's value quotes; a lone surrogate, which UTF-8 has not, becomes ?."""
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\\", r"\\").replace("\n", r"\n")
    return text.replace('"', r"\"") if quotes else text


def _number(number: float) -> str:
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "+Inf" if number > 0 else "-Inf"
    return str(int(number)) if float(number).is_integer() and abs(number) < 1e15 else repr(float(number))
