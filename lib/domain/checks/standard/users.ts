import { z } from 'zod'
import type { CheckDefinition, CheckResult, Inventory } from '../check'
import { accountOf, dayOf, evidenceOf, judgeEach, listed, olderThan, ReportTime, resultOf, seen } from './parts'

const Flag = z.string().transform(text => text === 'true')
const User = z.object({
  createdAt: z.coerce.date().nullish(),
  attachedPolicies: z.array(z.string()),
  inlinePolicies: z.array(z.object({ name: z.string() })),
  tags: z.array(z.object({ Key: z.string() })).default([]),
  accessKeys: z.array(
    z.object({
      id: z.string(),
      active: z.boolean(),
      createdAt: z.coerce.date().nullish(),
      lastUsed: z.object({ at: z.coerce.date() }).nullable(),
    }),
  ),
  /** Null for a user that the credential report does not know yet. */
  credentials: z
    .object({
      password_enabled: Flag,
      mfa_active: Flag,
      password_last_used: ReportTime,
      password_last_changed: ReportTime,
    })
    .nullable(),
})
const USER = 'AWS::IAM::User'

/** Users for emergencies, who may sign in with a password. */
const EMERGENCY = /^break-?glass$/i

/** A check of each user; null where it says nothing about one. */
function eachUser(
  judge: (user: z.infer<typeof User>, inventory: Inventory) => Pick<CheckResult, 'result' | 'evidence'> | null,
) {
  return function* (inventory: Inventory): Iterable<CheckResult> {
    yield* judgeEach(inventory, { type: USER, as: 'AwsIamUser', schema: User }, function* ({ data }, resource) {
      const judged = judge(data, inventory)
      if (judged) yield { resource, ...judged }
    })
  }
}

const userMfa = eachUser(({ credentials }) => {
  if (!credentials) return null
  const { password_enabled: password, mfa_active: mfa } = credentials
  return { result: resultOf(!password || mfa), evidence: evidenceOf({ consolePassword: password, userMfa: mfa }) }
})

const keyRotation = eachUser(({ accessKeys }, inventory) => {
  const limit = inventory.limits.keyRotationDays
  const old = accessKeys.filter(key => key.active && key.createdAt && olderThan(key.createdAt, limit, inventory))
  const keys = old.map(({ id, createdAt }) => `${id} (${createdAt ? dayOf(createdAt) : ''})`)
  return {
    result: resultOf(old.length === 0),
    evidence: evidenceOf({ oldKeys: listed(keys) || null, limitDays: limit }),
  }
})

const unusedCredentials = eachUser(({ accessKeys, credentials, createdAt }, inventory) => {
  if (!credentials) return null
  const limit = inventory.limits.unusedDays
  const isUnused = (...times: readonly (Date | null | undefined)[]) => {
    const last = times.find(at => at != null)
    return last !== undefined && last !== null && olderThan(last, limit, inventory)
  }
  const { password_enabled, password_last_used, password_last_changed } = credentials
  const password = password_enabled && isUnused(password_last_used, password_last_changed, createdAt)
  const keys = accessKeys.filter(key => key.active && isUnused(key.lastUsed?.at, key.createdAt, createdAt))
  return {
    result: resultOf(!password && keys.length === 0),
    evidence: evidenceOf({
      unusedPassword: password || null,
      unusedKeys: listed(keys.map(({ id }) => id)) || null,
      limitDays: limit,
    }),
  }
})

const singleKey = eachUser(({ accessKeys }) => {
  const active = accessKeys.filter(key => key.active)
  return { result: resultOf(active.length < 2), evidence: evidenceOf({ activeKeys: active.length }) }
})

const noPolicies = eachUser(({ attachedPolicies, inlinePolicies }) => {
  const names = [...attachedPolicies, ...inlinePolicies.map(({ name }) => name)]
  return { result: resultOf(names.length === 0), evidence: evidenceOf({ userPolicies: listed(names) || null }) }
})

/** People sign in through IAM Identity Center or another identity provider. */
function* noConsoleUsers(inventory: Inventory): Iterable<CheckResult> {
  const users = seen(inventory, USER, User).filter(({ data }) => {
    return data.credentials?.password_enabled && !data.tags.some(({ Key }) => EMERGENCY.test(Key))
  })
  const evidence = evidenceOf({ consoleUsers: listed(users.map(({ resource }) => resource.name)) || null })
  yield { resource: accountOf(inventory), result: resultOf(users.length === 0), evidence }
}

const once = { needs: ['iam'], regional: false } as const

export const userChecks: readonly CheckDefinition[] = [
  { id: 'user-mfa', controls: ['IAM.5'], severity: 'medium', ...once, run: userMfa },
  {
    id: 'no-console-users',
    controls: ['hinomi/no-console-users'],
    severity: 'high',
    ...once,
    always: true,
    run: noConsoleUsers,
  },
  { id: 'key-rotation', controls: ['IAM.3'], severity: 'medium', ...once, run: keyRotation },
  { id: 'unused-credentials', controls: ['IAM.22'], severity: 'medium', ...once, run: unusedCredentials },
  { id: 'single-key', controls: ['iam_user_two_active_access_key'], severity: 'low', ...once, run: singleKey },
  { id: 'no-user-policies', controls: ['IAM.2'], severity: 'low', ...once, run: noPolicies },
]
