"""What listens on the other side of webhooks and robots: a real HTTP server in the test that keeps every POST.

    erp = Receiver()
    erp.answers = [500, Hang(), Close()]      the next answers; after them 200
    erp.answer = lambda post: 422 if … else 200
"""

import hashlib
import hmac
import http.server
import json
import os
import threading
import time

from listing import eventually

SECRET = "a secret of the erp"


class Hang:
    """Says nothing until the receiver is closed."""


class Close:
    """Closes the connection without an answer."""


class Post:
    def __init__(self, path, headers, body):
        self.path, self.headers, self.body, self.at = path, headers, body, time.time()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def events(self):
        return self.json["events"]

    @property
    def seqs(self):
        return [event["seq"] for event in self.events]

    @property
    def text(self):
        """What a robot was told."""
        markdown = self.json["markdown"]
        return markdown.get("content") or markdown["text"]

    def check_signature(self, secret=SECRET):
        stamp = self.headers["X-Listing-Timestamp"]
        expected = hmac.new(secret.encode(), stamp.encode() + b"." + self.body, hashlib.sha256).hexdigest()
        assert self.headers["X-Listing-Signature"] == "v1=" + expected
        assert abs(int(stamp) / 1000 - self.at) < 30


class Receiver:
    def __init__(self, context=None):
        self.posts, self.answers, self.answer, self.closing = [], [], None, threading.Event()
        self.lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                receiver.on_post(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def on_post(self, handler):
        post = Post(handler.path, dict(handler.headers), handler.rfile.read(int(handler.headers["Content-Length"])))
        with self.lock:
            self.posts.append(post)
            answer = self.answers.pop(0) if self.answers else self.answer(post) if self.answer else 200
        if isinstance(answer, Hang):
            self.closing.wait(30)
        if isinstance(answer, (Hang, Close)):
            handler.close_connection = True
            return
        status, body, headers = (answer, b"{}", {}) if isinstance(answer, int) else (*answer, {})[:3]
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def url(self, path="/hook?token=query-canary"):
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    # --- what was received

    def seqs(self):
        """Of all events, in the order of their arrival."""
        with self.lock:
            return [seq for post in self.posts for seq in post.seqs]

    def wait_for(self, count, timeout=20):
        """Until so many posts are there; returns them."""
        eventually(lambda: len(self.posts) >= count, timeout)
        return self.posts

    def wait_for_event(self, check, timeout=20):
        """Until an event is there for which check() is true; returns it."""
        return eventually(lambda: next((e for post in list(self.posts) for e in post.events if check(e)), None), timeout)


def write_targets(folder, *targets, mode=0o600):
    """The file of targets, for the setting outbound_file."""
    path = folder / "outbound.json"
    path.write_text(json.dumps({"targets": list(targets)}))
    os.chmod(path, mode)
    return str(path)
