import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { jobAccess } from '../../lib/access/job'
import { closeDatabase } from '../../lib/db'
import { writeBackup } from '../../lib/store/backup/write-backup'
import { sealNext } from '../../lib/store/chain/chain'
import packageJson from '../../package.json'
import { fillDemo } from './fill'

const DAYS = 3

/** Fills an empty database with three days of the sample organization, and writes a backup of it. */
const [path = ''] = process.argv.slice(2)
await fillDemo({ days: DAYS, end: new Date() })
while (await sealNext(jobAccess('seal-history')));
const file = createWriteStream(path)
await writeBackup(
  jobAccess('command'),
  async bytes => {
    if (!file.write(bytes)) await once(file, 'drain')
  },
  { version: packageJson.version },
)
file.end()
await once(file, 'finish')
await closeDatabase()
