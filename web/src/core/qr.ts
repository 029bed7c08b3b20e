// QR codes (ISO/IEC 18004) of short texts: bytes, error correction M, versions 1 to 10 (213 bytes). No library: the pages load
// nothing from elsewhere, and a slip needs no more than this.

const EC_PER_BLOCK = [0, 10, 16, 26, 18, 24, 16, 18, 22, 22, 26]
const BLOCKS = [0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5]
const VERSIONS = 10
/** How many codewords all modules of a version hold, error correction included. */
const CODEWORDS = [0, 26, 44, 70, 100, 134, 172, 196, 242, 292, 346]

const dataCodewords = (version: number) => CODEWORDS[version]! - EC_PER_BLOCK[version]! * BLOCKS[version]!

// --- Reed-Solomon over GF(256), x^8 + x^4 + x^3 + x^2 + 1

function multiply(a: number, b: number): number {
  let z = 0
  for (let i = 7; i >= 0; i--) {
    z = (z << 1) ^ ((z >>> 7) * 0x11d)
    z ^= ((b >>> i) & 1) * a
  }
  return z & 255
}

function generator(degree: number): number[] {
  const g: number[] = Array<number>(degree).fill(0)
  g[degree - 1] = 1
  let root = 1
  for (let i = 0; i < degree; i++) {
    for (let j = 0; j < degree; j++) g[j] = multiply(g[j]!, root) ^ (g[j + 1] ?? 0)
    root = multiply(root, 2)
  }
  return g
}

function remainder(data: number[], g: number[]): number[] {
  const rest: number[] = Array<number>(g.length).fill(0)
  for (const byte of data) {
    const factor = byte ^ rest.shift()!
    rest.push(0)
    g.forEach((c, i) => (rest[i] = rest[i]! ^ multiply(c, factor)))
  }
  return rest
}

// --- the codewords

function dataOf(bytes: Uint8Array, version: number): number[] {
  const bits: number[] = []
  const put = (value: number, count: number) => {
    for (let i = count - 1; i >= 0; i--) bits.push((value >>> i) & 1)
  }
  const room = dataCodewords(version) * 8
  put(4, 4) // bytes
  put(bytes.length, version < 10 ? 8 : 16)
  for (const b of bytes) put(b, 8)
  put(0, Math.min(4, room - bits.length))
  put(0, (8 - (bits.length % 8)) % 8)
  for (let pad = 0xec; bits.length < room; pad ^= 0xec ^ 0x11) put(pad, 8)
  const out: number[] = []
  for (let i = 0; i < bits.length; i += 8) out.push(bits.slice(i, i + 8).reduce((v, b) => (v << 1) | b, 0))
  return out
}

/** Data cut into blocks, each with its own correction, and woven: the first of every block, the second of every block … */
function codewords(bytes: Uint8Array, version: number): number[] {
  const data = dataOf(bytes, version)
  const blocks = BLOCKS[version]!
  const g = generator(EC_PER_BLOCK[version]!)
  const short = Math.floor(data.length / blocks)
  const longOnes = data.length % blocks // the last ones have one codeword more
  const cut: number[][] = []
  for (let b = 0, at = 0; b < blocks; b++) {
    const length = short + (b >= blocks - longOnes ? 1 : 0)
    cut.push(data.slice(at, (at += length)))
  }
  const corrections = cut.map((d) => remainder(d, g))
  const out: number[] = []
  for (let i = 0; i <= short; i++) for (const d of cut) if (i < d.length) out.push(d[i]!)
  for (let i = 0; i < g.length; i++) for (const c of corrections) out.push(c[i]!)
  return out
}

// --- the picture

type Matrix = boolean[][]

function alignmentPlaces(version: number): number[] {
  if (version === 1) return []
  const size = version * 4 + 17
  return version < 7 ? [6, size - 7] : [6, (size - 1) / 2, size - 7]
}

class Picture {
  readonly size: number
  readonly dark: Matrix
  /** What carries no data: finders, timing, format. */
  private readonly fixed: Matrix

  constructor(private readonly version: number) {
    this.size = version * 4 + 17
    const empty = (): Matrix => Array.from({ length: this.size }, () => Array<boolean>(this.size).fill(false))
    this.dark = empty()
    this.fixed = empty()
    this.drawPatterns()
  }

  private set(x: number, y: number, dark: boolean): void {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return
    this.dark[y]![x] = dark
    this.fixed[y]![x] = true
  }

  private square(cx: number, cy: number, radius: number, isDark: (distance: number) => boolean): void {
    for (let dy = -radius; dy <= radius; dy++)
      for (let dx = -radius; dx <= radius; dx++) this.set(cx + dx, cy + dy, isDark(Math.max(Math.abs(dx), Math.abs(dy))))
  }

  private drawPatterns(): void {
    for (let i = 0; i < this.size; i++) {
      this.set(6, i, i % 2 === 0)
      this.set(i, 6, i % 2 === 0)
    }
    const far = this.size - 4
    for (const [x, y] of [[3, 3], [far, 3], [3, far]] as const) this.square(x, y, 4, (d) => d !== 2 && d !== 4)
    const places = alignmentPlaces(this.version)
    const last = places.length - 1
    places.forEach((x, i) =>
      places.forEach((y, j) => {
        const isFinder = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0)
        if (!isFinder) this.square(x, y, 2, (d) => d !== 1)
      }),
    )
    this.drawFormat(0)
    this.drawVersion()
  }

  drawFormat(mask: number): void {
    let rest = mask // M is 0
    for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537)
    const bits = ((mask << 10) | rest) ^ 0x5412
    const bit = (i: number) => ((bits >>> i) & 1) !== 0
    for (let i = 0; i <= 5; i++) this.set(8, i, bit(i))
    this.set(8, 7, bit(6))
    this.set(8, 8, bit(7))
    this.set(7, 8, bit(8))
    for (let i = 9; i < 15; i++) this.set(14 - i, 8, bit(i))
    for (let i = 0; i < 8; i++) this.set(this.size - 1 - i, 8, bit(i))
    for (let i = 8; i < 15; i++) this.set(8, this.size - 15 + i, bit(i))
    this.set(8, this.size - 8, true)
  }

  private drawVersion(): void {
    if (this.version < 7) return
    let rest = this.version
    for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25)
    const bits = (this.version << 12) | rest
    for (let i = 0; i < 18; i++) {
      const a = this.size - 11 + (i % 3)
      const b = Math.floor(i / 3)
      this.set(a, b, ((bits >>> i) & 1) !== 0)
      this.set(b, a, ((bits >>> i) & 1) !== 0)
    }
  }

  /** Up and down in pairs of columns from the right, past the timing column. */
  drawData(words: number[]): void {
    let i = 0
    for (let right = this.size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5
      for (let v = 0; v < this.size; v++) {
        const isUp = ((right + 1) & 2) === 0
        const y = isUp ? this.size - 1 - v : v
        for (const x of [right, right - 1]) {
          if (this.fixed[y]![x] || i >= words.length * 8) continue
          this.dark[y]![x] = ((words[i >>> 3]! >>> (7 - (i & 7))) & 1) !== 0
          i++
        }
      }
    }
  }

  mask(number: number): void {
    for (let y = 0; y < this.size; y++)
      for (let x = 0; x < this.size; x++) if (!this.fixed[y]![x] && masks[number]!(x, y)) this.dark[y]![x] = !this.dark[y]![x]
  }
}

const masks: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
]

// --- which mask: the one that a camera confuses least with a finder, an edge or a plain field

function linePenalty(line: boolean[]): number {
  let sum = 0
  let run = 0
  line.forEach((dark, i) => {
    run = i > 0 && dark === line[i - 1] ? run + 1 : 1
    if (run === 5) sum += 3
    else if (run > 5) sum++
  })
  const text = line.map((d) => (d ? '1' : '0')).join('')
  for (const like of ['10111010000', '00001011101']) for (let at = text.indexOf(like); at >= 0; at = text.indexOf(like, at + 1)) sum += 40
  return sum
}

function penalty(m: Matrix): number {
  const columns = m.map((_, x) => m.map((row) => row[x]!))
  let sum = [...m, ...columns].reduce((all, line) => all + linePenalty(line), 0)
  let dark = 0
  m.forEach((row, y) =>
    row.forEach((d, x) => {
      if (d) dark++
      if (x > 0 && y > 0 && d === row[x - 1] && d === m[y - 1]![x] && d === m[y - 1]![x - 1]) sum += 3
    }),
  )
  const share = (dark * 20) / (m.length * m.length) // in twentieths; 10 is half
  sum += Math.floor(Math.abs(share - 10)) * 10
  return sum
}

/** The dark modules of the code, row by row; undefined when the text is too long for it. */
export function qrCode(text: string): boolean[][] | undefined {
  const bytes = new TextEncoder().encode(text)
  let version = 1
  while (version <= VERSIONS && dataCodewords(version) * 8 < 4 + (version < 10 ? 8 : 16) + bytes.length * 8) version++
  if (version > VERSIONS) return undefined
  const picture = new Picture(version)
  picture.drawData(codewords(bytes, version))
  let best = 0
  let least = Infinity
  for (let number = 0; number < masks.length; number++) {
    picture.mask(number)
    picture.drawFormat(number)
    const now = penalty(picture.dark)
    if (now < least) [best, least] = [number, now]
    picture.mask(number) // twice is not at all
  }
  picture.mask(best)
  picture.drawFormat(best)
  return picture.dark
}

/** The same as the path of an SVG whose view box is the code's size. */
export function qrPath(code: boolean[][]): string {
  return code.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
}
