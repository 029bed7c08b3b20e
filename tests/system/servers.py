"""The processes of a test: a private Redis and daemons on ports that stay ours."""

import contextlib
import http.client
import os
import pathlib
import signal
import socket
import subprocess
import time

import redis

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("LISTINGD_BUILD", "build")


def eventually(check, timeout=10, every=0.02):
    """Calls `check` until it returns something true, and returns that."""
    deadline = time.monotonic() + timeout
    while True:
        found = check()
        if found:
            return found
        assert time.monotonic() < deadline, f"still not after {timeout} s: {check.__doc__ or check}"
        time.sleep(every)


class Ports:
    """Free ports that stay ours. A bound socket with SO_REUSEPORT that never listens gets no connection, but keeps
    the kernel from giving the port to anybody else who asks for a free one, while our daemon may still bind it."""

    def __init__(self):
        self.held = []

    def free(self):
        holder = socket.socket()
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind(("127.0.0.1", 0))
        self.held.append(holder)
        return holder.getsockname()[1]

    def close(self):
        for holder in self.held:
            holder.close()


class RedisServer:
    def __init__(self, folder, overrides=(), environment=None):
        self.folder, self.overrides, self.process = folder, list(overrides), None
        self.environment = {**os.environ, **(environment or {})}
        folder.mkdir(parents=True, exist_ok=True)
        self.path = str(folder / "redis.sock")
        self.start()

    def start(self):
        command = ["redis-server", str(ROOT / "config/redis.conf"), "--dir", str(self.folder)]
        command += ["--unixsocket", self.path, "--logfile", str(self.folder / "redis.log"), *self.overrides]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=self.environment)
        self.client = redis.Redis(unix_socket_path=self.path, decode_responses=True)

        def answers():
            with contextlib.suppress(redis.RedisError):
                return self.client.ping()
            assert self.process.poll() is None, "redis-server does not start"

        eventually(answers)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.process.terminate()
            self.process.wait(20)


class Daemon:
    def __init__(self, folder, name, settings):
        self.log_file, self.config = folder / f"{name}.log", folder / f"{name}.conf"
        self.port, self.internal_port = settings["listen_port"], settings["internal_port"]
        self.config.write_text("".join(f"{key} = {value}\n" for key, value in settings.items()))
        self.process = None
        self.may_die = False
        self.environment = {}

    def start(self, wait=True):
        # A sanitizer keeps freed memory for a while; little enough for the tests that watch the daemon's size.
        options = [os.environ.get("ASAN_OPTIONS", ""), self.environment.get("ASAN_OPTIONS", ""), "quarantine_size_mb=1"]
        environment = {**os.environ, **self.environment, "ASAN_OPTIONS": ":".join(filter(None, options))}
        with open(self.log_file, "ab") as log:
            command = [str(BUILD / "listingd"), "-c", str(self.config)]
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
        self.may_die = False
        if wait:
            eventually(self.is_ready, timeout=20)
        return self

    def log(self):
        return self.log_file.read_text(errors="replace")

    def internal(self, path):
        """(status, text) from the internal port; (None, "") when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.internal_port, timeout=5)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        except OSError:
            return None, ""
        finally:
            connection.close()

    def is_ready(self):
        """the daemon is ready"""
        assert self.process.poll() is None, f"listingd ended with {self.process.returncode}:\n{self.log()[-3000:]}"
        return self.internal("/readyz")[0] == 200

    def metric(self, name):
        for line in self.internal("/metrics")[1].splitlines():
            if line.split(" ")[0].split("{")[0].endswith(name):
                return float(line.split(" ")[1])
        raise KeyError(name)

    def memory_kb(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1])
        raise KeyError("VmRSS")

    def cpu_s(self):
        """User and system time that the daemon has spent."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self):
        self.may_die = True
        self.process.kill()
        self.process.wait()

    def stop(self):
        """A planned stop. It must end by itself, in order, with nothing left to say for a sanitizer."""
        if self.process is None or self.may_die:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
        status = self.process.wait(20)
        log = self.log()
        assert "Sanitizer" not in log and "runtime error" not in log, log[-6000:]
        assert status == 0, f"listingd ended with {status}:\n{log[-3000:]}"
