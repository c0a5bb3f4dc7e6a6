import { afterAll, expect, test, vi } from 'vitest'
import { GET } from '../../app/api/v1/frameworks/[framework]/evidence/route'
import { newApiToken } from '../../lib/access/api/token'
import { closeDatabase, prisma } from '../../lib/db'
import { frameworkEvidence, listFrameworks } from '../../lib/queries/feeds/framework-evidence'
import { saveControlSeverities } from '../../lib/store/policies/control-severity'
import { accessOf, addMember } from '../support/people'
import { asff, at, ingest, job, newAccount } from './support-ingest'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)

afterAll(closeDatabase)

test('each requirement of a framework has the results of its controls by account, and what nobody checked', async () => {
  const [ours, theirs] = [newAccount(), newAccount()]
  for (const account of [ours, theirs])
    await ingest(
      [
        asff({ account, control: 'S3.5', resource: 'a' }),
        asff({ account, control: 'S3.5', resource: 'b', status: 'PASSED' }),
        asff({ account, control: 'CloudTrail.4', resource: 'trail', status: 'PASSED' }),
      ],
      { observedAt: at(2) },
    )
  const own = [...(await frameworkEvidence(job, 'cis-5.0.0'))].filter(({ checked }) => checked?.account === ours)
  expect(own).toMatchObject([
    { requirement: '2.1.1', control: 'S3.5', checked: { passed: 1, failed: 1, lastReportAt: at(2) } },
    { requirement: '3.2', control: 'CloudTrail.4', checked: { passed: 1, failed: 0 } },
  ])
  const limited = accessOf(await addMember('auditor', { limited: true, accounts: [theirs] }), 'auditor')
  const seen = [...(await frameworkEvidence(limited, 'cis-5.0.0'))].flatMap(({ checked }) => checked?.account ?? [])
  expect(new Set(seen)).toEqual(new Set([theirs]))
  const unchecked = [...(await frameworkEvidence(limited, 'cis-5.0.0'))].find(({ control }) => control === 'IAM.9')
  expect(unchecked).toEqual({ requirement: '1.4', control: 'IAM.9', checked: null })
})

test('a framework counts its requirements by result, in the accounts of the reader', async () => {
  const [ours, theirs] = [newAccount(), newAccount()]
  const auditor = accessOf(await addMember('auditor', { limited: true, accounts: [ours] }), 'auditor')
  const cis = async () => (await listFrameworks(auditor)).find(({ id }) => id === 'cis-5.0.0')
  const before = await cis()
  expect(before).toMatchObject({ failing: 0, passing: 0, unknown: before?.requirements })
  expect(before?.requirements).toBeGreaterThan(30)
  await ingest([asff({ account: theirs, control: 'IAM.9', resource: 'root' })], { observedAt: at(2) })
  await ingest(
    [
      asff({ account: ours, control: 'S3.5', resource: 'a' }),
      asff({ account: ours, control: 'S3.5', resource: 'b', status: 'PASSED' }),
      asff({ account: ours, control: 'CloudTrail.4', resource: 'trail', status: 'PASSED' }),
    ],
    { observedAt: at(2) },
  )
  expect(await cis()).toMatchObject({ failing: 1, passing: 1, unknown: (before?.requirements ?? 0) - 2 })
})

test('it has the severities of the organization, and no formula for a spreadsheet', async () => {
  const account = newAccount()
  await ingest([asff({ account, control: 'S3.5', resource: 'a' })], { observedAt: at(2) })
  await prisma().account.update({ where: { id: account }, data: { name: '=HYPERLINK("https://evil.example")' } })
  await saveControlSeverities(job, { severities: { 'S3.5': 'informational' }, seen: null })
  const { token, prefix, tokenHash } = newApiToken()
  const permissions = ['findings:read', 'export:read']
  await prisma().apiToken.create({ data: { name: 'Robot', prefix, tokenHash, permissions } })
  const request = new Request('http://localhost/api/v1/frameworks/cis-5.0.0/evidence', {
    headers: { authorization: `Bearer ${token}` },
  })
  const answer = await GET(request, { params: Promise.resolve({ framework: 'cis-5.0.0' }) })
  const line = (await answer.text()).split('\r\n').find(each => each.includes(account))
  expect(line).toContain(`,S3.5,informational,${account},"'=HYPERLINK(""https://evil.example"")",failed,`)
})

test('it is sent while it is made, since a thousand accounts have a million lines', async () => {
  await ingest([asff({ account: newAccount(), control: 'S3.5', resource: 'a' })], { observedAt: at(2) })
  const { token, prefix, tokenHash } = newApiToken()
  const permissions = ['findings:read', 'export:read']
  await prisma().apiToken.create({ data: { name: 'Robot', prefix, tokenHash, permissions } })
  const request = new Request('http://localhost/api/v1/frameworks/nist-800-53-r5/evidence', {
    headers: { authorization: `Bearer ${token}` },
  })
  const answer = await GET(request, { params: Promise.resolve({ framework: 'nist-800-53-r5' }) })
  const parts: string[] = []
  const decoder = new TextDecoder()
  for await (const part of answer.body ?? []) parts.push(decoder.decode(part, { stream: true }))
  const lines = [...(await frameworkEvidence(job, 'nist-800-53-r5'))].length
  expect(lines).toBeGreaterThan(1000)
  expect(parts).toHaveLength(1 + Math.ceil(lines / 1000))
  expect(parts.join('').split('\r\n')).toHaveLength(lines + 2)
})

test('it is a CSV, and its export is in the audit log; an unknown framework is not found', async () => {
  const { token, prefix, tokenHash } = newApiToken()
  const permissions = ['findings:read', 'export:read']
  await prisma().apiToken.create({ data: { name: 'Robot', prefix, tokenHash, permissions } })
  const ask = (framework: string) =>
    GET(
      new Request(`http://localhost/api/v1/frameworks/${framework}/evidence`, {
        headers: { authorization: `Bearer ${token}` },
      }),
      {
        params: Promise.resolve({ framework }),
      },
    )
  const answer = await ask('pci-dss-4.0')
  expect(answer.status).toBe(200)
  const [header, first] = (await answer.text()).split('\r\n')
  expect(header).toContain('requirement,control,severity,account')
  expect(first).toMatch(/^\S+,\S+,/)
  expect(await prisma().auditEntry.findFirst({ where: { target: 'framework:pci-dss-4.0' } })).toMatchObject({
    action: 'findings.export',
  })
  expect((await ask('pci-dss-99')).status).toBe(404)
})
