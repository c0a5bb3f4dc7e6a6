// A launcher reduced to its database: keeps it, prints its address and each new one, and leaves when its input ends.
import { keepDatabase } from '../../scripts/launch/keep-database.mjs'

const database = await keepDatabase(process.argv[2] ?? '', {
  stop: new AbortController().signal,
  ...(process.argv[3] ? { hangsAfterMs: Number(process.argv[3]) } : {}),
})
process.stdout.write(`${database.url()}\n`)
database.onMove(() => process.stdout.write(`${database.url()}\n`))
process.stdin.resume().once('end', async () => {
  await database.leave()
  process.exit(0)
})
