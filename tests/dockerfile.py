"""Tries a Dockerfile out where there is no Docker: each step's command runs as written, in a folder made for it.

A folder stands for the image's root. Every absolute path of the Dockerfile is one below it; the commands find the
Python that runs this, and nothing of the environment but what pip needs to reach its registry. The base image, the
user's number and the limits of a container are beyond it.

    python -m tests.dockerfile        tries the repository's own Dockerfile and says what `vigie --help` says
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

_ABSOLUTE = re.compile(r"(?<![\w./:$}-])/(?!(?:bin|dev|etc|proc|usr)\b)(?=\w)")
_PASSED_ON = re.compile(r"(PIP_\w+|SSL_CERT_\w+|REQUESTS_CA_BUNDLE|\w+_proxy|HOME|XDG_CACHE_HOME|LANG)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction of a Dockerfile, its continuation lines joined."""

    instruction: str
    text: str


def steps(dockerfile: str) -> list[Step]:
    """The instructions in order; comments are dropped."""
    lines = "\n".join(line for line in dockerfile.splitlines() if not line.lstrip().startswith("#"))
    joined = re.sub(r"\\\n\s*", "", lines)
    pairs = (line.strip().partition(" ") for line in joined.splitlines() if line.strip())
    return [Step(instruction.upper(), text.strip()) for instruction, _, text in pairs]


def context(root: Path) -> list[Path]:
    """The files that the build gets to see, as `.dockerignore` has it: `*`, then `!name`, then `**/name`."""
    named: set[str] = set()
    hidden: set[str] = set()
    for line in (root / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.strip()
        if pattern.startswith("!"):
            named.add(pattern[1:])
        elif pattern.startswith("**/"):
            hidden.add(pattern[3:])
        elif pattern not in ("", "*") and not pattern.startswith("#"):
            raise ValueError(f"this does not know what {pattern!r} in .dockerignore means")
    candidates = (path for name in sorted(named) for path in [root / name, *sorted((root / name).rglob("*"))])
    return [path for path in candidates if path.is_file() and not hidden & set(path.relative_to(root).parts)]


class Image:
    """What comes of a Dockerfile: `root` is where it ends up, `environment` what its processes get.

    `told` holds what only concerns running it, by instruction.
    """

    def __init__(self, folder: Path, build_context: Path) -> None:
        self._folder = folder
        self._context = build_context
        self._stages: dict[str, Path] = {}
        # The stages take turns behind one name, so that the scripts of an environment find it where it was made.
        self.root = folder / "image"
        self._python = folder / "python"
        self._python.mkdir()
        interpreter = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
        for name in ("python", "python3"):
            (self._python / name).symlink_to(interpreter)
        self._begin("")

    def _begin(self, name: str) -> None:
        stage = self._folder / f"stage-{len(self._stages)}"
        stage.mkdir()
        self._stages[name or str(len(self._stages))] = stage
        self.root.unlink(missing_ok=True)
        self.root.symlink_to(stage)
        self.environment = {name: value for name, value in os.environ.items() if _PASSED_ON.fullmatch(name)}
        self.environment["PATH"] = f"{self._python}:/usr/local/bin:/usr/bin:/bin"
        self.told: dict[str, str] = {}
        self._at = self.root

    def here(self, text: str) -> str:
        """The text with the image's absolute paths as they are in this folder."""
        return _ABSOLUTE.sub(lambda _: f"{self.root}/", text)

    def take(self, step: Step) -> None:
        """Do one step. Raises ValueError for an instruction that is not known here, CalledProcessError if one fails."""
        known = {
            "FROM": self._from,
            "WORKDIR": self._go_to,
            "ENV": self._set,
            "RUN": self._run,
            "COPY": self._copy,
        }
        if step.instruction in known:
            known[step.instruction](step.text)
        elif step.instruction in ("USER", "ENTRYPOINT", "CMD", "HEALTHCHECK", "VOLUME", "STOPSIGNAL"):
            self.told[step.instruction] = step.text
        else:
            raise ValueError(f"this does not know what {step.instruction} does")

    def _from(self, text: str) -> None:
        self._begin(text.partition(" AS ")[2])

    def _go_to(self, text: str) -> None:
        self._at = Path(self.here(text))
        self._at.mkdir(parents=True, exist_ok=True)

    def _run(self, text: str) -> None:
        subprocess.run(["/bin/sh", "-ec", self.here(text)], cwd=self._at, env=self.environment, check=True)

    def _set(self, text: str) -> None:
        for pair in shlex.split(text):
            name, _, value = pair.partition("=")
            known = re.sub(r"\$(\w+)", lambda found: self.environment.get(found[1], ""), self.here(value))
            self.environment[name] = known

    def _copy(self, text: str) -> None:
        words = text.split()
        options = dict(word[2:].split("=", 1) for word in words if word.startswith("--"))
        source, target = (word for word in words if not word.startswith("--"))
        into = Path(self.here(target)) if target.startswith("/") else self._at / target
        if "from" in options:
            shutil.copytree(f"{self._stages[options['from']]}{source}", into, symlinks=True, dirs_exist_ok=True)
            return
        wanted = (self._context / source).resolve()
        for path in context(self._context):
            if path.is_relative_to(wanted):
                placed = into / path.relative_to(wanted)
                placed.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, placed)

    @property
    def command(self) -> list[str]:
        """What runs by default, the entry point left out."""
        return [self.here(word) for word in json.loads(self.told["CMD"])]

    def run(self, arguments: Sequence[str], more: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
        """Start what the container would start with these arguments, in its environment."""
        [program] = json.loads(self.told["ENTRYPOINT"])
        found = shutil.which(program, path=self.environment["PATH"])
        assert found is not None, f"there is no {program} in the image"
        return subprocess.Popen(
            [found, *arguments],
            env={**self.environment, **(more or {})},
            cwd=self._at,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def is_healthy(self, more: Mapping[str, str] | None = None) -> bool:
        """Whether the health check says so."""
        check = self.told["HEALTHCHECK"].partition("CMD ")[2]
        environment = {**self.environment, **(more or {})}
        return (
            subprocess.run(["/bin/sh", "-c", check], env=environment, capture_output=True, check=False).returncode == 0
        )


def build(dockerfile: Path, folder: Path) -> Image:
    """Take every step of a Dockerfile, in an empty folder; its own folder is the build's context."""
    image = Image(folder, dockerfile.parent)
    for step in steps(dockerfile.read_text(encoding="utf-8")):
        image.take(step)
    return image


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        told = build(ROOT / "Dockerfile", Path(made)).run(["--help"]).communicate()[0]
    print(told)
