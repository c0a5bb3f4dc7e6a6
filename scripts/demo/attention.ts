import type { Access } from '../../lib/access/proof'
import type { Permission } from '../../lib/domain/people/role'
import { recordOpening } from '../../lib/store/feeds/openings'
import { savePrice } from '../../lib/store/feeds/source-settings'
import { accounts } from './organisation'

/** Days before the end on which somebody last opened what nobody opens any more. */
const NEGLECTED_DAYS = 61
const ADVISED_EVERY = 7
const REGION = 'ap-northeast-1'

/** Accounts with a support plan that includes all checks of Trusted Advisor. */
const advised = accounts.filter(({ name }) => name !== '').slice(0, 6)

/**
 * https://docs.aws.amazon.com/awssupport/latest/user/security-checks.html#security-groups-specific-ports-unrestricted
 */
const check = {
  id: 'HCP4007jGY',
  name: 'Security Groups - Specific Ports Unrestricted',
  description: 'Checks security groups for rules that allow unrestricted access to specific ports.',
  category: 'security',
  metadata: ['Region', 'Security Group Name', 'Security Group ID', 'Protocol', 'Status', 'Ports'],
}

interface HistoryDay {
  day: number
  days: number
  at: Date
}

/** The reports that the collector of Trusted Advisor would have written on a day: one for each account with a plan. */
export function advisorReports({ day, days, at }: HistoryDay): { account: string; report: string }[] {
  if (day % ADVISED_EVERY !== 0 && day !== days - 1) return []
  return advised.map(({ id: account }) => {
    const groups = ['legacy-admin', 'vendor-access', 'test-database']
    const flaggedResources = groups.map((name, place) => {
      const group = `sg-0a${account.slice(0, 8)}${place}0ad5`
      const metadata = [REGION, name, group, 'tcp', 'Red', place === 2 ? '3306' : '22']
      return { status: 'error', region: REGION, resourceId: `advice-${group}`, isSuppressed: false, metadata }
    })
    const result = { checkId: check.id, timestamp: at.toISOString(), status: 'error', flaggedResources }
    const cell = { region: 'global', collector: 'trusted-advisor', state: 'ok', complete: true, records: 1 }
    const lines = [
      { collection: 1, account, collector: 'trusted-advisor', startedAt: at.toISOString(), whole: true },
      { checks: [check], result },
      { coverage: 1, account, ...cell },
    ]
    return { account, report: lines.map(line => `${JSON.stringify(line)}\n`).join('') }
  })
}

interface Readers {
  admin: Access<Permission>
  csirt: Access<Permission>
  sre: Access<Permission>
}

/** The sources that people open on a day: those that they work with, and one that they gave up. */
export async function openSources(
  { day, days }: Omit<HistoryDay, 'at'>,
  { admin, csirt, sre }: Readers,
): Promise<void> {
  await recordOpening(csirt, ['security-hub'])
  if (day % 3 === 0 || day === days - 1) await recordOpening(sre, ['prowler', 'hinomi', 'cloudtrail', 'kms'])
  if (day === Math.max(0, days - 1 - NEGLECTED_DAYS)) {
    await recordOpening(sre, ['trusted-advisor'])
    await savePrice(admin, { source: 'trusted-advisor', price: 'USD 600', seen: '' })
  }
}
