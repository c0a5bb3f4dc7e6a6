import fc from 'fast-check'
import { prisma } from '../../lib/db'
import { asff, prowler, type RecordParts } from './support-ingest'
import type { Model, Statement } from './support-ingest-model'

export const controls = ['ABC.1', 'ABC.2', 'DEF.1'] as const
export const regions = ['us-east-1', 'eu-west-1'] as const

/** A result in a report, in the first or the second account of a test. */
export const statement = fc
  .record({
    place: fc.constantFrom(0, 1),
    feed: fc.constantFrom('hub', 'inspector', 'prowler'),
    region: fc.constantFrom(...regions),
    control: fc.constantFrom(...controls),
    says: fc.constantFrom('low', 'low', 'high', 'high', 'passed', 'not_available', 'archived', 'suppressed'),
  })
  // Prowler has no status for these.
  .filter(({ feed, says }) => feed !== 'prowler' || (says !== 'archived' && says !== 'suppressed'))

/** The record of a tool for a result. */
export function record(
  { account, feed, region, control, says }: Statement,
  updatedAt: Date | null,
): Record<string, unknown> {
  const parts: RecordParts = { account, region, control, title: control, updatedAt }
  if (says === 'low' || says === 'high') parts.severity = says === 'low' ? 'Low' : 'High'
  if (says === 'passed') parts.status = 'PASSED'
  if (says === 'not_available') parts.status = 'NOT_AVAILABLE'
  if (feed === 'prowler') return prowler(parts)
  return asff({
    ...parts,
    archived: says === 'archived',
    suppressed: says === 'suppressed',
    product: feed === 'inspector' ? 'Inspector' : 'Security Hub',
  })
}

/** The stored findings in the form of the model. */
export async function stored(accounts: string[]) {
  const findings = await prisma().finding.findMany({ where: { accountId: { in: accounts } } })
  return new Map(
    findings.map(finding => [
      `${finding.accountId}/${finding.region}/${finding.control}`,
      {
        status: finding.status === 'in_progress' ? 'new' : finding.status,
        reason: finding.resolvedReason,
        reopened: finding.reopenedCount,
        ...(finding.status === 'resolved' ? {} : { severity: finding.severity, sources: finding.sources }),
      },
    ]),
  )
}

/** The findings of the model in the same form. */
export function expected(model: Model) {
  return new Map(
    [...model.findings].map(([key, { status, reason, reopened, severity, sources }]) => [
      key,
      { status, reason, reopened, ...(status === 'resolved' ? {} : { severity, sources }) },
    ]),
  )
}
