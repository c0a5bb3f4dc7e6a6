import { controlSeverity } from '../../domain/controls/severities'
import type { Outcome, Result } from '../../domain/imports/outcome'
import { RejectedRecord } from '../../domain/imports/reject'
import type { ReadingContext, Source } from '../source'
import { arnParts, identify, requireAccount } from '../values/fields'
import { firstText, shown } from '../values/text'
import { readTime } from '../values/time'
import { credentialReportIn, GENERATED_TIME } from './answer'

const DAY = 86_400_000
const ROTATE_DAYS = 90
const UNUSED_DAYS = 45

/** One user of the report. Null does not apply: N/A, not_supported. */
interface User {
  name: string
  arn: string
  accountId: string
  root: boolean
  created: Date | null
  password: boolean | null
  passwordUsed: Date | null
  passwordChanged: Date | null
  mfa: boolean | null
  keys: { number: number; active: boolean; rotated: Date | null; used: Date | null }[]
}

/**
 * The IAM credential report, a row per user:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html Each check has the id of the
 * Security Hub control about the same subject, so that both report one finding:
 * https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html
 */
export const credentialReport: Source<Record<string, unknown>> = {
  recognises: record => ['user', 'arn', 'password_enabled', 'mfa_active'].every(column => column in record),
  parse: record => record,
  normalise,
  textIn: credentialReportIn,
}

interface Judgement {
  result: Result
  /** The credentials that fail, with dates that change only when they are used or changed. */
  details?: string[]
}

interface Check {
  control: string
  title: string
  /** Null: the check does not apply to this user. */
  judge(user: User, at: Date): Judgement | null
  remedy: string
}

const failsIf = (fails: boolean): Judgement => ({ result: fails ? 'failed' : 'passed' })
const failsFor = (details: string[]): Judgement => ({ result: details.length > 0 ? 'failed' : 'passed', details })

const CHECKS: readonly Check[] = [
  {
    control: 'IAM.4',
    title: 'IAM root user access key should not exist',
    judge: user => (user.root ? failsIf(user.keys.some(key => key.active)) : null),
    remedy: 'Delete the access keys of the root user.',
  },
  {
    control: 'IAM.9',
    title: 'MFA should be enabled for the root user',
    judge: user => (!user.root ? null : user.mfa === null ? { result: 'not_available' } : failsIf(!user.mfa)),
    remedy: 'Enable MFA for the root user.',
  },
  {
    control: 'IAM.5',
    title: 'MFA should be enabled for all IAM users that have a console password',
    judge: user => (user.root || user.password === null ? null : failsIf(user.password && !user.mfa)),
    remedy: 'Enable MFA for this user, or remove the console password.',
  },
  {
    control: 'IAM.3',
    title: `IAM users' access keys should be rotated every ${ROTATE_DAYS} days or less`,
    judge(user, at) {
      if (user.root) return null
      const old = user.keys.filter(key => key.active && older(key.rotated ?? user.created, ROTATE_DAYS, at))
      return failsFor(old.map(key => `Access key ${key.number}: ${changedOn('last rotated', key.rotated, user)}`))
    },
    remedy: 'Replace the access key, then delete the old one.',
  },
  {
    control: 'IAM.22',
    title: `IAM user credentials unused for ${UNUSED_DAYS} days should be removed`,
    judge(user, at) {
      if (user.root) return null
      const { passwordUsed, passwordChanged, created } = user
      const unusedPassword = user.password && older(passwordUsed ?? passwordChanged ?? created, UNUSED_DAYS, at)
      const unusedKeys = user.keys.filter(
        key => key.active && older(key.used ?? key.rotated ?? created, UNUSED_DAYS, at),
      )
      return failsFor([
        ...(unusedPassword ? [`Console password: ${usedOn(passwordUsed, 'last changed', passwordChanged, user)}`] : []),
        ...unusedKeys.map(key => `Access key ${key.number}: ${usedOn(key.used, 'last rotated', key.rotated, user)}`),
      ])
    },
    remedy: 'Remove the password or the access key that nobody uses.',
  },
]

function usedOn(used: Date | null, change: string, changed: Date | null, user: User): string {
  return used ? `last used ${dayOf(used)}` : `no use on record, ${changedOn(change, changed, user)}`
}

function changedOn(change: string, changed: Date | null, user: User): string {
  if (changed) return `${change} ${dayOf(changed)}`
  return user.created ? `user created ${dayOf(user.created)}` : `${change} unknown`
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10)
}

function older(date: Date | null, days: number, at: Date): boolean {
  return date !== null && at.getTime() - date.getTime() > days * DAY
}

function normalise(record: Record<string, unknown>, context: ReadingContext): Outcome[] {
  const user = readUser(record, context.now)
  // An answer of GetCredentialReport has the time of the report; the CSV alone does not.
  const generated = readTime(record[GENERATED_TIME] ?? null, GENERATED_TIME, context.now, user.accountId)
  const at = generated ?? context.observedAt ?? context.now
  const outcomes: Outcome[] = []
  for (const { control, title, judge, remedy } of CHECKS) {
    const judgement = judge(user, at)
    if (judgement === null) continue
    const { result, details = [] } = judgement
    outcomes.push({
      source: 'iam-credential-report',
      product: 'IAM credential report',
      nativeId: identify(`${user.arn}/${control}`, 'arn', user.accountId),
      class: 'posture',
      accountId: user.accountId,
      region: 'global',
      control,
      result,
      severity: controlSeverity(control) ?? 'medium',
      title,
      description: result === 'failed' ? [...details, textOf(user)].join('\n') : '',
      remediationText: remedy,
      remediationUrl: `https://docs.aws.amazon.com/console/securityhub/${control}/remediation`,
      resource: { id: user.arn, type: user.root ? 'AwsAccount' : 'AwsIamUser' },
      otherResources: [],
      packageName: '',
      firstObservedAt: null,
      updatedAt: generated,
    })
  }
  return outcomes
}

/** A description of the user, without values that change at every use. */
function textOf(user: User): string {
  const active = user.keys.flatMap(key => (key.active ? [`access key ${key.number}`] : []))
  const parts = [
    user.password === null ? '' : `Console password: ${user.password ? 'yes' : 'no'}`,
    user.mfa === null ? '' : `MFA: ${user.mfa ? 'yes' : 'no'}`,
    `Active: ${active.join(', ') || 'no access key'}`,
  ]
  return parts.filter(Boolean).join('\n')
}

function readUser(record: Record<string, unknown>, now: Date): User {
  const arn = firstText(record.arn)
  const accountId = requireAccount(arnParts(arn)?.account ?? arn)
  const name = firstText(record.user)
  const time = (column: string) => {
    const value = record[column]
    return readTime(typeof value === 'string' && MISSING.has(value) ? null : value, column, now, accountId)
  }
  const flag = (column: string) => readFlag(record[column], column, accountId)
  return {
    name,
    arn: identify(arn, 'arn', accountId),
    accountId,
    root: name === '<root_account>' || arn.endsWith(':root'),
    created: time('user_creation_time'),
    password: flag('password_enabled'),
    passwordUsed: time('password_last_used'),
    passwordChanged: time('password_last_changed'),
    mfa: flag('mfa_active'),
    keys: [1, 2].map(n => ({
      number: n,
      active: flag(`access_key_${n}_active`) ?? false,
      rotated: time(`access_key_${n}_last_rotated`),
      used: time(`access_key_${n}_last_used_date`),
    })),
  }
}

/** Values that mean "none": never used, does not apply, not tracked then. */
const MISSING = new Set(['', 'N/A', 'n/a', 'no_information', 'not_supported'])

function readFlag(value: unknown, column: string, accountId: string): boolean | null {
  const text = firstText(value).toLowerCase()
  if (text === 'true') return true
  if (text === 'false') return false
  if (typeof value === 'string' && MISSING.has(value)) return null
  throw new RejectedRecord('bad_field', { field: column, value: shown(value) }, accountId)
}
