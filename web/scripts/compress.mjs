// Puts a .gz beside every file that shrinks: the daemon serves it to those who accept it.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

function compress(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) {
      compress(path)
    } else if (/\.(html|js|css|svg|json)$/.test(name)) {
      const plain = readFileSync(path)
      const packed = gzipSync(plain, { level: 9 })
      if (packed.length < plain.length) writeFileSync(`${path}.gz`, packed)
    }
  }
}

compress(process.argv[2])
