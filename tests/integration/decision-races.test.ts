import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { SaveControlSeverities } from '../../lib/domain/controls/severities'
import { defaultDuePolicy } from '../../lib/domain/policies/due-policy'
import type { VerdictKind } from '../../lib/domain/threats/verdict'
import { Differences } from '../../lib/queries/check/differences'
import { checkFindings } from '../../lib/queries/check/findings'
import { checkHistory } from '../../lib/queries/check/history'
import { setDueAt, setStatus } from '../../lib/store/findings/triage'
import { setVerdict } from '../../lib/store/findings/verdict'
import { saveControlSeverities, storedControlSeverities } from '../../lib/store/policies/control-severity'
import { saveDuePolicy } from '../../lib/store/policies/due-policy'
import { accessOf, addMember, adminAccess } from '../support/people'
import { asff, at, complete, newAccount } from './support-ingest'
import { onlyFinding, threat } from './support-threats'

let account = ''
beforeEach(async () => {
  account = newAccount()
  await pool().query('TRUNCATE setting, policy_work')
})
afterEach(async () => {
  const differences = new Differences()
  await checkFindings(differences)
  await checkHistory(differences)
  expect(differences.named).toEqual([])
  setClock()
})
afterAll(closeDatabase)

const decide = (id: string, kind: VerdictKind, text = 'A penetration test') => ({
  selection: { ids: [id] },
  verdict: { kind, text },
})
const outcomes = async (work: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(work)).map(each => (each.status === 'fulfilled' ? 'done' : each.reason?.reason)).sort()

describe('two people at once', () => {
  test('give one verdict, and the second replaces the first with a line in the history', async () => {
    await complete([threat({ account, count: 1, lastSeen: at(1) })], at(2))
    const { id } = await onlyFinding(account)
    const [ann, bob] = [accessOf(await addMember('lead'), 'lead'), accessOf(await addMember('lead'), 'lead')]
    const results = await Promise.all([
      setVerdict(ann, decide(id, 'benign')),
      setVerdict(bob, decide(id, 'benign')),
      setVerdict(bob, decide(id, 'false_positive')),
    ])
    expect(results.map(({ changed }) => changed).sort()).not.toEqual([0, 0, 0])
    const lines = await prisma().findingEvent.findMany({ where: { accountId: account, kind: 'verdict' } })
    // Each line continues the one before it.
    const ordered = lines.sort((a, b) => Number(a.id - b.id))
    expect(ordered[0]?.before).toBeNull()
    ordered.slice(1).forEach((line, n) => {
      expect(line.before).toBe(ordered[n]?.after)
    })
    const { finding } = await onlyFinding(account)
    expect(finding.verdict).toMatchObject({ kind: ordered.at(-1)?.after })
  })

  test('never leave a verdict on a threat that somebody else reopens', async () => {
    await complete([threat({ account, count: 1, lastSeen: at(1) })], at(2))
    const { id } = await onlyFinding(account)
    const lead = accessOf(await addMember('lead'), 'lead')
    for (let n = 0; n < 5; n++) {
      await Promise.all([
        setVerdict(lead, decide(id, 'benign', `Test ${n}`)),
        setStatus(lead, { selection: { ids: [id] }, status: 'in_progress' }),
      ])
      const { finding } = await onlyFinding(account)
      expect(finding.verdict !== null).toBe(finding.status === 'resolved')
    }
  })

  test('change the severities of controls one after the other', async () => {
    const admin = await adminAccess()
    const save = (severity: 'low' | 'high') =>
      saveControlSeverities(admin, { severities: { 'S3.8': severity }, seen: null })
    expect(await outcomes([save('low'), save('high')])).toEqual(['done', 'policyChanged'])
    expect((await storedControlSeverities()).version).not.toBeNull()
  })

  test('change the calendar one after the other', async () => {
    const admin = await adminAccess()
    const save = (holidays: boolean) => saveDuePolicy(admin, { policy: { ...defaultDuePolicy, holidays }, seen: null })
    expect(await outcomes([save(true), save(false)])).toEqual(['done', 'policyChanged'])
  })
})

test('a report that arrives during a verdict is compared with it, or reopens the threat', async () => {
  const lead = accessOf(await addMember('lead'), 'lead')
  for (let n = 0; n < 5; n++) {
    account = newAccount()
    await complete([threat({ account, count: 1, lastSeen: at(1) })], at(2))
    const { id } = await onlyFinding(account)
    await Promise.all([
      setVerdict(lead, decide(id, 'benign')),
      complete([threat({ account, count: 9, lastSeen: at(2, 5), updatedAt: at(2, 6) })], at(3)),
    ])
    const { finding } = await onlyFinding(account)
    const seen = await pool().query(`SELECT verdict #>> '{seen,count}' AS count FROM finding WHERE account_id = $1`, [
      account,
    ])
    if (finding.status === 'resolved') expect(seen.rows).toEqual([{ count: '9' }])
    else expect(finding).toMatchObject({ status: 'new', verdict: null })
  }
})

describe('a finding of an account that the member does not see', () => {
  test.each(['verdict', 'due', 'status'] as const)(
    'is not found by a change of its %s, also among others',
    async kind => {
      const [theirs, ours] = [newAccount(), newAccount()]
      await complete([threat({ account: theirs })], at(2))
      await complete([threat({ account: ours, id: 'bb22' })], at(2))
      const ids = [(await onlyFinding(ours)).id, (await onlyFinding(theirs)).id]
      const member = await addMember('lead', { limited: true, accounts: [ours] })
      const lead = accessOf(member, 'lead')
      const change = { selection: { ids } }
      const work = {
        verdict: () => setVerdict(lead, { ...change, verdict: { kind: 'benign', text: 'A test' } }),
        due: () => setDueAt(lead, { ...change, dueAt: '2036-01-01', reason: 'Later' }),
        status: () => setStatus(lead, { ...change, status: 'acknowledged' }),
      }
      await expect(work[kind]()).rejects.toMatchObject({ code: 'not_found' })
      for (const each of [ours, theirs])
        expect((await onlyFinding(each)).finding).toMatchObject({ status: 'new', dueBy: 'policy' })
    },
  )
})

test('severities of controls are no names of the prototype, and not too many', async () => {
  const admin = await adminAccess()
  const save = async (severities: unknown) =>
    saveControlSeverities(admin, SaveControlSeverities.parse({ severities, seen: null }))
  for (const name of ['', ' ', 'x'.repeat(301)])
    await expect(save({ [name]: 'low' }), JSON.stringify(name)).rejects.toThrow()
  await expect(save({ 'S3.8': 'urgent' })).rejects.toThrow()
  await expect(save(Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`C.${n}`, 'low'])))).rejects.toThrow()
  await save({ constructor: 'critical' })
  await complete([asff({ account, control: 'toString' })], at(2))
  expect((await onlyFinding(account)).finding.severity).toBe(3)
})
