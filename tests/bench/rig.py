"""The machinery of the bench: a private Redis, the daemon, the bare servers and load clients, started and ended here.

Everything listens on 127.0.0.1 or a Unix socket, lives in one temporary folder, is bound to this process' life by
the kernel (setpriv --pdeathsig) and is ended by its own process id. Every wait has an end.
"""

import contextlib
import ctypes
import http.client
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PASSWORD = "bench-only"
SCREEN = "screen"
# The server under test has a core of its own; everything that loads it shares the other.
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = {CORES[0]}, {CORES[-1]}


class BenchError(Exception):
    """Something did not work; a figure without it would mean nothing."""


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def private_bytes(pid):
    """Memory that is this process' alone."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return 1024 * sum(int(line.split()[1]) for line in text.splitlines() if line.startswith(("Private_Clean", "Private_Dirty")))


def cheap_hash(password):
    """yescrypt at its lowest cost, which any check of it then has, too."""
    crypt = ctypes.CDLL("libcrypt.so.1")
    crypt.crypt.restype = crypt.crypt_gensalt.restype = ctypes.c_char_p
    result = crypt.crypt(password.encode(), crypt.crypt_gensalt(b"$y$", ctypes.c_ulong(1), None, 0))
    if not result or result.startswith(b"*"):
        raise BenchError("this machine's libcrypt has no yescrypt")
    return result.decode()


class Process:
    """A child: bound to our life, on given cores, answering line by line when it has a standard input."""

    def __init__(self, arguments, cores=None, talk=False, log=None):
        self.name = pathlib.Path(arguments[0]).name
        self.buffer = b""
        self.child = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *map(str, arguments)],
            stdin=subprocess.PIPE if talk else subprocess.DEVNULL,
            stdout=log or subprocess.PIPE,
            stderr=log,
            preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None,
        )
        self.pid = self.child.pid

    def read_line(self, timeout_s):
        until, pipe = time.monotonic() + timeout_s, self.child.stdout
        while b"\n" not in self.buffer:
            ready, _, _ = select.select([pipe], [], [], max(0, until - time.monotonic()))
            piece = os.read(pipe.fileno(), 65536) if ready else b""
            if not piece:
                raise BenchError(f"{self.name}: " + ("no answer in time" if not ready else "ended unexpectedly"))
            self.buffer += piece
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.decode()

    def say(self, line):
        try:
            self.child.stdin.write(line.encode() + b"\n")
            self.child.stdin.flush()
        except BrokenPipeError:
            raise BenchError(f"{self.name}: ended unexpectedly") from None

    def ask(self, line, timeout_s=60):
        self.say(line)
        return json.loads(self.read_line(timeout_s))

    def alive(self):
        return self.child.poll() is None

    def kill(self, how=signal.SIGKILL):
        if self.alive():
            self.child.send_signal(how)
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait(10)
        for pipe in (self.child.stdin, self.child.stdout):
            if pipe:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


class Rig:
    """Use as a context: at its end everything started through it is gone."""

    def __init__(self, build, keep):
        self.build, self.keep = pathlib.Path(build).resolve(), keep
        self.processes = []

    def __enter__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="listingd-bench-"))
        self.socket = self.dir / "redis.sock"
        self.web_root = self.dir / "web"
        self.web_root.mkdir()
        (self.web_root / "index.html").write_text("<!doctype html>")  # the pages are not measured
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.kill()
        if self.keep:
            print(f"kept: {self.dir}")
        else:
            # What a killed browser's children still write is gone in a moment.
            for _ in range(50):
                shutil.rmtree(self.dir, ignore_errors=True)
                if not self.dir.exists():
                    break
                time.sleep(0.1)

    def start(self, *arguments, **how):
        process = Process(arguments, **how)
        self.processes.append(process)
        return process

    def stop(self, *processes):
        for process in processes:
            process.kill()
            self.processes.remove(process)

    # --- Redis and what is in it

    def redis(self, *arguments, text=None):
        done = subprocess.run(["redis-cli", "-s", self.socket, "-e", *arguments], input=text, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise BenchError(f"redis-cli {' '.join(arguments[:2])}: {done.stderr or done.stdout}")
        return done.stdout.rstrip("\n")

    def start_redis(self):
        self.start_redis_again()
        self.redis("-x", "FUNCTION", "LOAD", text=(self.build / "listing.lua").read_text())

    def start_redis_again(self):
        """With what its folder holds."""
        settings = ["--dir", self.dir, "--unixsocket", self.socket, "--port", "0", "--appendonly", "yes", "--appendfsync", "always"]
        settings += ["--no-appendfsync-on-rewrite", "no", "--save", "", "--maxmemory-policy", "noeviction"]
        with open(self.dir / "redis.log", "a") as log:
            # A rewrite of the file in the middle of a figure would be noise, so there is none.
            self.redis_server = self.start("redis-server", *settings, "--auto-aof-rewrite-percentage", "0", log=log)
        for _ in range(200):
            with contextlib.suppress(BenchError):
                if self.redis("PING") == "PONG":
                    return
            time.sleep(0.05)
        raise BenchError("Redis does not start: " + (self.dir / "redis.log").read_text()[-500:])

    def await_seq(self, project, seq, timeout_s=10):
        """Returns as soon as the project's trail has come so far; asks quicker than redis-cli can be started."""
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(self.socket))
            until = time.monotonic() + timeout_s
            while time.monotonic() < until:
                link.sendall(f"HGET ld:{{{project}}}:meta seq\r\n".encode())
                if int(link.recv(64).split(b"\r\n")[1]) >= seq:
                    return
        raise BenchError(f"{project} did not come to seq {seq}")

    def compact_redis(self, timeout_s=60):
        """Rewrites the append-only file, as Redis does by itself in the field: a restart reads data, not the history of the bench."""
        self.redis("BGREWRITEAOF")
        until = time.monotonic() + timeout_s
        while "aof_rewrite_in_progress:1" in (info := self.redis("INFO", "persistence")) or "aof_rewrite_scheduled:1" in info:
            if time.monotonic() > until:
                raise BenchError("the append-only file is not rewritten in time")
            time.sleep(0.1)

    def kill_redis(self):
        self.stop(self.redis_server)

    def ctl(self, *arguments, text=None):
        command = [self.build / "listingctl", *arguments, "--redis-socket", self.socket]
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise BenchError(f"listingctl {' '.join(map(str, arguments))}: {done.stderr or done.stdout}")
        return done.stdout

    def writer(self, project, *arguments, cores=None):
        """Starts the writer; `finish` waits for it."""
        return self.start(self.build / "bench/writer", self.socket, project, self.units_file(project), *arguments, cores=cores)

    def finish(self, writer, timeout_s=120):
        result = json.loads(writer.read_line(timeout_s))
        self.stop(writer)
        if result["refused"]:
            raise BenchError(f"the writer was refused {result['refused']} times")
        return result

    def seq(self, project):
        return int(self.redis("HGET", f"ld:{{{project}}}:meta", "seq"))

    def units_file(self, project):
        return self.dir / f"{project}.units"

    def make_project(self, project, units, **settings):
        """A made-up project through listingctl, as an operator would; 20 rooms a floor, 50 floors a building."""
        lines = ["楼栋,单元,楼层,房号,户型,建筑面积,套内面积,备案总价"]
        for n in range(units):
            building, floor, room = n // 1000 + 1, n % 1000 // 20 + 1, n % 20 + 1
            lines.append(f"{building}栋,,{floor},{room:02d},三房两厅,{98 + room}.5{room % 10},80.12,{3000000 + n * 17}.00")
        listing = self.dir / f"{project}.csv"
        listing.write_text("\n".join(lines) + "\n")
        self.ctl("project", "create", "--project", project, "--name", project, *(f"{k}={v}" for k, v in settings.items()))
        self.ctl("import", "--project", project, listing)
        self.units_file(project).write_text(self.redis("LRANGE", f"ld:{{{project}}}:index", "0", "-1") + "\n")

    def make_buyers(self, project, count):
        people = self.dir / "buyers.csv"
        rows = "".join(f"b{n},测试{n},1990000{n:04d},A,bench\n" for n in range(count))
        people.write_text("id,name,phone,level,consultant\n" + rows)
        keys = self.dir / "buyers.keys"
        if not keys.exists():
            self.ctl("key", "new", "--file", keys)
        self.ctl("buyer", "import", "--project", project, "--buyer-key-file", keys, people)

    def make_accounts(self, projects, count=0):
        """`bench` by listingctl, then copies of it with a password hash that costs 1 ms, not 55: press0 and so on, and `screen`,
        whom ten thousand displays are."""
        if self.redis("HEXISTS", "ld:accounts", "bench") == "0":
            self.ctl("account", "add", "--project", projects[0], "--role", "manager", "bench", text=PASSWORD + "\n")
        record = json.loads(self.redis("HGET", "ld:accounts", "bench"))
        record.update(hash=cheap_hash(PASSWORD), projects=sorted({*record["projects"], *projects}))
        commands = []
        managers = {"bench", *(f"press{n}" for n in range(count))}
        for account in [*managers, SCREEN]:
            copy = json.dumps({**record, "account": account, "role": "manager" if account in managers else "display"}, separators=(",", ":"))
            commands.append(f"HSET ld:accounts {account} '{copy}'\n")
        self.redis(text="".join(commands))

    # --- the daemon and what it is compared with

    def daemon(self, project, web_root=None, **settings):
        return Daemon(self, project, web_root or self.web_root, settings)

    def page(self, daemon, path, token):
        """A page in headless Chromium (browser.mjs), with its board."""
        pages = ROOT / "tests/pages"
        if not (pages / "node_modules").exists() or not (ROOT / "web/dist/wall.html").exists():
            raise BenchError("the pages are not built, or their tests' packages not installed: make web check-pages")
        process = self.start("node", ROOT / "tests/bench/browser.mjs", f"http://127.0.0.1:{daemon.port}", token, path, talk=True)
        process.cells = json.loads(process.read_line(60))["cells"]
        return process

    def bare(self, program="bare", *arguments):
        process = self.start(self.build / "bench" / program, *arguments, cores=SERVER_CORE)
        word, port = process.read_line(10).split()
        if word != "port":
            raise BenchError(f"{program} did not say its port")
        process.port = int(port)
        return process

    def load(self, server, project, tokens=(), buyers=1):
        """A load client for a server, which has .port and .pid."""
        process = self.start(self.build / "bench/load", server.port, project, self.units_file(project), cores=LOAD_CORE, talk=True)
        for token in tokens:
            process.say(f"token {token}")
        process.say(f"buyers {buyers}")
        return process


class Daemon:
    """The product, with one project and no rate limits: the bench is one account on one address."""

    def __init__(self, rig, project, web_root, more):
        self.rig = rig
        self.port, self.internal_port = free_ports(2)
        self.port = more.get("listen_port", self.port)
        self.conf = rig.dir / f"listingd-{self.internal_port}.conf"
        settings = {
            "bind": "127.0.0.1", "listen_port": self.port, "internal_port": self.internal_port,
            "redis_socket": rig.socket, "projects": project, "web_root": web_root, "log_level": "warn",
            "login_per_account": 0, "login_per_address": 0, "rate_commands_per_s": 0, "max_connections_per_address": 0,
            **more,
        }  # fmt: skip
        self.conf.write_text("".join(f"{k} = {v}\n" for k, v in settings.items()))
        self.start()

    def start(self):
        """Returns the milliseconds from the start of the process until /readyz says 200."""
        began = time.monotonic()
        with open(self.rig.dir / "listingd.log", "a") as log:
            self.process = self.rig.start(self.rig.build / "listingd", "-c", self.conf, cores=SERVER_CORE, log=log)
        self.pid = self.process.pid
        while time.monotonic() < began + 20:
            if self.is_ready():
                self.start_ms = (time.monotonic() - began) * 1000
                return self.start_ms
            if not self.process.alive():
                break
            time.sleep(0.002)
        raise BenchError("listingd does not get ready: " + (self.rig.dir / "listingd.log").read_text()[-800:])

    def is_ready(self):
        try:
            return self.get(self.internal_port, "GET", "/readyz")[0] == 200
        except OSError:
            return False

    @staticmethod
    def get(port, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def token(self, account="bench"):
        body = json.dumps({"account": account, "password": PASSWORD})
        status, answer = self.get(self.port, "POST", "/api/v1/login", body)
        if status != 200:
            raise BenchError(f"sign-in of {account} is answered {status}: {answer[:200]!r}")
        return json.loads(answer)["token"]

    def stop(self):
        self.rig.stop(self.process)
