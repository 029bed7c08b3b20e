// A wall clock that the test moves: preloaded into what scripts/run starts (tests/system/fake_clock.c says how).
import { execFileSync } from 'node:child_process'
import { openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export class Clock {
  constructor(folder, root) {
    this.file = join(folder, 'clock')
    this.library = join(folder, 'fake_clock.so')
    this.offset = 0
    execFileSync('gcc', ['-O1', '-shared', '-fPIC', '-o', this.library, join(root, 'tests/system/fake_clock.c')])
    writeFileSync(this.file, Buffer.alloc(8))
    this.open = openSync(this.file, 'r+')
  }

  /** For the environment of the processes that are to live by it. A sanitizer's runtime need not be the first library. */
  get environment() {
    return { LD_PRELOAD: this.library, FAKE_CLOCK: this.file, ASAN_OPTIONS: 'verify_asan_link_order=0' }
  }

  move(seconds) {
    this.offset += seconds
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(BigInt(this.offset))
    // In place: the processes have the file mapped.
    writeSync(this.open, bytes, 0, 8, 0)
  }

  get now() {
    return Date.now() + this.offset * 1000
  }
}
