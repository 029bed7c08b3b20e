import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from library import Library, RedisServer  # noqa: E402


@pytest.fixture(scope="session")
def server():
    found = RedisServer()
    yield found
    found.close()


@pytest.fixture
def lib(server):
    made = Library(server)
    yield made
    made.check()
