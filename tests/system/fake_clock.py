"""A wall clock that the test moves, for every process started with `environment()` (see fake_clock.c)."""

import pathlib
import struct
import subprocess


class FakeClock:
    def __init__(self, folder):
        self.file, self.library, self.offset_s = folder / "clock", folder / "fake_clock.so", 0
        source = pathlib.Path(__file__).with_suffix(".c")
        subprocess.run(["gcc", "-O1", "-shared", "-fPIC", "-o", str(self.library), str(source)], check=True)
        self.file.write_bytes(struct.pack("<q", 0))

    def move(self, seconds):
        self.offset_s += seconds
        with open(self.file, "r+b") as file:
            file.write(struct.pack("<q", self.offset_s))

    def environment(self):
        # A sanitizer's runtime would like to be the first library; it need not be for the three functions of this one.
        return {"LD_PRELOAD": str(self.library), "FAKE_CLOCK": str(self.file), "ASAN_OPTIONS": "verify_asan_link_order=0"}
