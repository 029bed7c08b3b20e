"""The figures of launch day: thousands press at the opening, alone and while a daemon or Redis dies."""

import contextlib
import signal
import time

from opening import Opening, Walls, now_ms
from rig import BenchError, free_ports, private_bytes
from row import Row

LEAD_S = 3
SEED = 20260930
# A person needs that long to find the button once it lights up; what is "at once" for the office.
NATURAL_MS = 300
WALLS = 20


def prepare_pair(rig, size):
    """The product's session, everybody connected, and the bare server's, over the same number of units and buyers."""
    day = Opening(rig, "launch", size.launch_buyers, size.launch_units)
    bare = Opening(rig, "launch-bare", size.launch_buyers, size.launch_units)
    rig.make_accounts(["launch", "launch-bare"])
    return day, bare


def bare_wave(bare, spread_ms):
    bare.plan()
    bare.enter_all()
    wave = bare.judge(bare.rush(bare.open_in(LEAD_S), spread_ms, SEED, bare=True), bare.units)
    bare.clear()
    return wave


def product_wave(day, spread_ms):
    day.enter()
    wave = day.judge(day.rush(day.open_in(LEAD_S), spread_ms, SEED), day.units)
    if wave.told["unfinished"] or wave.told["gave_up"]:
        raise BenchError(f"not everybody was served: {wave.told}, {wave.count['answers']}")
    return wave


def say_faults(wave):
    for fault in wave.faults[:20]:
        print(f"    {fault}")


def launch(rig, size):
    day, bare = prepare_pair(rig, size)
    daemon = rig.daemon("launch", buyer_login_per_address=0, address_presses_per_s=0)
    limit = rig.bare("bare_lock", rig.socket, "launch-bare", "buyers")
    day.plan()
    day.sign_in()
    day.connect(daemon, size.launch_processes)
    walls = Walls(rig, daemon, "launch", WALLS)
    bare.connect(limit, size.launch_processes, watch=False)
    crowd = f"{size.launch_buyers:,} buyers, {size.launch_units} units"
    for first, name, spread_ms in ((True, "all at once", 0), (False, f"within {NATURAL_MS} ms", NATURAL_MS)):
        least = bare_wave(bare, spread_ms)
        walls.record()
        memory = private_bytes(daemon.pid)
        wave = product_wave(day, spread_ms)
        time.sleep(2)
        grown_kb = (private_bytes(daemon.pid) - memory) / 1024
        late_ms = walls.latest_ms(wave.locks)
        day.clear()
        day.plan()
        say_faults(wave)
        gone, gone_bare = wave.all_gone_ms(), least.all_gone_ms()
        last, last_bare = wave.first_wave_ms(), least.first_wave_ms()
        whole = len(wave.locks) == size.launch_units
        yield Row(f"launch, {crowd}, {name}: all units gone", "ms", gone, gone_bare, "≤ 2 × bare", whole and gone <= 2 * gone_bare)
        yield Row("launch: last answer of the first wave", "ms", last, last_bare, "≤ 2 × bare", last <= 2 * last_bare)
        yield Row(f"launch: answers p50, of {len(wave.presses):,}", "ms", wave.answer_ms(50), least.answer_ms(50), "", None)
        yield Row("launch: answers p99", "ms", wave.answer_ms(99), least.answer_ms(99), "", None)
        yield Row(f"launch: {WALLS} walls behind, latest of all changes", "ms", late_ms, None, "≤ 1,000 ms", late_ms <= 1000)
        # The first wave fills a bucket for each buyer and buffers that stay; from then on nothing may be added.
        bar, reached = ("", None) if first else ("flat (≤ 0.2)", grown_kb <= 0.2 * size.launch_buyers)
        yield Row("launch: memory of the daemon grown, per buyer", "KB", grown_kb / size.launch_buyers, None, bar, reached)
        yield Row("launch: faults in the history", "", len(wave.faults), None, "0", not wave.faults)
    day.leave()
    bare.leave()
    walls.leave()
    rig.stop(limit)
    daemon.stop()


# --- faults


def disturbed(rig, size, daemons, disturb, name):
    """Everybody presses at once; when a quarter of the units are gone, disturb(daemons) kills something."""
    project = f"launch-{name}"
    day = Opening(rig, project, size.launch_buyers, size.launch_units)
    rig.make_accounts([project])
    port = free_ports(1)[0]
    running = [rig.daemon(project, listen_port=port, address_presses_per_s=0) for _ in range(daemons)]
    day.plan()
    day.sign_in()
    day.connect(running[0], size.launch_processes)
    day.enter()

    def in_the_wave(opens_ms):
        first = rig.seq(project)
        time.sleep(max(0, opens_ms - now_ms() - 50) / 1000)
        rig.await_seq(project, first + max(1, size.launch_units // 4))
        disturb(running)

    wave = day.judge(day.rush(day.open_in(LEAD_S), 0, SEED, timeout_ms=60_000, meanwhile=in_the_wave), day.units)
    say_faults(wave)
    lost = sum(press["answer"] == "lost" for press in wave.presses)
    open_answers = sum(wave.count["answers"].get(code, 0) for code in ("unknown", "unavailable"))
    day.leave()
    for daemon in running:
        with contextlib.suppress(ValueError):
            daemon.stop()
    crowd = f"{size.launch_buyers:,} buyers, {size.launch_units} units"
    everybody = not wave.told["unfinished"] and not wave.told["gave_up"] and len(wave.locks) == size.launch_units
    yield Row(f"launch, {crowd}, {name}: everybody served after", "ms", max(p["got"] for p in wave.presses) / 1000 - wave.opens_ms, None, "all units gone", everybody)
    yield Row(f"launch, {name}: presses without an answer, repeated", "", lost + open_answers, None, "> 0, or it hit nobody", lost + open_answers > 0)
    yield Row(f"launch, {name}: doubled, lost or wrongly refused", "", len(wave.faults), None, "0", not wave.faults)


def kill_daemon(rig, size):
    def kill(daemons):
        daemons[0].process.kill(signal.SIGKILL)
        rig.processes.remove(daemons[0].process)

    yield from disturbed(rig, size, 2, kill, "kill-daemon")


def kill_redis(rig, size):
    rig.compact_redis()

    def restart(_):
        rig.kill_redis()
        rig.start_redis_again()

    yield from disturbed(rig, size, 1, restart, "kill-redis")


FIGURES = {"launch": launch, "launch-kill-daemon": kill_daemon, "launch-kill-redis": kill_redis}
