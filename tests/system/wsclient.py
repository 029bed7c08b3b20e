"""A WebSocket client of a hundred lines over a plain socket.

Its own, and not a library, because the tests need what a library prevents: frames without a mask, broken UTF-8, half
a message, a client that does not read, five hundred sockets driven from one thread. `test_upgrade.py` checks with an
ordinary library that the daemon speaks the real protocol."""

import base64
import os
import select
import socket
import struct
import time

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Refused(Exception):
    """The upgrade was answered with something else than 101."""

    def __init__(self, status, headers, body):
        super().__init__(f"upgrade refused with {status}: {body[:200]!r}")
        self.status, self.headers, self.body = status, headers, body


class Closed(Exception):
    """The connection is closed; `code` is None when no close frame came."""

    def __init__(self, code=None, reason=""):
        super().__init__(f"closed with {code} {reason}")
        self.code, self.reason = code, reason


class Silence(Exception):
    """Nothing came in time."""


class WebSocket:
    def __init__(self, port, headers, path="/ws", protocol="listing.v1.json", timeout=20, receive_buffer=None):
        self.sock = socket.socket()
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(timeout)
        self.sock.connect(("127.0.0.1", port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.parts = b""
        self.answer_pings = True
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: Upgrade", "Upgrade: websocket"]
        lines += ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode()]
        if protocol is not None:
            lines.append("Sec-WebSocket-Protocol: " + protocol)
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self._finish_upgrade()

    def _finish_upgrade(self):
        while b"\r\n\r\n" not in self.received:
            if not self._more(time.monotonic() + 20):
                raise Refused(0, {}, self.received)
        head, self.received = self.received.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        self.headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
        status = int(lines[0].split()[1])
        if status != 101:
            length = int(self.headers.get("content-length", 0))
            while len(self.received) < length and self._more(time.monotonic() + 5):
                pass
            self.sock.close()
            raise Refused(status, self.headers, self.received)

    def _more(self, deadline):
        """Reads what there is; False at the end of the connection."""
        left = max(0, deadline - time.monotonic())
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        if not poll.poll(left * 1000):
            raise Silence()
        try:
            piece = self.sock.recv(1 << 18)
        except ConnectionError:
            piece = b""
        self.received += piece
        return bool(piece)

    def send_frame(self, opcode, payload, fin=True, masked=True):
        length = len(payload)
        head = bytes([(0x80 if fin else 0) | opcode])
        bit = 0x80 if masked else 0
        if length < 126:
            head += bytes([bit | length])
        elif length < 65536:
            head += bytes([bit | 126]) + struct.pack(">H", length)
        else:
            head += bytes([bit | 127]) + struct.pack(">Q", length)
        if masked:
            mask = os.urandom(4)
            key = (mask * (length // 4 + 1))[:length]
            payload = (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(length, "big")
            head += mask
        self.sock.sendall(head + payload)

    def send_text(self, text):
        self.send_frame(TEXT, text.encode() if isinstance(text, str) else text)

    def _frame(self):
        """One whole frame out of the buffer, or None."""
        data = self.received
        if len(data) < 2:
            return None
        length, at = data[1] & 127, 2
        if length == 126:
            if len(data) < 4:
                return None
            length, at = struct.unpack(">H", data[2:4])[0], 4
        elif length == 127:
            if len(data) < 10:
                return None
            length, at = struct.unpack(">Q", data[2:10])[0], 10
        if len(data) < at + length:
            return None
        self.received = data[at + length :]
        return data[0] & 0x80, data[0] & 0x0F, data[at : at + length]

    def recv(self, timeout=10):
        """The next text message. Answers pings; raises Silence or Closed."""
        deadline = time.monotonic() + timeout
        while True:
            frame = self._frame()
            if frame is None:
                if not self._more(deadline):
                    raise Closed()
                continue
            fin, opcode, payload = frame
            if opcode == PING and self.answer_pings:
                self.send_frame(PONG, payload)
            elif opcode == CLOSE:
                code = struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else None
                self.sock.close()
                raise Closed(code, payload[2:].decode())
            elif opcode in (0, TEXT):
                self.parts += payload
                if fin:
                    text, self.parts = self.parts, b""
                    return text.decode()

    def close_code(self, timeout=10):
        """Reads until the end; the code of the close frame, None without one."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                self.recv(max(0, deadline - time.monotonic()))
            except Closed as closed:
                return closed.code

    def close(self):
        try:
            self.send_frame(CLOSE, struct.pack(">H", 1000))
        except OSError:
            pass
        self.sock.close()
