import { describe, expect, test } from 'vitest'
import { type NoteWords, toWrite, type WrittenFinding } from '../../../../lib/domain/collection/write-back/decision'
import { markedNote, ownUpdateOf, workflowOfNote } from '../../../../lib/domain/collection/write-back/own-update'
import { isTransient, unprocessedCodes } from '../../../../lib/domain/collection/write-back/unprocessed'

const words: NoteWords = {
  status: status => status,
  owner: name => `owner ${name}`,
  until: (date, exception) => `until ${date.toISOString().slice(0, 10)} (${exception})`,
}
const finding: WrittenFinding = {
  id: '1',
  status: 'new',
  resolvedReason: null,
  owner: null,
  exception: null,
  why: null,
  result: 'failed',
}
const exception = { id: 7, reason: 'Legacy system', expiresAt: new Date('2027-01-31T00:00:00Z') }
const NOTIFIED = { workflow: 'NOTIFIED', note: 'in_progress [Hinomi NOTIFIED]' } as const

describe('what is written', () => {
  test.each([
    ['acknowledged', {}, 'NOTIFIED', 'acknowledged [Hinomi NOTIFIED]'],
    ['in_progress', { owner: 'Sato' }, 'NOTIFIED', 'in_progress · owner Sato [Hinomi NOTIFIED]'],
    ['accepted', { exception }, 'SUPPRESSED', 'accepted · until 2027-01-31 (7) · Legacy system [Hinomi SUPPRESSED]'],
    ['false_positive', {}, 'SUPPRESSED', 'false_positive [Hinomi SUPPRESSED]'],
    ['resolved', { resolvedReason: 'hand' }, 'RESOLVED', 'resolved [Hinomi RESOLVED]'],
    ['resolved', { resolvedReason: 'verdict', why: 'A\ntest' }, 'RESOLVED', 'resolved · A test [Hinomi RESOLVED]'],
    ['new', { owner: 'Sato' }, 'NEW', 'new · owner Sato [Hinomi NEW]'],
  ] as const)('of %s %o is %s', (status, more, workflow, note) => {
    expect(toWrite([{ ...finding, status, ...more }], null, words)).toEqual({ workflow, note, finding: '1' })
  })

  test('the end of an exception and a reopened finding are NEW where something was written before', () => {
    expect(toWrite([finding], { workflow: 'SUPPRESSED', note: '' }, words)?.workflow).toBe('NEW')
    expect(toWrite([finding], { workflow: 'RESOLVED', note: '' }, words)?.workflow).toBe('NEW')
    expect(toWrite([finding], null, words)).toBeNull()
  })

  test('a check that passes is resolved by AWS, unless Hinomi wrote something else', () => {
    const passed = { ...finding, status: 'resolved', resolvedReason: 'passed', result: 'passed' } as const
    expect(toWrite([passed], null, words)).toBeNull()
    expect(toWrite([passed], NOTIFIED, words)?.workflow).toBe('RESOLVED')
  })

  test('is nothing twice, and again after another owner or status', () => {
    const own = { ...finding, status: 'in_progress' } as const
    expect(toWrite([own], NOTIFIED, words)).toBeNull()
    expect(toWrite([{ ...own, owner: 'Sato' }], NOTIFIED, words)?.workflow).toBe('NOTIFIED')
    expect(toWrite([{ ...own, status: 'resolved', resolvedReason: 'hand' }], NOTIFIED, words)?.workflow).toBe(
      'RESOLVED',
    )
  })

  test('is nothing over what AWS itself suppressed or ended', () => {
    for (const result of ['suppressed', 'archived'] as const)
      expect(toWrite([{ ...finding, status: 'accepted', exception, result }], NOTIFIED, words)).toBeNull()
    expect(toWrite([{ ...finding, status: 'suppressed' }], NOTIFIED, words)).toBeNull()
    expect(toWrite([], null, words)).toBeNull()
  })

  test('a record of several findings is as far as the least finished of them', () => {
    const resolved = { ...finding, id: '2', status: 'resolved', resolvedReason: 'hand' } as const
    const accepted = { ...finding, id: '3', status: 'accepted', exception } as const
    const working = { ...finding, id: '4', status: 'in_progress' } as const
    const workflowOf = (...findings: WrittenFinding[]) => toWrite(findings, null, words)?.workflow ?? null
    expect(workflowOf(resolved, accepted)).toBe('SUPPRESSED')
    expect(workflowOf(accepted, working, resolved)).toBe('NOTIFIED')
    // One of them is untouched: the record stays as it is.
    expect(workflowOf(finding, working)).toBeNull()
    expect(toWrite([finding, working], NOTIFIED, words)?.workflow).toBe('NEW')
  })
})

describe('a note', () => {
  test('has at most 512 characters and keeps its mark', () => {
    const note = markedNote('🔥'.repeat(600), 'SUPPRESSED')
    expect(note.length).toBeLessThanOrEqual(512)
    expect(note).toMatch(/🔥… \[Hinomi SUPPRESSED\]$/)
    expect(workflowOfNote(note)).toBe('SUPPRESSED')
    expect(markedNote('', 'NEW')).toBe('[Hinomi NEW]')
  })

  test('of somebody else has none', () => {
    for (const text of [null, '', 'Done', '[Hinomi NEW] is what it says', '[Hinomi DONE]'])
      expect(workflowOfNote(text)).toBeNull()
  })
})

describe('an update of Hinomi that comes back', () => {
  const notedAt = new Date('2026-11-20T10:00:00Z')
  const seen = (updatedAt: string, workflow = 'NOTIFIED') =>
    ownUpdateOf({ workflow, note: 'x [Hinomi NOTIFIED]', notedAt, updatedAt: new Date(updatedAt) })

  test('is recognized, also where it moved the time of the record', () => {
    expect(seen('2026-11-19T00:00:00Z')).toEqual({ isEcho: true, hasOwnTime: false })
    expect(seen('2026-11-20T10:00:00Z')).toEqual({ isEcho: true, hasOwnTime: true })
  })

  test('is no echo once the source updated the record, and not Hinomi’s once somebody changed the status', () => {
    expect(seen('2026-11-20T10:05:00Z')).toEqual({ isEcho: false, hasOwnTime: false })
    expect(seen('2026-11-20T10:00:00Z', 'SUPPRESSED')).toBeNull()
    expect(ownUpdateOf({ workflow: 'NEW', note: 'Done', notedAt, updatedAt: notedAt })).toBeNull()
  })
})

test('only transient errors are tried again soon', () => {
  expect(unprocessedCodes.filter(isTransient)).toEqual(['ConcurrentUpdateError', 'InternalFailure'])
})
