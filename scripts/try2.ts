import { createWriteStream } from 'node:fs'
import { benchDocument } from '../tests/bench/generate'

for (const [n, acc, f, at] of [
  [10000, 50, '/tmp/b10k.json', '2026-11-20T00:00:00Z'],
  [200000, 200, '/tmp/b200k.json', '2026-11-20T00:00:00Z'],
  [200000, 200, '/tmp/b200k-2.json', '2026-11-21T00:00:00Z'],
] as const) {
  const w = createWriteStream(f)
  for await (const c of benchDocument(n, acc, { at: new Date(at) }))
    if (!w.write(c)) await new Promise(r => w.once('drain', r))
  w.end()
  await new Promise(r => w.once('finish', r))
}
