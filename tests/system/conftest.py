"""Fixtures: `office` is a running sales office; `open_office` starts one with settings of the test's choice."""

import pathlib
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from listing import Office  # noqa: E402


@pytest.fixture
def folder():
    # Short, because the path of a Unix socket may have 107 bytes.
    path = pathlib.Path(tempfile.mkdtemp(prefix="listingd-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def open_office(folder, request):
    opened = []

    def open_one(**options):
        opened.append(Office(folder / str(len(opened)), **options))
        return opened[-1]

    yield open_one
    failed = getattr(request.node, "failed", False)
    for office in opened:
        if failed:
            for daemon in office.daemons:
                if daemon.log_file.exists():
                    print(f"--- {daemon.log_file.name}\n{daemon.log()[-4000:]}", file=sys.stderr)
        office.close()


@pytest.fixture
def office(open_office):
    return open_office()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.when == "call":
        item.failed = report.failed
