import type { Access } from '../../lib/access/proof'
import { setClock } from '../../lib/clock'
import { prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import type { Permission } from '../../lib/domain/people/role'
import { applyException } from '../../lib/store/exceptions/apply'
import { decideException } from '../../lib/store/exceptions/decide'
import { requestException, requestRule } from '../../lib/store/exceptions/request'
import { accessOf, addMember } from '../support/people'
import { asff, at, ingest, newAccount } from './support-ingest'

export type Who = Access<Permission>

export async function people(): Promise<{ member: Who; sreLead: Who; csirtLead: Who }> {
  return {
    member: accessOf(await addMember('member'), 'member'),
    sreLead: accessOf(await addMember('lead'), 'lead'),
    csirtLead: accessOf(await addMember('lead', { teams: ['csirt'] }), 'lead'),
  }
}

/** A record whose resource has tags. */
export function tagged(parts: Parameters<typeof asff>[0], tags: Record<string, string>) {
  const resource = { Type: 'AwsS3Bucket', Id: `arn:aws:s3:::${parts.resource ?? 'bucket'}`, Tags: tags }
  return { ...asff(parts), Resources: [resource] }
}

/** The only finding of an account. */
export async function stored(account: string) {
  const [finding, ...more] = await prisma().finding.findMany({ where: { accountId: account } })
  if (!finding || more.length > 0) throw new Error('one finding')
  return { ...finding, key: toFindingId(account, finding.id) }
}

/** A new account with one reported finding, ten days into the month. */
export async function reported(parts: Partial<Parameters<typeof asff>[0]> = {}) {
  const account = newAccount()
  await ingest([asff({ account, ...parts })], { observedAt: at(1) })
  setClock(() => at(10))
  return { account, ...(await stored(account)) }
}

/** An exception for a finding, requested by one member and approved by another. */
export async function grantTo(
  asker: Who,
  approver: Who,
  finding: string,
  change: Partial<Parameters<typeof requestException>[1]>,
): Promise<number> {
  const { id } = await requestException(asker, {
    kind: 'accepted',
    reason: 'A public site',
    controls: 'A firewall in front of it',
    until: '2026-06-20',
    finding,
    ...change,
  })
  await decideException(approver, { id, approve: true, note: 'Agreed' })
  await applyException(approver, id)
  return id
}

/** An exception by rule, requested by one member and approved by another, ten days into the month. */
export async function grantRule(
  asker: Who,
  approver: Who,
  change: Partial<Parameters<typeof requestRule>[1]> & Pick<Parameters<typeof requestRule>[1], 'match'>,
): Promise<number> {
  setClock(() => at(10))
  const { id } = await requestRule(asker, {
    kind: 'accepted',
    reason: 'A public site',
    controls: 'A firewall in front of it',
    until: '2026-06-20',
    ...change,
  })
  await decideException(approver, { id, approve: true, note: 'Agreed' })
  await applyException(approver, id)
  return id
}
