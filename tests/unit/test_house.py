"""The house: what is on disk, what pyproject.toml says of it, and what the linter and the lock hold must agree."""

import ast
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))

_MADE = {ROOT / name for name in ("build", "dist", "data", "htmlcov")}
LONGEST_FILE = 400
LONGEST_FUNCTION = 40

# Declared, and rightly imported by none of our modules.
_LOADED_BY_OTHERS = {
    "aiosqlite": "SQLAlchemy loads it for sqlite+aiosqlite",
    "psycopg": "SQLAlchemy loads it for postgresql+psycopg",
    "lxml-html-clean": "trafilatura fails without it and does not ask for it",
    "tzdata": "the time zones, where the system has none",
}


@cache
def tree() -> tuple[Path, ...]:
    """Every file that belongs to the repository, and to no tool's cache or environment."""
    found = []
    for folder, inner, files in os.walk(ROOT):
        inner[:] = [name for name in inner if not _is_foreign(name) and Path(folder, name) not in _MADE]
        found += [Path(folder, name) for name in files]
    return tuple(sorted(found))


def _is_foreign(folder: str) -> bool:
    if folder.startswith("."):
        return folder != ".ci"
    return folder == "__pycache__" or folder.endswith(".egg-info")


def packages_on_disk() -> set[str]:
    """Every folder with an `__init__.py`, as a dotted name."""
    return {".".join(path.parent.relative_to(ROOT).parts) for path in tree() if path.name == "__init__.py"}


def top_packages() -> set[str]:
    """The packages that are in no other."""
    return {name for name in packages_on_disk() if "." not in name}


def modules() -> list[Path]:
    """Every Python file of the packages."""
    return [path for path in tree() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in top_packages()]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _normal(requirement: str) -> str:
    """The distribution that a requirement names, as the registry compares names."""
    found = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", requirement)
    assert found is not None, requirement
    return re.sub(r"[-_.]+", "-", found.group()).lower()


def test_the_packages_on_disk_are_those_that_are_installed() -> None:
    assert packages_on_disk() == set(PROJECT["tool"]["setuptools"]["packages"])


def test_the_packages_on_disk_are_those_that_the_linter_watches() -> None:
    assert top_packages() == set(PROJECT["tool"]["importlinter"]["root_packages"])


def test_no_package_escapes_the_layers() -> None:
    [layers] = [entry["layers"] for entry in PROJECT["tool"]["importlinter"]["contracts"] if entry["type"] == "layers"]
    held = {name.strip() for layer in layers for name in layer.split("|")}
    assert top_packages() - held == {"seeds"}, "seeds has two contracts of its own, everything else a layer"


def test_no_package_escapes_the_rules_on_libraries() -> None:
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    only = [entry for entry in contracts if entry.get("allow_indirect_imports")]
    assert len(only) >= 5
    for entry in only:
        [owner] = re.findall(r" in (\w+) only$", entry["name"])
        assert set(entry["source_modules"]) == top_packages() - {owner}, entry["name"]


def test_the_stages_and_the_sides_are_strangers_to_each_other() -> None:
    [layers] = [entry["layers"] for entry in PROJECT["tool"]["importlinter"]["contracts"] if entry["type"] == "layers"]
    assert "crawler | extraction | storage | matching | alerting" in layers
    assert "web | scheduler" in layers
    assert layers.index("service") < layers.index("crawler | extraction | storage | matching | alerting")


def test_every_file_that_code_reads_is_installed_with_it() -> None:
    listed: dict[str, list[str]] = PROJECT["tool"]["setuptools"]["package-data"]
    installed = {
        found for package, patterns in listed.items() for pattern in patterns
        for found in (ROOT / package.replace(".", "/")).glob(pattern)
    }  # fmt: skip
    read = {
        path for path in tree() if _name(path).split("/")[0] in top_packages() and path.suffix not in (".py", ".md")
    }
    assert read == installed


@pytest.mark.parametrize("package", sorted(top_packages()))
def test_a_package_says_what_it_is_for(package: str) -> None:
    text = ast.get_docstring(ast.parse((ROOT / package / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert text.splitlines()[0].endswith("."), f"{package}/__init__.py begins with a sentence"


def test_no_file_has_more_lines_than_a_reader_takes() -> None:
    lengths = {
        _name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in tree() if path.suffix == ".py"
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_has_more_lines_than_a_screen() -> None:
    long = {
        f"{_name(path)}: {function.name}": length
        for path in tree()
        if path.suffix == ".py" and "migrations/versions/" not in _name(path)  # a schema is one long list
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}


def _imported(path: Path) -> set[str]:
    """The top-level names that a file imports, of other people's."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").partition(".")[0])
    return found - top_packages() - set(sys.stdlib_module_names)


@cache
def _distributions() -> dict[str, set[str]]:
    """Which distributions a name is imported from."""
    return {name: set(map(_normal, found)) for name, found in packages_distributions().items()}


def _declared(*extras: str) -> set[str]:
    listed = PROJECT["project"]["dependencies"]
    for extra in extras:
        listed = listed + PROJECT["project"]["optional-dependencies"][extra]
    return {_normal(requirement) for requirement in listed}


_EXTRAS = {"bench": ["dev"], "cli": ["demo"], "seeds": ["demo"], "crawler": ["browser"]}


def test_every_library_that_is_imported_is_declared() -> None:
    undeclared = {
        f"{_name(path)}: {name}"
        for path in modules()
        for name in _imported(path)
        # `make bench`, `make demo` and the browser run where the extras are installed, the service does not.
        if not _distributions().get(name, {name}) & _declared(*_EXTRAS.get(_name(path).split("/")[0], []))
    }
    assert undeclared == set()


def test_every_library_that_is_declared_is_used() -> None:
    used = {one for path in modules() for name in _imported(path) for one in _distributions().get(name, ())}
    assert _declared() - used - set(_LOADED_BY_OTHERS) == set()


def _pins(lock: Path) -> dict[str, str]:
    """Name and version of every requirement of a lock; each is followed by hashes and comments, and by nothing else."""
    pins: dict[str, str] = {}
    hashes: dict[str, int] = {}
    name = ""
    for line in lock.read_text(encoding="utf-8").splitlines():
        if line.startswith("    "):
            assert re.fullmatch(r"    (--hash=sha256:[0-9a-f]{64}( \\)?|# .*)", line), f"{lock.name}: {line}"
            hashes[name] = hashes.get(name, 0) + line.startswith("    --hash=")
            continue
        pin = re.fullmatch(r"([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;]+)( ; [^\\]+)? \\", line)
        assert pin is not None, f"{lock.name}: {line}"
        name = _normal(pin[1])
        pins[name] = pin[2]
    assert set(hashes) == set(pins)
    assert all(hashes.values())
    return pins


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_has_a_hash_for_everything_and_names_no_address(lock: Path) -> None:
    assert _pins(lock)
    assert "://" not in lock.read_text(encoding="utf-8")


def test_the_locks_hold_all_that_is_declared_and_agree() -> None:
    locks = {lock.stem: _pins(lock) for lock in LOCKS}
    assert _declared() <= set(locks["run"])
    assert _declared("demo", "dev") <= set(locks["dev"])
    assert {_normal(one) for one in PROJECT["build-system"]["requires"]} == set(locks["build"])
    assert locks["run"].items() | locks["build"].items() <= locks["dev"].items()


def test_the_hooks_of_pre_commit_download_nothing_and_check_what_make_checks() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]
    assert {repository["repo"] for repository in config["repos"]} == {"local"}
    assert {hook["language"] for hook in hooks} == {"system"}
    checked = re.findall(
        r"^\t\$\(BIN\)/(\S+)", (ROOT / "Makefile").read_text(encoding="utf-8").split("check:")[1], re.MULTILINE
    )
    tools = {hook["entry"].split()[0].removeprefix(".venv/bin/") for hook in hooks}
    assert tools == {"ruff", "mypy", "lint-imports"} <= set(checked)


_REGISTRY = re.compile(
    r"https?://[^\s'\"<>)]*(?:pypi|pythonhosted|pkg\.dev|(?<!/rdf)/simple\b|artifactory|devpi|npmjs|ghcr\.io)|"
    r"--(?:extra-)?index-url|--find-links|PIP_(?:EXTRA_)?INDEX_URL|PIP_FIND_LINKS"
)
_MACHINE = re.compile(r"(?<![\w.~}-])/(?:home|root|Users)/\w")


def _texts() -> Iterator[tuple[str, str]]:
    for path in tree():
        if path.name == Path(__file__).name:
            continue
        try:
            yield _name(path), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # no text, so nothing that a reader could follow


def test_no_file_names_a_registry() -> None:
    assert {f"{name}: {found.group()}" for name, text in _texts() for found in _REGISTRY.finditer(text)} == set()


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    here = re.compile(r"(?<![\w.-])" + re.escape(str(ROOT)) + r"(?![\w-])")
    found = {name for name, text in _texts() if _MACHINE.search(text) or (len(ROOT.parts) > 2 and here.search(text))}
    assert found == set()
