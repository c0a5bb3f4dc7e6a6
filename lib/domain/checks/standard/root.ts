import { z } from 'zod'
import type { CheckDefinition, CheckResult, Inventory } from '../check'
import { lacks, theOrganization, unexaminedWithout } from './organization'
import { AccountSummary, accountOf, dayOf, evidenceOf, listed, olderThan, ReportTime, resultOf, theOnly } from './parts'

const SETTINGS = 'AWS::IAM::AccountSettings'
const RootUser = z.object({
  virtualMfa: z.boolean(),
  credentials: z
    .object({
      password_last_used: ReportTime,
      access_key_1_last_used_date: ReportTime,
      access_key_2_last_used_date: ReportTime,
    })
    .nullable(),
})
const Features = z.object({ rootFeatures: z.array(z.string()).nullable() })

/** Root users of members that the organization manages have no credentials that MFA could protect. */
const CENTRAL = 'RootCredentialsManagement'

function summaryOf(inventory: Inventory): Record<string, number> {
  return theOnly(inventory, SETTINGS, AccountSummary).summary
}

function featuresOf({ organization }: Inventory): readonly string[] | null {
  const read = Features.safeParse(organization?.resources('AWS::Organizations::Organization')[0]?.data)
  return read.success ? read.data.rootFeatures : null
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html */
function isRemoved(inventory: Inventory, summary: Record<string, number>): boolean {
  return summary.AccountPasswordPresent === 0 && (featuresOf(inventory)?.includes(CENTRAL) ?? false)
}

/** A root user without MFA may have no credentials: unknown where it could not be read whether they are managed. */
function mfaResult(inventory: Inventory, summary: Record<string, number>, isSafe: boolean): CheckResult['result'] {
  if (isSafe || summary.AccountPasswordPresent !== 0) return resultOf(isSafe)
  return lacks(inventory, 'rootFeatures') ? 'unknown' : 'failed'
}

function* rootMfa(inventory: Inventory): Iterable<CheckResult> {
  const summary = summaryOf(inventory)
  const removed = isRemoved(inventory, summary)
  const mfa = summary.AccountMFAEnabled === 1
  const evidence = evidenceOf({ rootMfa: mfa, rootRemoved: removed || null })
  yield { resource: accountOf(inventory), result: mfaResult(inventory, summary, mfa || removed), evidence }
}

function* rootHardwareMfa(inventory: Inventory): Iterable<CheckResult> {
  const summary = summaryOf(inventory)
  const root = theOnly(inventory, 'AWS::IAM::RootUser', RootUser)
  const removed = isRemoved(inventory, summary)
  const mfa = summary.AccountMFAEnabled === 1
  const evidence = evidenceOf({ rootMfa: mfa, rootVirtualMfa: root.virtualMfa, rootRemoved: removed || null })
  const isSafe = removed || (mfa && !root.virtualMfa)
  yield { resource: accountOf(inventory), result: mfaResult(inventory, summary, isSafe), evidence }
}

function* rootKeys(inventory: Inventory): Iterable<CheckResult> {
  const summary = summaryOf(inventory)
  const present = summary.AccountAccessKeysPresent ?? 0
  const evidence = evidenceOf({ rootKeys: present > 0 })
  yield { resource: accountOf(inventory), result: resultOf(present === 0), evidence }
}

function* rootUse(inventory: Inventory): Iterable<CheckResult> {
  const credentials = theOnly(inventory, 'AWS::IAM::RootUser', RootUser).credentials
  if (!credentials) {
    yield { resource: accountOf(inventory), result: 'unknown' }
    return
  }
  const { password_last_used, access_key_1_last_used_date, access_key_2_last_used_date } = credentials
  const times = [password_last_used, access_key_1_last_used_date, access_key_2_last_used_date].filter(at => at !== null)
  const last = times.toSorted((a, b) => b.getTime() - a.getTime())[0]
  const limit = inventory.limits.rootUnusedDays
  const unused = last === undefined || olderThan(last, limit, inventory)
  const evidence = evidenceOf({ rootLastUsed: last && dayOf(last), limitDays: limit })
  yield { resource: accountOf(inventory), result: resultOf(unused), evidence }
}

/** Only the management account can see it, or the administrator of IAM. */
function* rootCentralized(inventory: Inventory): Iterable<CheckResult> {
  if (inventory.organization?.account !== inventory.account.id) return
  const features = theOrganization(inventory, Features)?.rootFeatures ?? null
  if (features === null) return
  const evidence = evidenceOf({ rootFeatures: listed(features) || null })
  yield { resource: accountOf(inventory), result: resultOf(features.includes(CENTRAL)), evidence }
}

const once = { needs: ['iam'], regional: false, always: true } as const

export const rootChecks: readonly CheckDefinition[] = [
  { id: 'root-mfa', controls: ['IAM.9'], severity: 'critical', ...once, run: rootMfa },
  { id: 'root-hardware-mfa', controls: ['IAM.6'], severity: 'critical', ...once, run: rootHardwareMfa },
  { id: 'root-no-keys', controls: ['IAM.4'], severity: 'critical', ...once, run: rootKeys },
  { id: 'root-not-used', controls: ['hinomi/root-not-used'], severity: 'high', ...once, run: rootUse },
  {
    id: 'root-centralized',
    controls: ['iam_root_credentials_management_enabled'],
    severity: 'medium',
    needs: ['organization'],
    regional: false,
    unexamined: unexaminedWithout('rootFeatures'),
    run: rootCentralized,
  },
]
