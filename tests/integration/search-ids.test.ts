import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { closeDatabase } from '../../lib/db'
import { everyFinding } from '../../lib/domain/findings/filter'
import { listFindings } from '../../lib/queries/findings/list'
import { searchEverywhere } from '../../lib/queries/search'
import { jobAccess } from '../support/job'
import { asff, ingest, newAccount } from './support-ingest'

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

test.each(['パブリック読み取りアクセスをブロック', 'should block public READ access'])(
  'a finding is found by the title of its control, whatever its tool calls it: %s',
  async text => {
    await ingest([asff({ account: newAccount(), control: 'S3.2', title: 'Buckets are closed' })])
    const { rows } = await listFindings(jobAccess('test'), { ...everyFinding, text }, { cursor: null, limit: 10 })
    expect(rows[0]).toMatchObject({ control: 'S3.2', title: 'Buckets are closed', sourceTitle: 'Buckets are closed' })
    const { controls } = await searchEverywhere(jobAccess('test'), text)
    expect(controls).toMatchObject([{ id: 'S3.2' }])
  },
)
