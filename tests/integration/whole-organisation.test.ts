import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool } from '../../lib/db'
import { CsvMapping } from '../../lib/domain/imports/csv-mapping'
import { defaultDuePolicy } from '../../lib/domain/policies/due-policy'
import { RoutingRule } from '../../lib/domain/policies/routing'
import { previewCsv } from '../../lib/ingest/read/preview-csv'
import { previewDuePolicy } from '../../lib/queries/policies/due-policy'
import { previewRouting } from '../../lib/queries/policies/routing'
import { decideException, endException } from '../../lib/store/exceptions/decide'
import { requestRule } from '../../lib/store/exceptions/request'
import { dropCsvMapping, saveCsvMapping } from '../../lib/store/imports/csv-mappings'
import { saveDuePolicy } from '../../lib/store/policies/due-policy'
import { saveRouting } from '../../lib/store/policies/routing'
import { firstExceptions } from '../support/exceptions'
import { accessOf, addMember } from '../support/people'
import type { Who } from './support-exceptions'
import { at, newAccount } from './support-ingest'

const own = newAccount()
const other = newAccount()
const mapping = CsvMapping.parse({
  product: 'House Scanner',
  class: 'posture',
  columns: { account: 'Acct', resource: 'Target', control: 'Rule', severity: 'Sev', status: 'State' },
  severities: { P1: 'critical' },
  statuses: { NG: 'failed' },
})
const rules = [RoutingRule.parse({ name: 'x', team: 'csirt' })]

beforeEach(async () => {
  await pool().query('TRUNCATE setting, csv_mapping, exception')
  setClock(() => at(10))
})
afterAll(closeDatabase)

const lead = async (limits = {}) => accessOf(await addMember('lead', { teams: ['csirt'], ...limits }), 'lead')
const limitedLead = () => lead({ limited: true, accounts: [own] })

const wholly: [string, (access: Who) => Promise<unknown>][] = [
  ['saves the due-date policy', access => saveDuePolicy(access, { policy: defaultDuePolicy, seen: null })],
  ['previews a due-date policy', access => previewDuePolicy(access, defaultDuePolicy)],
  ['saves routing rules', access => saveRouting(access, { rules, seen: null })],
  ['previews routing rules', access => previewRouting(access, rules)],
  ['saves a CSV mapping', access => saveCsvMapping(access, { name: 'new', mapping, seen: null })],
  ['drops a CSV mapping', access => dropCsvMapping(access, { name: 'house' })],
  ['previews a CSV mapping', access => previewCsv(access, { mapping: null, head: 'a,b\n' })],
]
test.each(wholly)('a limited member never %s', async (_name, act) => {
  await saveCsvMapping(await lead(), { name: 'house', mapping, seen: null })
  await expect(act(await limitedLead())).rejects.toMatchObject({ code: 'forbidden', reason: 'allAccounts' })
  await expect(act(await lead())).resolves.not.toThrow()
})

describe('an exception by rule', () => {
  const asked = (accounts: string[]) => ({
    kind: 'accepted' as const,
    reason: 'why',
    until: '2026-06-20',
    match: { accounts, control: 'S3.2' },
  })
  const reach = { code: 'forbidden', reason: 'exceptionReach' }

  test.each([
    ['every account', []],
    ['an account that they may not see', [own, other]],
  ])('for %s is not for a limited lead to decide or end', async (_name, accounts) => {
    const { id } = await requestRule(await lead(), asked(accounts))
    const limited = await limitedLead()
    expect(await firstExceptions(limited, 'waiting')).toEqual([])
    await expect(decideException(limited, { id, approve: true, note: 'Seen' })).rejects.toMatchObject(reach)
    await expect(decideException(limited, { id, approve: false, note: 'Seen' })).rejects.toMatchObject(reach)
    await expect(endException(limited, { id, note: '' })).rejects.toMatchObject(reach)
    await decideException(await lead(), { id, approve: true, note: 'Seen' })
    expect(await firstExceptions(limited, 'active')).toEqual([])
    await expect(endException(limited, { id, note: '' })).rejects.toMatchObject(reach)
  })

  test('with only their accounts is shown to limited leads, who can decide it', async () => {
    const { id } = await requestRule(await lead(), asked([own]))
    const limited = await limitedLead()
    expect(await firstExceptions(limited, 'waiting')).toMatchObject([{ id, may: { decide: true, end: true } }])
    await decideException(limited, { id, approve: true, note: 'Seen' })
    await endException(limited, { id, note: '' })
  })

  test('is withdrawn by its limited requester; an approved one is not', async () => {
    const asker = await lead()
    const [first, second] = [await requestRule(asker, asked([])), await requestRule(asker, asked([]))]
    await decideException(await lead(), { id: second.id, approve: true, note: 'Seen' })
    const limited = { ...asker, accounts: [own] }
    await endException(limited, { id: first.id, note: '' })
    await expect(endException(limited, { id: second.id, note: '' })).rejects.toMatchObject(reach)
  })
})
