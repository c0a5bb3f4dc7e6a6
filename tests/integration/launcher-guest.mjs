// A launcher reduced to its database: joins it, prints its address, and leaves when its input ends.
import { joinDatabase } from '../../scripts/launch/database.mjs'

const database = await joinDatabase(process.argv[2] ?? '')
process.stdout.write(`${database.url}\n`)
process.stdin.resume().once('end', async () => {
  await database.leave()
  process.exit(0)
})
