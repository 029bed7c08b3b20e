"""A rehearsal (公测) from the first invitation to the report: everything through the published interfaces, as on the day itself.

The office's clerk plans a session of the demo project and invites the buyers; a rehearsal of it begins on a shadow of the project;
each buyer signs in with telephone number and one-time code; load clients connect them, all press at the opening; one page in a
phone-sized Chromium chooses beside them. Then the session is closed and everything is judged: journals against the trail, the
trail and the notary's file by listingctl, the draw's commitment. At the end nothing of the shadow may be left."""

import concurrent.futures
import hashlib
import http.client
import itertools
import json
import subprocess
import sys
import time

from opening import Crowd, Walls, now_ms
from rig import ROOT, BenchError

sys.path.insert(0, str(ROOT / "tests/system"))
from wsclient import WebSocket  # noqa: E402

PROJECT = "demo"
RULES = "一、每人限购一套。二、选定后请在十分钟内完成认购申请。三、超时未提交的房源自动释放。"
FIRST_BUYER = 100_000  # the demo project's own buyers have lower numbers
PHONE = 19_910_000_000  # and so many telephone numbers from here on are nobody's
SEED, SPREAD_MS, LEAD_S, WALLS, SIGN_INS_AT_ONCE = 20260930, 300, 4, 5, 4
PAGE_FAVOURITES, PAGE_UNCERTAIN_US, PAGE_LASTS_MS = 3, 100_000, 150_000
ADDED = 3  # units that the office adds (加推) when the crowd has been served, for the page
REFUSED_MOST = 20  # with more who cannot sign in, there is nothing to rehearse


class Api:
    """The daemon by HTTP; one per thread, because a connection is kept."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def ask(self, method, path, body=None, token=None):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            headers["Authorization"] = "Bearer " + token
        try:
            self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = self.connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise

    def login(self, account):
        status, answer = self.ask("POST", "/api/v1/login", {"account": account, "password": f"demo-{account}"})
        if status != 200:
            raise BenchError(f"{account} cannot sign in: {answer}")
        return answer["token"]


class Office:
    """The clerk at the office page, without the page."""

    def __init__(self, port, project):
        self.project, self.ids = project, itertools.count(1)
        self.api = Api(port)
        self.token = self.api.login("clerk1")
        self.link = WebSocket(port, {"Authorization": "Bearer " + self.token})

    def send(self, command, **args):
        number = next(self.ids)
        message = {"id": number, "cmd": command, "key": f"rehearsal-{number}", "args": {"project": self.project, **args}}
        self.link.send_text(json.dumps(message))
        return number

    def answers(self, numbers):
        waiting, found = set(numbers), {}
        while waiting:
            message = json.loads(self.link.recv(30))
            if message.get("id") in waiting:
                waiting.discard(message["id"])
                found[message["id"]] = message
        return [found[number] for number in numbers]

    def do(self, command, **args):
        answer = self.answers([self.send(command, **args)])[0]
        if "error" in answer:
            raise BenchError(f"{command}: {answer['error']}")
        return answer["ok"]

    def get(self, path):
        status, answer = self.api.ask("GET", f"/api/v1/projects/{self.project}/{path}", token=self.token)
        if status != 200:
            raise BenchError(f"{path}: {answer}")
        return answer

    def plan(self, units):
        hour = now_ms() + 3_600_000
        terms = {"name": "公测", "opens_ms": hour, "closes_ms": hour + 3_600_000, "rules": RULES, "limit": 1}
        self.launch = self.do("launch.put", **terms)["launch"]
        for at in range(0, len(units), 100):
            self.do("launch.units", launch=self.launch, on=True, units=units[at : at + 100])
        return self.launch

    def invite(self, names):
        """The one-time code of each."""
        codes = {}
        for at in range(0, len(names), 200):
            some = names[at : at + 200]
            for name, answer in zip(some, self.answers([self.send("launch.admit", launch=self.launch, buyer=name) for name in some])):
                if "error" in answer:
                    raise BenchError(f"{name} cannot be invited: {answer['error']}")
                codes[name] = answer["ok"]["code"]
        return codes

    def record(self):
        return next(one for one in self.get("launches")["launches"] if one["id"] == self.launch)


class Page:
    """The real buyer's Chromium (picker.mjs)."""

    def __init__(self, rig, base, project, name, phone, code, favourites, folder):
        if not (ROOT / "tests/pages/node_modules").exists() or not (ROOT / "web/dist/pick.html").exists():
            raise BenchError("the page or its driver is not there: make web tests/pages/node_modules/.installed, or --no-page")
        self.rig, self.name = rig, name
        # The browser's profile goes away with the rig, however this ends.
        self.process = rig.start("env", f"TMPDIR={rig.dir}", "node", ROOT / "tests/bench/picker.mjs", talk=True)
        task = {"base": base, "project": project, "phone": phone, "code": code, "favourites": favourites, "shots": str(folder)}
        self.process.say(json.dumps({**task, "end_ms": now_ms() + PAGE_LASTS_MS}))
        told = json.loads(self.process.read_line(90))
        if not told.get("ready"):
            raise BenchError(f"the page: {told['problems']}")

    def finish(self):
        """What it did; its presses as the journals have them."""
        told = json.loads(self.process.read_line(PAGE_LASTS_MS / 1000 + 60))
        self.rig.stop(self.process)
        for press in told["presses"]:
            press.update(who=self.name, uncertain=PAGE_UNCERTAIN_US)
        return told


class Rehearsal:
    """On a rig with Redis running. folder: where pictures and files go. has_page: with the real page."""

    def __init__(self, rig, buyers, units, folder, say, has_page=True):
        self.rig, self.count, self.unit_count, self.folder, self.say, self.has_page = rig, buyers, units, folder, say, has_page
        self.findings, self.page, self.paged = [], None, {"presses": []}
        self.report = {"buyers": buyers, "begun_ms": now_ms(), "page": None}
        self.project = PROJECT

    def find(self, text):
        self.findings.append(text)

    def run(self):
        steps = (self.open_office, self.invite, self.begin, self.sign_in, self.connect, self.open, self.close, self.judge, self.notarise, self.end)
        for step in steps:
            began = time.monotonic()
            self.say(f"{step.__doc__} ...")
            step()
            self.report.setdefault("seconds", {})[step.__name__] = round(time.monotonic() - began, 1)
        self.report["findings"] = self.findings
        return self.report

    def ctl(self, *arguments):
        """(status, output) of listingctl, for verbs whose refusal is a finding."""
        command = [self.rig.build / "listingctl", *arguments, "--redis-socket", self.rig.socket]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        return done.returncode, (done.stdout + done.stderr)[-800:]

    def open_office(self):
        """The demo project, its daemon, and the buyers' list"""
        self.keys = self.rig.dir / "buyers.keys"
        self.rig.ctl("key", "new", "--file", self.keys)
        command = [ROOT / "scripts/demo-data", "--redis", self.rig.socket, "--keys", self.keys, "--build", self.rig.build]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise BenchError("the demo project cannot be created: " + done.stderr[-500:])
        people = [f"b{FIRST_BUYER + n},公测{n},{PHONE + n},A,consultant1" for n in range(self.count + 1)]
        people_file = self.rig.dir / "people.csv"
        people_file.write_text("\n".join(["id,name,phone,level,consultant", *people]) + "\n")
        self.rig.ctl("buyer", "import", "--project", self.project, "--buyer-key-file", self.keys, people_file)
        web = ROOT / "web/dist"
        settings = {"projects": "", "buyer_key_file": self.keys, "buyer_login_per_address": 0, "address_presses_per_s": 0}
        self.daemon = self.rig.daemon(self.project, web if web.exists() else None, **settings)
        self.office = Office(self.daemon.port, self.project)

    def invite(self):
        """The session, and a one-time code for everybody"""
        free = [unit["id"] for unit, letter in zip(self.office.get("catalog")["units"], self.office.get("board")["st"]) if letter == "a"]
        self.units, self.added = free[: self.unit_count], free[self.unit_count : self.unit_count + ADDED]
        self.office.plan(self.units)
        names = [f"b{FIRST_BUYER + n}" for n in range(self.count + 1)]  # the last one is the page's
        self.codes = self.office.invite(names)
        self.page_name = names[-1]
        self.seq_before = self.rig.seq(self.project)

    def begin(self):
        """The rehearsal begins: a shadow of the project"""
        begun = json.loads(
            self.rig.ctl("rehearsal", "begin", "--project", PROJECT, "--opens", "1h", "--closes", "1h", "--buyer-key-file", self.keys, "--json")
        )
        self.project = self.office.project = begun["project"]
        self.office.launch = begun["launch"]
        until = time.monotonic() + 20
        while self.office.api.ask("GET", f"/api/v1/projects/{self.project}/board", token=self.office.token)[0] != 200:
            if time.monotonic() > until:
                raise BenchError(f"the daemon does not serve {self.project}")
            time.sleep(0.1)
        self.rig.units_file(self.project).write_text(self.rig.redis("LRANGE", f"ld:{{{self.project}}}:index", "0", "-1") + "\n")
        self.offered = self.rig.dir / "offered"
        self.offered.write_text("\n".join(self.units) + "\n")
        self.crowd = Crowd(self.rig, self.project, self.count, FIRST_BUYER)
        self.crowd.id = begun["launch"]
        self.report.update(launch=begun["launch"], units=len(self.units), project=self.project)

    def sign_in(self):
        """Everybody signs in with telephone number and code"""
        took_ms = []

        def some(names):
            api, tokens = Api(self.daemon.port), {}
            for name in names:
                body = {"project": self.project, "phone": self.phone(name), "code": self.codes[name], "attempt": name}
                began = time.monotonic()
                try:
                    status, answer = api.ask("POST", "/api/v1/buyer-login", body)
                except (OSError, http.client.HTTPException):
                    status, answer = api.ask("POST", "/api/v1/buyer-login", body)
                took_ms.append(1000 * (time.monotonic() - began))
                tokens[name] = answer["token"] if status == 200 else None
            return tokens

        names, tokens = self.crowd.names, {}
        with concurrent.futures.ThreadPoolExecutor(SIGN_INS_AT_ONCE) as pool:
            for found in pool.map(some, [names[at::SIGN_INS_AT_ONCE] for at in range(SIGN_INS_AT_ONCE)]):
                tokens.update(found)
        refused = [name for name in names if not tokens[name]]
        self.report["sign_in"] = {"ok": len(names) - len(refused), "refused": refused, "slowest_ms": round(max(took_ms), 1)}
        if refused:
            self.find(f"{len(refused)} could not sign in, the first: {refused[0]}")
            if len(refused) > REFUSED_MOST:
                raise BenchError(self.findings[-1])
            self.crowd.leave_out(refused)
        self.crowd.tokens = [tokens[name] for name in self.crowd.names]

    @staticmethod
    def phone(name):
        return str(PHONE + int(name[1:]) - FIRST_BUYER)

    def connect(self):
        """Everybody connects, reads the rules and checks in"""
        self.walls = Walls(self.rig, self.daemon, self.project, WALLS, Api(self.daemon.port).login("manager1"))
        self.crowd.connect(self.daemon, processes=-(-self.count // 5000), offered=self.offered)
        self.crowd.enter(self.office.record()["rules_sha"])
        self.walls.record()

    def open(self):
        """The opening"""
        if self.has_page:
            base, name = f"http://127.0.0.1:{self.daemon.port}", self.page_name
            self.page = Page(self.rig, base, self.project, name, self.phone(name), self.codes[name], self.units[:PAGE_FAVOURITES], self.folder)
        opens = now_ms() + 1000 * LEAD_S
        self.office.do("launch.put", launch=self.crowd.id, opens_ms=opens, closes_ms=opens + 3_600_000)
        self.wave = self.crowd.rush(opens, SPREAD_MS, SEED)
        if self.page:
            self.office.do("launch.units", launch=self.crowd.id, on=True, units=self.added, reason="加推")
            self.paged = self.page.finish()
        # The daemon hands over its counts once a second, and Redis may have much to do.
        until = time.monotonic() + 10
        while True:
            self.control = self.office.get(f"launches/{self.crowd.id}/control")
            if int(self.control["tally"].get("presses", 0)) >= self.pressed() or time.monotonic() > until:
                break
            time.sleep(0.2)

    def pressed(self):
        return len(self.wave.presses) + len(self.paged["presses"])

    def close(self):
        """The session is closed, and the seed of the draw shown"""
        self.office.do("launch.close", launch=self.crowd.id, reason="公测结束")
        record = self.office.record()
        fits = hashlib.sha256(record.get("seed", "").encode()).hexdigest() == record["commit"]
        self.report["draw"] = {"commit": record["commit"], "seed": record.get("seed"), "fits": fits}
        if not fits:
            self.find("the seed of the draw does not fit its commitment")

    def judge(self):
        """Journals, trail and counters are held against each other"""
        wave = self.crowd.judge(self.wave, self.units + self.added, self.paged["presses"], [self.page_name])
        won = [lock["u"] for lock in wave.locks if lock["b"] == self.page_name]
        wave.locks = [lock for lock in wave.locks if lock["u"] in set(self.units)]
        for fault in wave.faults:
            self.find(str(fault))
        if wave.told["unfinished"] or wave.told["gave_up"]:
            self.find(f"{wave.told['unfinished']} buyers were not served to the end, {wave.told['gave_up']} gave up")
        if len(wave.locks) != len(self.units):
            self.find(f"{len(wave.locks)} of {len(self.units)} units were chosen")
        late_ms = self.walls.latest_ms(wave.locks)
        if late_ms > 1000:
            self.find(f"a wall was {late_ms:.0f} ms behind")
        counted = int(self.control["tally"].get("presses", 0))
        if self.pressed() != counted:
            self.find(f"the buyers pressed {self.pressed()} times, the control room counted {counted}")
        self.judge_page(won)
        status, said = self.ctl("verify", "--project", self.project)
        if status:
            self.find("listingctl verify: " + said)
        self.report.update(
            chosen=len(wave.locks), all_gone_ms=wave.all_gone_ms(), first_wave_ms=round(wave.first_wave_ms(), 1),
            answers_ms={f"p{p}": round(wave.answer_ms(p), 1) for p in (50, 90, 99)} | {"max": round(wave.answer_ms(100), 1)},
            answers=wave.count["answers"], presses=self.pressed(), counted=counted, tally=self.control["tally"], walls_behind_ms=late_ms,
            faults=len(wave.faults), events=wave.count["events"], verified=status == 0,
        )  # fmt: skip

    def judge_page(self, won):
        if not self.page:
            return
        for problem in self.paged["problems"]:
            self.find(f"the page: {problem}")
        if not self.paged["marked"]:
            self.find("the page does not say that it is a rehearsal")
        if won != [self.paged["chosen"]]:
            self.find(f"the page shows {self.paged['chosen'] or 'nothing'} as chosen, the trail has {won}")
        self.report["page"] = {name: self.paged[name] for name in ("chosen", "said", "waited", "presses")}

    def notarise(self):
        """The result for the notary, checked by nothing but itself"""
        key, out = self.rig.dir / "result.key", self.folder / "result.txt"
        self.rig.ctl("key", "new", "--signing", "--file", key)
        self.rig.ctl("launch", "result", "--project", self.project, "--launch", self.crowd.id, "--key", key, out)
        done = subprocess.run([self.rig.build / "listingctl", "verify", "--list", out], capture_output=True, text=True, timeout=120)
        (self.folder / "result-list.txt").write_text(done.stdout)
        self.report["result"] = {"file": out.name, "verified": done.returncode == 0}
        if done.returncode:
            self.find(f"listingctl verify {out.name}: " + (done.stdout + done.stderr)[-800:])

    def end(self):
        """The rehearsal ends, and leaves nothing behind"""
        self.crowd.leave()
        self.walls.leave()
        office_report = self.folder / "office.json"
        self.rig.ctl("rehearsal", "end", "--project", self.project, "--report", office_report)
        self.report["office"] = json.loads(office_report.read_text())
        if not self.report["office"]["ok"]:
            self.find("the office's own report of the rehearsal (office.json) finds something")
        left = self.rig.redis("KEYS", f"ld:{{{self.project}}}*").split()
        if left:
            self.find(f"{len(left)} keys of the rehearsal are left, the first: {left[0]}")
        if self.rig.seq(PROJECT) != self.seq_before:
            self.find(f"the rehearsal wrote into the trail of {PROJECT}")
        self.report["left_behind"] = len(left)


def lines_of(report):
    """Each line: its name in Chinese and English, and what it says in both."""
    refusals = sorted((item for item in report["answers"].items() if item[0] != "ok"), key=lambda item: -item[1])
    refused = ", ".join(f"{name} {count:,}" for name, count in refusals) or "0"
    times, draw, page = report["answers_ms"], report["draw"], report["page"]
    yield "登录", "signed in", f"{report['sign_in']['ok']:,} / {report['buyers']:,}"
    yield "选定房源", "units chosen", f"{report['chosen']} / {report['units']}"
    yield "最后一套选定于", "the last one", f"{report['all_gone_ms']:,} ms"
    yield "选房请求", "presses", f"{report['presses']:,}"
    yield "控制室计数", "as the control room counts", f"{report['counted']:,}"
    yield "答复用时 50 % / 99 % / 最长", "answered within, 50 % / 99 % / all", f"{times['p50']:,} / {times['p99']:,} / {times['max']:,} ms"
    yield "首波全部答复", "first wave answered", f"{report['first_wave_ms']:,} ms"
    yield "大屏最大滞后", "displays behind, at most", f"{report['walls_behind_ms']:,} ms"
    yield "拒绝原因", "refusals", refused
    yield "一房多卖、丢失、误拒", "doubled, lost, refused while free", f"{report['faults']}"
    yield "操作记录核对", "audit trail", "✓" if report["verified"] else "✗ listingctl verify"
    yield "公证结果文件", "result for the notary", f"{report['result']['file']} {'✓' if report['result']['verified'] else '✗ listingctl verify'}"
    yield "摇号种子与承诺", "seed and commitment", f"{draw['commit'][:16]}… {'✓' if draw['fits'] else '✗'}"
    yield "演练遗留数据", "keys left behind", f"{report['left_behind']}"
    if page:
        later = "(加推后 / after units were added)" if page["waited"] else ""
        yield "手机页面选定", "the page on a telephone chose", f"{page['chosen'] or '—'}, {len(page['presses'])} ×{later}"


def text_of(report):
    """What a sales director and a notary read."""
    found = report["findings"]
    return "\n".join([
        f"公测报告 Rehearsal of {report['project']}, {report['launch']}: {report['buyers']:,} 名购房者 buyers, {report['units']} 套房源 units",
        "",
        *(f"  {padded(zh, 28)}{en:<36}{said}" for zh, en, said in lines_of(report)),
        "",
        *(["发现问题 Found:", *(f"  {text}" for text in found[:50])] if found else ["未发现任何问题。 Nothing was found."]),
        "",
    ])


def padded(text, width):
    """Chinese characters are two columns wide."""
    return text + " " * (width - sum(2 if ord(letter) > 0x2E80 else 1 for letter in text))
