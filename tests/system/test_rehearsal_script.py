"""scripts/rehearsal holds a launch day by one command, and leaves nothing behind."""

import json
import os
import signal
import subprocess

import pytest
from servers import BUILD, ROOT, eventually


@pytest.fixture
def rehearse(folder):
    """Starts a small rehearsal whose temporary data lie in `folder`."""
    running = []

    def start(*more):
        command = [ROOT / "scripts/rehearsal", "--buyers", "80", "--units", "20", "--no-page", "--build", BUILD, "--report", folder / "report", *more]
        environment = {**os.environ, "TMPDIR": str(folder)}
        running.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()


def left_behind(folder):
    """Its temporary folder, and processes that work in it."""
    found = [path for path in folder.iterdir() if path.name.startswith("listingd-bench")]
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as line:
                found += [pid] if f"{folder}/listingd-bench" in line.read() else []
        except OSError:
            pass
    return found


def test_a_rehearsal_where_all_goes_well_says_so_and_keeps_its_report(rehearse, folder):
    rehearsal = rehearse()
    out, err = rehearsal.communicate(timeout=120)
    assert rehearsal.returncode in (0, 1), out + err
    report = json.loads((folder / "report/report.json").read_text())
    # How far a wall was behind is the business of the machine that this test runs on.
    assert [text for text in report["findings"] if "a wall was" not in text] == [], out + err
    assert rehearsal.returncode == (1 if report["findings"] else 0), out + err
    assert ("Nothing was found." in out) == (report["findings"] == []) and "80 / 80" in out
    assert (report["chosen"], report["faults"], report["sign_in"]["refused"]) == (20, 0, [])
    assert report["presses"] == report["counted"] and report["draw"]["fits"]
    assert (folder / "report/report.txt").read_text() in out
    assert left_behind(folder) == []


def until_everybody_is_there(rehearsal):
    for line in rehearsal.stdout:
        if line.startswith("Everybody"):
            return
    raise AssertionError(rehearsal.stderr.read())


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_rehearsal_that_is_stopped_leaves_nothing_behind(rehearse, folder, how):
    rehearsal = rehearse()
    until_everybody_is_there(rehearsal)
    rehearsal.send_signal(how)
    assert rehearsal.wait(20) != 0
    eventually(lambda: left_behind(folder) == [])
    assert not (folder / "report/report.json").exists()
