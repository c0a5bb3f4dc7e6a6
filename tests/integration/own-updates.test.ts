import { afterAll, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { setStatus } from '../../lib/store/findings/triage'
import { accessFor } from '../support/organisation'
import { asff, at, complete, findingOf, newAccount, partial, type RecordParts } from './support-ingest'

afterAll(closeDatabase)

const lead = accessFor('lead')

/** The record as Security Hub returns it after Hinomi wrote RESOLVED on the fifth. */
function writtenBack(parts: RecordParts) {
  const Note = { Text: 'Resolved [Hinomi RESOLVED]', UpdatedBy: 'Hinomi', UpdatedAt: at(5).toISOString() }
  return { ...asff(parts), Workflow: { Status: 'RESOLVED' }, Note }
}

/** A finding that a person resolved on the fourth. */
async function resolvedByHand() {
  const account = newAccount()
  await complete([asff({ account })], at(1))
  const finding = await findingOf(asff({ account }))
  setClock(() => at(4))
  const ids = [toFindingId(account, finding?.id ?? '')]
  await setStatus(lead, { selection: { ids }, status: 'resolved', reason: 'Fixed' })
  return account
}

const statusOf = async (account: string) => (await findingOf(asff({ account })))?.status

describe.each([
  ['a complete report', complete],
  ['a partial report', partial],
])('%s', (_name, send) => {
  test('with an update of Hinomi reopens nothing, also where it says something else', async () => {
    const account = await resolvedByHand()
    await send([writtenBack({ account })], at(6))
    expect(await statusOf(account)).toBe('resolved')
    await send([writtenBack({ account, severity: 'LOW' })], at(7))
    expect(await statusOf(account)).toBe('resolved')
    await send([writtenBack({ account, severity: 'LOW', updatedAt: at(5) })], at(8))
    expect(await statusOf(account)).toBe('resolved')
  })

  test('in which the source reports it again reopens it', async () => {
    const account = await resolvedByHand()
    await send([writtenBack({ account })], at(6))
    await send([writtenBack({ account, updatedAt: at(7) })], at(8))
    expect(await statusOf(account)).toBe('new')
  })
})
