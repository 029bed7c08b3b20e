"""What the service manager hears: that the daemon listens, that its loop turns, that it stops."""

import signal
import socket

import pytest


@pytest.fixture
def manager(tmp_path):
    """The socket a service manager reads, and its address as it would stand in the environment."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(str(tmp_path / "notify"))
    listener.settimeout(10)
    yield listener
    listener.close()


def restarted(office, **environment):
    office.daemon.stop()
    office.daemon.environment = environment
    office.daemon.start()


def test_the_manager_hears_ready_then_signs_of_life_then_stopping(office, manager):
    restarted(office, NOTIFY_SOCKET=manager.getsockname(), WATCHDOG_USEC="300000")
    assert [manager.recv(64) for _ in range(4)] == [b"READY=1"] + 3 * [b"WATCHDOG=1"]
    office.daemon.stop()
    heard = manager.recv(64)
    while heard == b"WATCHDOG=1":
        heard = manager.recv(64)
    assert heard == b"STOPPING=1"


def test_a_loop_that_does_not_turn_gives_no_sign_of_life(office, manager):
    restarted(office, NOTIFY_SOCKET=manager.getsockname(), WATCHDOG_USEC="150000")
    assert manager.recv(64) == b"READY=1"
    office.daemon.process.send_signal(signal.SIGSTOP)
    manager.settimeout(0.5)
    with pytest.raises(TimeoutError):
        while True:
            assert manager.recv(64) == b"WATCHDOG=1"
    office.daemon.process.send_signal(signal.SIGCONT)
    manager.settimeout(10)
    assert manager.recv(64) == b"WATCHDOG=1"


def test_a_watchdog_meant_for_another_process_gets_no_sign_of_life(office, manager):
    restarted(office, NOTIFY_SOCKET=manager.getsockname(), WATCHDOG_USEC="30000", WATCHDOG_PID="1")
    assert manager.recv(64) == b"READY=1"
    office.daemon.stop()
    assert manager.recv(64) == b"STOPPING=1"


@pytest.mark.parametrize("path", ["", "/nowhere/at/all", "/" + "x" * 200], ids=["empty", "missing", "too long"])
def test_without_a_manager_that_listens_the_daemon_serves_all_the_same(office, path):
    restarted(office, NOTIFY_SOCKET=path, WATCHDOG_USEC="300000")
    assert office.daemon.is_ready()
    assert "the service manager is told nothing" in office.daemon.log()


def test_an_abstract_socket_is_a_manager_too(office):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("")  # the kernel chooses an abstract name
        listener.settimeout(10)
        restarted(office, NOTIFY_SOCKET="@" + listener.getsockname()[1:].decode())
        assert listener.recv(64) == b"READY=1"
