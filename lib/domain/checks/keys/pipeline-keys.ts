import { keyResource } from '../../access-keys/filter'
import {
  documentsOf,
  GROUP_TYPE,
  type IamKey,
  type IamUser,
  POLICY_TYPE,
  PROVIDER_TYPE,
  providersOf,
  ROLE_TYPE,
  toGroup,
  toRole,
  toUser,
  USER_TYPE,
} from '../../access-keys/iam-resources'
import { judgeKey, type PipelineJudgement } from '../../access-keys/pipeline'
import type { Evidence } from '../../findings/facts'
import type { Role } from '../../trust/check-trust'
import { statementsOf } from '../../trust/document'
import { issuerOf, type PipelineSystem } from '../../trust/issuers'
import { grantsOf } from '../../trust/oidc-checks'
import { passesAnyRole, powerOf } from '../../trust/permissions'
import { type CheckDefinition, type CheckResult, type Inventory, ownControl } from '../check'

const DAY = 86_400_000
/** How long a role of the CI system is in use, and the key is not, before the key counts as left over. */
const TAKEN_OVER_DAYS = 14

interface PipelineKey {
  user: IamUser
  key: IamKey
  judgement: PipelineJudgement
  marked: boolean
  /** CI systems that the account trusts, and that may be this pipeline's. */
  trusted: readonly string[]
  admin: boolean
}

interface Examined {
  keys: readonly PipelineKey[]
  roles: readonly Role[]
}

const judged = new WeakMap<Inventory, Examined>()

/** Active access keys that a pipeline uses, by the rules or because a person decided so. */
function examinedOf(inventory: Inventory): Examined {
  const known = judged.get(inventory)
  if (known) return known
  const { resources, keyMarks } = inventory
  const documents = documentsOf(resources(POLICY_TYPE))
  const groups = resources(GROUP_TYPE).map(toGroup)
  const addresses = [...providersOf(resources(PROVIDER_TYPE)).keys()].filter(address => issuerOf(address).system)
  const keys = resources(USER_TYPE).flatMap(resource => {
    const user = toUser(resource)
    const own = groups.filter(({ name }) => user.groups.includes(name))
    return user.keys
      .filter(({ active }) => active)
      .map(key => ({ key, judgement: judgeKey(user, key, own, documents), mark: keyMarks.get(key.id) ?? null }))
      .filter(({ judgement, mark }) => (mark ?? judgement.use) === 'pipeline')
      .map(({ key, judgement, mark }) => ({
        user,
        key,
        judgement,
        marked: mark !== null,
        trusted: addresses.filter(address => isOf(address, judgement.system)),
        admin: powerOf([user, ...own], documents) === 'admin' || passesAnyRole([user, ...own], documents),
      }))
  })
  const found = { keys, roles: resources(ROLE_TYPE).map(toRole) }
  judged.set(inventory, found)
  return found
}

/** Whether an issuer is that of a CI system; any of them where the key's is not known. */
function isOf(address: string, system: PipelineSystem | null): boolean {
  return system === null || issuerOf(address).system === system
}

/** Whether a role has taken over from a key: a token of the CI system assumed it lately, and nobody used the key. */
function takenOver({ key, judgement }: PipelineKey, roles: readonly Role[], now: Date): Role | null {
  const since = now.getTime() - TAKEN_OVER_DAYS * DAY
  if (key.lastUsed && key.lastUsed.at.getTime() >= since) return null
  const used = roles.filter(({ lastUsedAt }) => lastUsedAt !== null && lastUsedAt.getTime() >= since)
  const trusts = ({ trustPolicy }: Role) =>
    grantsOf(statementsOf(trustPolicy) ?? []).some(
      ({ address, issuer }) => issuer.system !== null && isOf(address, judgement.system),
    )
  return used.find(trusts) ?? null
}

function resultOf(
  { user, key, judgement, marked, trusted }: PipelineKey,
  failed: boolean,
  more: Evidence[] = [],
): CheckResult {
  const resource = { id: keyResource(key.id), type: 'AwsIamAccessKey' }
  if (!failed) return { resource, result: 'passed' }
  const applies = judgement.rules.filter(({ result }) => result === 'yes')
  return {
    resource,
    result: 'failed',
    evidence: [
      { name: 'keyUser', value: user.arn, as: 'code' },
      ...(marked ? [{ name: 'keyMarked', value: true }] : [{ name: 'keyScore', value: judgement.score }]),
      ...applies.map(({ rule, seen }) => ({
        name: `keyRule${rule[0]?.toUpperCase()}${rule.slice(1)}`,
        value: seen ?? true,
      })),
      { name: 'keyIssuerTrusted', value: trusted.length > 0 },
      ...trusted.map(address => ({ name: 'keyIssuer', value: address, as: 'code' as const })),
      ...more,
    ],
    ...(key.createdAt && { firstObservedAt: key.createdAt }),
  }
}

function check(
  id: string,
  severity: CheckDefinition['severity'],
  run: (key: PipelineKey, roles: readonly Role[], now: Date) => CheckResult,
): CheckDefinition {
  return {
    id,
    controls: [ownControl(id)],
    severity,
    needs: ['iam'],
    regional: false,
    *run(inventory) {
      const { keys, roles } = examinedOf(inventory)
      for (const key of keys) yield run(key, roles, inventory.now)
    },
  }
}

/**
 * Checks of the access keys of pipelines. Keys that are old or not used are the controls IAM.3 and IAM.22, which the
 * credential report answers for all users.
 */
export const keyChecks: readonly CheckDefinition[] = [
  check('pipeline-key', 'high', key => resultOf(key, true)),
  check('pipeline-key-admin', 'critical', key => resultOf(key, key.admin)),
  check('pipeline-key-left-over', 'medium', (key, roles, now) => {
    const role = takenOver(key, roles, now)
    return resultOf(key, role !== null, role ? [{ name: 'keyRole', value: role.arn, as: 'code' }] : [])
  }),
]
