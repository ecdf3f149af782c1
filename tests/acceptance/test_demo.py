"""The demo as a user starts it: its own process, its own site and receivers, and an end."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from seeds.programme import programme
from seeds.texts import seed_articles

LONGEST_SECONDS = 120
_START = (sys.executable, "-m", "cli", "demo")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The demo, to its end."""
    return subprocess.run(
        [*_START, *arguments],
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        env=os.environ | environment,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the one demo that most tests look at keeps its data."""
    return tmp_path_factory.mktemp("demo") / "data"


@pytest.fixture(scope="module")
def ended(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """That demo, ended; it was started by somebody whose environment leads to an archive of his own."""
    own = tmp_path_factory.mktemp("own") / "own.db"
    ended = run("--json", "--pace", "0.3", "--data", str(folder), VIGIE_DATABASE__URL=f"sqlite:///{own}")
    assert not own.exists(), "the demo keeps away from other archives"
    return ended


@pytest.fixture(scope="module")
def summary(ended: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """What it printed."""
    assert ended.returncode == 0, ended.stderr + ended.stdout
    read: dict[str, Any] = json.loads(ended.stdout)
    return read


def test_the_demo_receives_mails_and_verified_webhooks_and_nothing_twice(summary: dict[str, Any]) -> None:
    assert summary["faults"] == []
    assert summary["emails"] == summary["webhooks"] >= 4
    assert summary["repeated"] == []
    assert summary["undelivered"] == 0
    assert summary["first_alert_after"] > 0


def test_the_second_article_of_a_story_waits_for_an_update_and_comes_by_itself_to_nobody(
    summary: dict[str, Any],
) -> None:
    news = [article for article in summary["articles"] if article["wanted_by"] and not article["is_history"]]
    waiting = [article["title"] for article in news if article["wanted_by"][0]["waits"]]
    both = {article.title for article in seed_articles()}
    assert len(waiting) == 1 and waiting[0] in both, "which of the two is found first is a matter of chance"
    assert summary["emails"] == len(news) - len(waiting)


def test_the_demo_finds_every_article_and_tells_nobody_of_history(summary: dict[str, Any]) -> None:
    assert summary["missing"] == []
    assert summary["history_told"] == []
    everything = programme()
    history = {found["title"] for found in summary["articles"] if found["is_history"]}
    assert history == {article.title for article in everything.history}
    titles = {article.title for article in (*everything.history, *everything.to_come)}
    assert {found["title"] for found in summary["articles"]} == titles


def test_the_demo_says_which_watch_wanted_an_article_and_why(summary: dict[str, Any]) -> None:
    reasons = {found["title"]: found["wanted_by"] for found in summary["articles"]}
    [reason] = reasons["Corée du Sud dénonce le pacte militaire entre Russie et Corée du Nord"]
    assert (reason["watch"], reason["words"], reason["told"]) == ("Corée du Nord", ["troupes nord-coréennes"], True)
    assert "**troupes nord-coréennes**" in reason["context"]
    [reason] = reasons["Expert panel asks for access after second missile test in a week"]
    assert (reason["watch"], reason["words"]) == ("North Korea", ["missile test"])
    assert reasons["Vélo : les gestes simples à faire avant l’hiver"] == []
    assert [reason["told"] for reason in reasons[programme().history[0].title]] == [False]


def test_what_the_demo_stored_holds_no_boilerplate(summary: dict[str, Any], folder: Path) -> None:
    assert summary["leftovers"] == []
    assert "Leave a Comment" in summary["stripped"]["left_out"]
    everything = programme()
    written = {article.title: article.text for article in (*everything.history, *everything.to_come)}
    with sqlite3.connect(f"file:{folder}/vigie.db?mode=ro", uri=True) as database:
        stored = dict(database.execute("SELECT title, text FROM article"))
    database.close()
    assert stored == written


def test_the_demo_has_nothing_to_warn_of(summary: dict[str, Any], ended: subprocess.CompletedProcess[str]) -> None:
    assert ended.stderr == ""


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "vigie.toml").write_text("# mine\n", encoding="utf-8")
    refused = run("--data", str(tmp_path))
    assert refused.returncode == 2
    assert "is not empty" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["vigie.toml"]


def test_ctrl_c_ends_a_demo_that_stays_up_with_its_summary_and_nothing_left_behind(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*_START, "--keep", "--pace", "0.3", "--data", str(tmp_path / "data")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as demo:
        assert demo.stdout is not None
        assert demo.stderr is not None
        before = _lines_until("everything stays up until Ctrl-C", demo.stdout)
        children = psutil.Process(demo.pid).children(recursive=True)
        assert children, "the workers"
        os.killpg(demo.pid, signal.SIGINT)  # as a terminal does it: the workers get it too
        after = demo.stdout.read()
        assert demo.wait(LONGEST_SECONDS) == 0, before + after
        assert demo.stderr.read() == ""
    assert "Summary" in after
    assert "nothing came twice" in after
    assert "webhook-id" not in after
    assert psutil.wait_procs(children, timeout=10)[1] == []


def _lines_until(wanted: str, stream: Any) -> str:
    """What the stream says, up to the line that holds what is wanted; all of it where nothing does."""
    read = []
    for line in stream:
        read.append(line)
        if wanted in line:
            break
    return "".join(read)
