import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { closeDatabase } from '../../lib/db'
import { everyFinding } from '../../lib/domain/findings/filter'
import { listFindings } from '../../lib/queries/findings/list'
import { jobAccess } from '../support/job'
import { ingest } from './support-ingest'

afterAll(closeDatabase)

test.each(['not-a-key', 'not-a-principal', 'shop/web-1'])(
  'a finding of GuardDuty is found by an id of what is affected: %s',
  async text => {
    const [finding] = JSON.parse(readFileSync(join(__dirname, '../fixtures/native.json'), 'utf8'))
    await ingest([finding])
    const page = { cursor: null, limit: 10 }
    const { rows } = await listFindings(jobAccess('test'), { ...everyFinding, text }, page)
    expect(rows).toMatchObject([{ control: 'Recon:IAMUser/UserPermissions', resourceId: 'hanako' }])
  },
)
