// As much of PDF as is needed to read what Chromium prints: how many pages of which size, and their text.
import { inflateSync } from 'node:zlib'

function objects(file) {
  const text = file.toString('latin1')
  const found = new Map()
  for (const m of text.matchAll(/(?:^|\n)(\d+) 0 obj\s([\s\S]*?)\nendobj/g)) found.set(Number(m[1]), m[2])
  return found
}

function streamOf(body) {
  const at = /stream\r?\n/.exec(body)
  if (!at) return ''
  const bytes = Buffer.from(body.slice(at.index + at[0].length, body.lastIndexOf('endstream')), 'latin1')
  if (!body.slice(0, at.index).includes('FlateDecode')) return bytes.toString('latin1')
  try {
    return inflateSync(bytes).toString('latin1')
  } catch {
    return '' // an image, say
  }
}

const unicode = (hex) => Buffer.from(hex, 'hex').swap16().toString('utf16le')

/** Code → text, and how many hexadecimal digits a code has. */
function fontMap(cmap) {
  const digits = /begincodespacerange\s*<([0-9a-f]+)>/i.exec(cmap)?.[1].length ?? 4
  const map = new Map()
  for (const block of cmap.matchAll(/beginbfchar([\s\S]*?)endbfchar/g))
    for (const m of block[1].matchAll(/<([0-9a-f]+)>\s*<([0-9a-f]+)>/gi)) map.set(parseInt(m[1], 16), unicode(m[2]))
  for (const block of cmap.matchAll(/beginbfrange([\s\S]*?)endbfrange/g))
    for (const m of block[1].matchAll(/<([0-9a-f]+)>\s*<([0-9a-f]+)>\s*<([0-9a-f]+)>/gi)) {
      const first = parseInt(m[1], 16)
      for (let code = first; code <= parseInt(m[2], 16); code++)
        map.set(code, String.fromCodePoint(unicode(m[3]).codePointAt(0) + code - first))
    }
  return { digits, map }
}

export function readPdf(file) {
  const all = objects(file)
  const fonts = new Map()
  for (const body of all.values())
    for (const m of body.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const cmap = /\/ToUnicode (\d+) 0 R/.exec(all.get(Number(m[2])) ?? '')
      if (cmap) fonts.set(m[1], fontMap(streamOf(all.get(Number(cmap[1])) ?? '')))
    }
  const pages = [...all.values()].filter((b) => /\/Type \/Page\b(?!s)/.test(b))
  let text = ''
  for (const body of all.values()) {
    const content = streamOf(body)
    if (!/\bTf\b/.test(content)) continue
    let font
    for (const m of content.matchAll(/\/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>/g)) {
      if (m[1]) font = fonts.get(m[1])
      else if (font) for (let i = 0; i < m[2].length; i += font.digits) text += font.map.get(parseInt(m[2].slice(i, i + font.digits), 16)) ?? ''
    }
  }
  const sizes = pages.map((p) => (/\/MediaBox \[([^\]]+)\]/.exec(p)?.[1] ?? '').trim().split(/\s+/).map(Number).slice(2).map(Math.round))
  return { pages: pages.length, sizes, text: text.replace(/\s+/g, '').normalize('NFKC') }
}
