"""The figures. Each function measures the product and, where there is one, the limit in the same run, and returns rows."""

import dataclasses
import json
import signal
import statistics
import time

import launch_figures
from rig import LOAD_CORE, ROOT, SCREEN, BenchError, private_bytes
from row import Row


@dataclasses.dataclass
class Size:
    """How much of everything; --quick takes the small ones."""

    rounds: int = 3
    screens: int = 10000
    crowd: int = 18000
    few: int = 1000
    units: int = 5000
    lock_units: int = 19000
    due_units: int = 10000
    due_hold_s: int = 12
    pressers: int = 2000
    accounts: int = 500
    refusals: int = 40000
    seconds: int = 30
    fan_out_ms: int = 4000
    paced: int = 500
    launch_buyers: int = 10000
    launch_units: int = 400
    launch_processes: int = 2


FULL = Size()
QUICK = Size(
    rounds=1, screens=2000, crowd=4000, few=500, units=1000, lock_units=4000, due_units=2000, due_hold_s=4, pressers=500,
    accounts=50, refusals=8000, seconds=5, fan_out_ms=1500, paced=150, launch_buyers=1000, launch_units=100,
)  # fmt: skip

# Changes per second that keep the publisher's rounds going, whatever their length.
FAN_OUT_RATE = 20
WINDOW = 256
# The last units of "locks" are the burst's, so that the figures do not depend on each other.
BURST_UNITS = 100


def median(values):
    return statistics.median(values)


def crowd_of(load, count, watch=True):
    """Opens `count` connections, and lets them watch; returns what the opening measured."""
    opened = load.ask(f"open {count} {WINDOW} 60000", 70)
    if opened["opened"] != count:
        raise BenchError(f"only {opened['opened']} of {count} connections were opened")
    if watch and load.ask("watch 30000", 40)["watching"] != count:
        raise BenchError("not every connection was given a board")
    return opened


def checked(result):
    if result.get("gaps") or result.get("lost"):
        raise BenchError(f"screens lost their place: {result}")
    return result


# --- fan-out


def fan_out_product(rig, size, daemon, load):
    changes = FAN_OUT_RATE * (size.fan_out_ms + 1500) // 1000
    writer = rig.writer("bench", "toggle", 0, 400, FAN_OUT_RATE, changes, cores=LOAD_CORE)
    time.sleep(0.3)
    result = checked(load.ask(f"measure {size.fan_out_ms} {daemon.pid}"))
    rig.finish(writer)
    return result


def fan_out_bare(size, bare, load, frame_bytes, rounds_per_s):
    every_ms = max(1, round(1000 / rounds_per_s))
    message = f'{{"cmd":"broadcast","rounds":{(size.fan_out_ms + 1000) // every_ms},"every_ms":{every_ms},"bytes":{frame_bytes}}}'
    load.ask(f"send 0 {message}")
    time.sleep(0.3)
    result = load.ask(f"measure {size.fan_out_ms} {bare.pid}")
    time.sleep(1)
    return result


def per_core_second(result):
    return result["frames"] / result["server_cpu_s"]


def fan_out_pair(rig, size, count):
    """Medians of deliveries per core-second with `count` screens: product and limit, interleaved, same frames."""
    daemon, bare = rig.daemon("bench"), rig.bare()
    ours, limit = rig.load(daemon, "bench", [daemon.token(SCREEN)]), rig.load(bare, "bench")
    crowd_of(ours, count)
    crowd_of(limit, count)
    product, least = [], []
    for _ in range(size.rounds):
        result = fan_out_product(rig, size, daemon, ours)
        if result["frames"] < count:
            raise BenchError(f"hardly anything arrived: {result}")
        product.append(per_core_second(result))
        frame_bytes = min(4096, max(170, result["bytes"] // result["frames"]))
        least.append(per_core_second(fan_out_bare(size, bare, limit, frame_bytes, result["frames"] / count / result["seconds"])))
    rig.stop(ours, limit, bare)
    daemon.stop()
    return median(product), median(least)


def fan_out(rig, size):
    product, least = fan_out_pair(rig, size, size.screens)
    yield Row(f"fan-out, {size.screens:,} screens", "deliveries/core-s", product, least, "≥ 0.85 of bare", product >= 0.85 * least)


def scale(rig, size):
    few, few_bare = fan_out_pair(rig, size, size.few)
    many, many_bare = fan_out_pair(rig, size, size.crowd)
    yield Row(f"fan-out, {size.few:,} screens", "deliveries/core-s", few, few_bare, "", None)
    # The limit loses with the crowd, too (caches): "no slower" is asked of what the product adds to it.
    reached = many / many_bare >= 0.95 * few / few_bare
    yield Row(f"fan-out, {size.crowd:,} screens", "deliveries/core-s", many, many_bare, f"ratio as with {size.few:,}", reached)


# --- connections


def connect(rig, size):
    daemon, bare = rig.daemon("bench"), rig.bare()
    ours, limit = rig.load(daemon, "bench", [daemon.token(SCREEN)]), rig.load(bare, "bench")
    crowd_of(ours, 1)
    ours.ask("close")
    before, bare_before = private_bytes(daemon.pid), private_bytes(bare.pid)
    product, least, memory = [], [], None
    for turn in range(size.rounds):
        product.append(crowd_of(ours, size.screens, watch=turn == 0)["per_s"])
        least.append(crowd_of(limit, size.screens, watch=turn == 0)["per_s"])
        if turn == 0:
            time.sleep(1)
            memory = [(private_bytes(s.pid) - b) / size.screens / 1024 for s, b in ((daemon, before), (bare, bare_before))]
        ours.ask("close")
        limit.ask("close")
        time.sleep(0.5)
    rig.stop(ours, limit, bare)
    daemon.stop()
    rate = median(product)
    yield Row(f"connections, {size.screens:,} at once", "new/s", rate, median(least), "≥ 10,000/s", rate >= 10000)
    yield Row("user memory per idle connection", "KB", memory[0], memory[1], "≤ 3 KB", memory[0] <= 3)


# --- convergence


def converge(rig, size):
    daemon = rig.daemon("bench")
    load = rig.load(daemon, "bench", [daemon.token(SCREEN)])
    crowd_of(load, size.screens)
    times, total = rig.dir / "changes", 1000 * size.seconds
    load.ask("record")
    writer = rig.writer("bench", "toggle", 0, size.units, 1000, total, times, cores=LOAD_CORE)
    half = load.ask(f"measure {500 * size.seconds} {daemon.pid}", size.seconds + 60)
    memory = private_bytes(daemon.pid)
    rest = load.ask(f"measure {500 * size.seconds} {daemon.pid}", size.seconds + 60)
    grown_mb = (private_bytes(daemon.pid) - memory) / 2**20
    written = rig.finish(writer)
    load.ask(f"await {written['last_seq']} 10000", 20)
    result = checked(load.ask(f"converge {times}", 120))
    rig.stop(load)
    daemon.stop()
    if written["seconds"] > 1.1 * size.seconds:
        raise BenchError(f"the writer could not keep 1,000 changes/s: {written['seconds']:.1f} s for {size.seconds}")
    name = f"{size.screens:,} screens, 1,000 changes/s, {size.seconds} s"
    everywhere = result["not_converged"] == 0 and result["screens"] == size.screens
    yield Row(f"convergence p50, {name}", "ms", result["p50_ms"], None, "", None)
    yield Row("convergence p99", "ms", result["p99_ms"], None, "≤ 300 ms", everywhere and result["p99_ms"] <= 300)
    yield Row("convergence, latest of all", "ms", result["max_ms"], None, "", None)
    cpu = (half["server_cpu_s"] + rest["server_cpu_s"]) / (half["seconds"] + rest["seconds"])
    yield Row("convergence, CPU of the daemon", "cores", cpu, None, "≤ 1", cpu <= 1)
    yield Row("convergence, memory grown in the second half", "MB", grown_mb, None, "flat (≤ 2 MB)", grown_mb <= 2)


# --- locks


def lock_rig(rig, size):
    """The product and the bare server, each with its pressers; one account may have a few of them."""
    daemon, bare = rig.daemon("locks"), rig.bare("bare_lock", rig.socket, "locks")
    tokens = [daemon.token(f"press{n}") for n in range(size.accounts)]
    ours = rig.load(daemon, "locks", tokens, size.pressers)
    limit = rig.load(bare, "locks", (), size.pressers)
    crowd_of(ours, size.pressers, watch=False)
    crowd_of(limit, size.pressers, watch=False)
    return daemon, bare, ours, limit


def all_answered(result, granted=None):
    if result["answered"] != result["sent"] or result["other"] or granted not in (None, result["granted"]):
        raise BenchError(f"wrong answers to locks: {result}")
    return result


def locks(rig, size):
    daemon, bare, ours, limit = lock_rig(rig, size)
    rig.finish(rig.writer("locks", "lock", 0, 1))
    granted, refused = {ours: [], limit: []}, {ours: [], limit: []}
    wins = size.lock_units - 1 - BURST_UNITS
    for _ in range(size.rounds):
        for load in (ours, limit):
            refused[load].append(all_answered(load.ask(f"locks 0 {size.refusals} same 30000"), 0)["per_s"])
        for load in (ours, limit):
            granted[load].append(all_answered(load.ask(f"locks 1 {wins} next 30000"), wins)["per_s"])
            rig.finish(rig.writer("locks", "release", 1, wins))
    rig.finish(rig.writer("locks", "release", 0, 1))
    rig.stop(ours, limit, bare)
    daemon.stop()
    for name, values in (("granted", granted), ("refused", refused)):
        product, least = median(values[ours]), median(values[limit])
        yield Row(f"locks {name}, {size.pressers:,} connections", "1/s", product, least, "≥ 0.8 of bare", product >= 0.8 * least)


def burst(rig, size):
    daemon, bare, ours, limit = lock_rig(rig, size)
    last, repeat, first = {ours: [], limit: []}, 2 * size.rounds + 1, size.lock_units - BURST_UNITS
    for n in range(repeat):
        for offset, load in ((0, ours), (repeat, limit)):
            last[load].append(all_answered(load.ask(f"burst {first + n + offset} 10000"), 1)["last_ms"])
            time.sleep(0.2)
    rig.finish(rig.writer("locks", "release", first, 2 * repeat))
    rig.stop(ours, limit, bare)
    daemon.stop()
    product, least = median(last[ours]), median(last[limit])
    yield Row(f"{size.pressers:,} press at once: last answer", "ms", product, least, "≤ 2 × bare", product <= 2 * least)


def lock_wait(rig, size):
    """p99 of a lock's answer, alone and while 10,000 screens are being served without a pause."""
    daemon = rig.daemon("bench")
    press = rig.load(daemon, "bench", [daemon.token("press0")], 1)
    crowd_of(press, 20, watch=False)
    first = size.units - 2 * size.paced
    idle = all_answered(press.ask(f"paced 100 {size.paced} {first} 60000", 70), size.paced)
    screens = rig.load(daemon, "bench", [daemon.token(SCREEN)])
    crowd_of(screens, size.screens)
    changes = 1000 * (size.paced // 100 + 3)
    writer = rig.writer("bench", "toggle", 0, first, 1000, changes, cores=LOAD_CORE)
    time.sleep(1)
    busy = all_answered(press.ask(f"paced 100 {size.paced} {first + size.paced} 60000", 70), size.paced)
    rig.finish(writer)
    rig.finish(rig.writer("bench", "release", first, 2 * size.paced))
    rig.stop(press, screens)
    daemon.stop()
    yield Row("lock p99, nothing else going on", "ms", idle["p99_ms"], None, "", None)
    reached = busy["p99_ms"] <= idle["p99_ms"] + 20
    yield Row(f"lock p99 during rounds of {size.screens:,} screens", "ms", busy["p99_ms"], None, "≤ idle + 20 ms", reached)


# --- start, return, expiry


def start(rig, size):
    times = []
    for _ in range(2 * size.rounds + 1):
        daemon = rig.daemon("bench")
        times.append(daemon.start_ms)
        daemon.stop()
    yield Row(f"start with {size.units:,} units until ready", "ms", median(times), None, "≤ 300 ms", median(times) <= 300)


def reconnect(rig, size):
    daemon = rig.daemon("bench")
    load = rig.load(daemon, "bench", [daemon.token(SCREEN)])
    crowd_of(load, size.screens)
    load.say(f"revive {WINDOW} 30000")
    time.sleep(0.2)
    daemon.process.kill(signal.SIGKILL)
    rig.processes.remove(daemon.process)
    daemon.start()
    result = json.loads(load.read_line(40))
    current = result["back"] == size.screens and result["seq"] == rig.seq("bench")
    rig.stop(load)
    daemon.stop()
    seconds = result["ms"] / 1000
    yield Row(f"{size.screens:,} screens back after kill -9", "s", seconds, None, "≤ 5 s", current and seconds <= 5)


def expiry(rig, size):
    daemon = rig.daemon("due")
    load = rig.load(daemon, "due", [daemon.token(SCREEN)])
    locked = rig.finish(rig.writer("due", "lock", 0, size.due_units))
    if locked["seconds"] > size.due_hold_s - 2:
        raise BenchError("locking took so long that the first are due already")
    crowd_of(load, 100)
    result = load.ask(f"await {locked['last_seq'] + size.due_units} {(size.due_hold_s + 20) * 1000}", size.due_hold_s + 40)
    if not result["done"]:
        raise BenchError(f"not every lock was released: {result}")
    rig.stop(load)
    daemon.stop()
    late_s = (result["wall_ms"] - locked["last_deadline"]) / 1000
    name = f"{size.due_units:,} locks due within {locked['seconds']:.1f} s: shown after the last"
    yield Row(name, "s", late_s, None, "≤ 1 s", late_s <= 1)


# --- the browser

BROWSER_RATE = 500


def browser(rig, size):
    """How busy the wall's main thread is while units change, as the daemon conflates them; the browser may use every core."""
    daemon = rig.daemon("bench", ROOT / "web/dist")
    page = rig.page(daemon, "/wall/bench", daemon.token(SCREEN))
    seconds = min(20, size.seconds)
    writer = rig.writer("bench", "toggle", 0, size.units // 2, BROWSER_RATE, BROWSER_RATE * (seconds + 4))
    time.sleep(2)
    result = page.ask(f"measure {1000 * seconds}", seconds + 30)
    rig.finish(writer)
    rig.stop(page)
    daemon.stop()
    if result["changes_per_s"] == 0:
        raise BenchError(f"the page shows nothing: {result}")
    name = f"wall of {size.units:,} units, {page.cells:,} on stage, {BROWSER_RATE} changes/s:"
    yield Row(f"{name} main thread busy", "%", 100 * result["busy"], None, "≤ 50 %", result["busy"] <= 0.5)
    yield Row(f"{name} in JavaScript", "%", 100 * result["script"], None, "", None)


FIGURES = {
    "fan-out": fan_out, "scale": scale, "connect": connect, "converge": converge, "locks": locks, "burst": burst,
    "lock-wait": lock_wait, "start": start, "reconnect": reconnect, "expiry": expiry,
    "browser": browser, **launch_figures.FIGURES,
}  # fmt: skip
