import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase } from '../../lib/db'
import { everyFinding } from '../../lib/domain/findings/filter'
import { ForbiddenError } from '../../lib/errors'
import { previewFindings, setStatus, setTeam } from '../../lib/store/findings/triage'
import { accessFor, clear, ours } from '../support/organisation'
import { accessOf, addMember } from '../support/people'
import { someFindings } from './support-changes'

beforeEach(clear)
afterAll(closeDatabase)

const lead = accessFor('lead')

describe('more than 25 findings', () => {
  test('are changed only if their number was confirmed', async () => {
    const selection = { ids: await someFindings(26) }
    const unconfirmed = { code: 'conflict', reason: 'unconfirmed', field: 'confirmed', params: { count: 26 } }
    await expect(setStatus(lead, { selection, status: 'new' })).rejects.toMatchObject(unconfirmed)
    await expect(setTeam(lead, { selection, team: 'cit', confirmed: 25 })).rejects.toMatchObject(unconfirmed)
    await expect(
      setStatus(lead, { selection: { ids: selection.ids.slice(1) }, status: 'resolved', reason: 'Fixed' }),
    ).resolves.toMatchObject({ changed: 25 })
    expect(await previewFindings(lead, { selection, status: 'resolved' })).toEqual({ count: 26, changes: 1 })
    expect(
      await setStatus(lead, { selection, status: 'resolved', reason: 'Fixed in the console', confirmed: 26 }),
    ).toMatchObject({
      changed: 1,
      unchanged: 25,
    })
  })

  test('that a filter matches only later are not changed after an earlier confirmation', async () => {
    await someFindings(27)
    const selection = { filter: { ...everyFinding, account: [ours] }, except: [] }
    const { count } = await previewFindings(lead, { selection, team: 'cit' })
    await someFindings(1)
    await expect(setTeam(lead, { selection, team: 'cit', confirmed: count })).rejects.toMatchObject({
      reason: 'unconfirmed',
      params: { count: 28 },
    })
    expect(await setTeam(lead, { selection, team: 'cit', confirmed: 28 })).toMatchObject({ changed: 28 })
  })

  test('a preview refuses the same changes as the change itself', async () => {
    const ids = await someFindings(1, { status: 'accepted' })
    await expect(previewFindings(lead, { selection: { ids }, status: 'new' })).rejects.toMatchObject({
      reason: 'isException',
    })
    const member = accessOf(await addMember('member', { teams: ['cit'] }), 'member')
    await expect(previewFindings(member, { selection: { ids }, team: 'cit' })).rejects.toThrow(ForbiddenError)
  })
})
