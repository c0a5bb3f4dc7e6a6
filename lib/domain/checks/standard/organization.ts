import { z } from 'zod'
import { ACCOUNT_TYPE, type Unexamined } from '../../collection/lines'
import {
  ORGANIZATION_TYPE,
  type OrganizationDatum,
  OrganizationUnread,
  UnreadDatum,
} from '../../collection/organization/unread'
import { matches } from '../../trust/matching'
import { MalformedResource } from '../../waf/resource'
import type { CheckDefinition, CheckResult, Inventory, Resource } from '../check'
import { accountOf, evidenceOf, listed, resultOf } from './parts'

const Organization = z.object({ managementAccount: z.string().nullish() })
const Account = z.object({
  id: z.string(),
  parent: z.string(),
  tags: z.record(z.string(), z.string()).nullable(),
  tagsUnread: UnreadDatum.optional(),
})
const Lacking = z.object({ unread: OrganizationUnread })
const Unit = z.object({ id: z.string(), parent: z.string() })
const Root = z.object({ id: z.string() })
const Policy = z.object({
  awsManaged: z.boolean(),
  content: z.string(),
  targets: z.array(z.object({ id: z.string() })),
})
const Administrator = z.object({ account: z.string(), services: z.array(z.object({ principal: z.string() })) })

/** Types of resources that are reachable from the Internet: the management account has none of them. */
const WORKLOADS = [
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGatewayV2::Stage',
  'AWS::AppRunner::Service',
  'AWS::Amplify::App',
  'AWS::Lambda::Url',
  'AWS::CloudFront::Distribution',
  'AWS::EC2::Instance',
]
const SECURITY_SERVICES = ['guardduty', 'securityhub', 'inspector2', 'access-analyzer', 'config'] as const

function allOf<S extends z.ZodType>(inventory: Inventory, type: string, schema: S): z.infer<S>[] {
  return (inventory.organization?.resources(type) ?? []).flatMap(({ data }: Resource) => {
    const read = schema.safeParse(data)
    return read.success ? [read.data] : []
  })
}

/** The cell of the account that reads the organization. An account without one has nothing to examine. */
function organizationUnexamined({ organization }: Inventory): Unexamined | null {
  if (!organization) return null
  const { cell } = organization
  const place = { region: 'global', collector: 'organization', action: cell?.action ?? null }
  if (!cell) return { ...place, state: 'unread' }
  return cell.state === 'ok' ? null : { ...place, state: cell.state }
}

function unreadOf(inventory: Inventory, datum: OrganizationDatum): UnreadDatum | null {
  return allOf(inventory, ORGANIZATION_TYPE, Lacking)[0]?.unread[datum] ?? null
}

/** Whether the organization was read without this datum. */
export function lacks(inventory: Inventory, datum: OrganizationDatum): boolean {
  return unreadOf(inventory, datum) !== null
}

/** As organizationUnexamined, also where the organization was read without one datum that the check needs. */
export function unexaminedWithout(datum: OrganizationDatum) {
  return (inventory: Inventory): Unexamined | null => {
    const missing = organizationUnexamined(inventory)
    if (missing || !inventory.organization) return missing
    const unread = unreadOf(inventory, datum)
    return unread ? { region: 'global', collector: 'organization', ...unread } : null
  }
}

function tagsUnexamined(inventory: Inventory): Unexamined | null {
  const missing = organizationUnexamined(inventory)
  if (missing) return missing
  const unread = ownAccount(inventory)?.tagsUnread
  return unread ? { region: 'global', collector: 'organization', ...unread } : null
}

/** Null without an organization. Throws MalformedResource as theOrganization. */
function managementOf(inventory: Inventory): string | null {
  return theOrganization(inventory, Organization)?.managementAccount ?? null
}

/** The organization itself; null without one. Throws MalformedResource where its report lacks it. */
export function theOrganization<S extends z.ZodType>(inventory: Inventory, schema: S): z.infer<S> | null {
  if (!inventory.organization) return null
  const [found] = allOf(inventory, ORGANIZATION_TYPE, schema)
  if (found === undefined) throw new MalformedResource(`${ORGANIZATION_TYPE}: missing`)
  return found
}

/** The account in its organization; null without one. Throws MalformedResource where the organization's report lacks it. */
function ownAccount(inventory: Inventory) {
  if (!inventory.organization) return null
  const found = allOf(inventory, ACCOUNT_TYPE, Account).find(({ id }) => id === inventory.account.id)
  if (!found) throw new MalformedResource(`${ACCOUNT_TYPE} ${inventory.account.id}: missing`)
  return found
}

function* tags(inventory: Inventory): Iterable<CheckResult> {
  const own = ownAccount(inventory)
  if (!own?.tags) return
  const { tags: present } = own
  const missing = inventory.limits.accountTags.filter(key => !Object.hasOwn(present, key))
  const evidence = evidenceOf({ missingTags: listed(missing) || null })
  yield { resource: accountOf(inventory), result: resultOf(missing.length === 0), evidence }
}

function* unit(inventory: Inventory): Iterable<CheckResult> {
  const own = ownAccount(inventory)
  if (!own || own.id === managementOf(inventory)) return
  const roots = allOf(inventory, 'AWS::Organizations::Root', Root)
  yield { resource: accountOf(inventory), result: resultOf(!roots.some(({ id }) => id === own.parent)) }
}

const OneOrMore = z
  .union([z.string(), z.array(z.string())])
  .transform(value => (Array.isArray(value) ? value : [value]))
const Statement = z.object({
  Effect: z.string(),
  Action: OneOrMore.optional(),
  NotAction: OneOrMore.optional(),
  Condition: z.unknown().optional(),
})
const Document = z.object({ Statement: z.preprocess(value => [value].flat(), z.array(Statement)) })
type Statement = z.infer<typeof Statement>

/** Conditions of a statement that is only about the root user, or only about Regions. */
const isAboutRoot = ({ Condition }: Statement) =>
  /"aws:PrincipalArn"[^\]}]*:root"/i.test(JSON.stringify(Condition ?? {}))
const isAboutRegions = ({ Condition }: Statement) => /"aws:RequestedRegion"/i.test(JSON.stringify(Condition ?? {}))

/** The actions that service control policies have to prevent, and how to recognize a statement that does. */
const GUARDS: readonly (readonly [name: string, covers: (statement: Statement) => boolean])[] = [
  ['leave', denies('organizations:LeaveOrganization')],
  ['cloudtrail', denies('cloudtrail:StopLogging', 'cloudtrail:DeleteTrail')],
  ['guardduty', denies('guardduty:DeleteDetector')],
  ['config', denies('config:StopConfigurationRecorder', 'config:DeleteConfigurationRecorder')],
  ['securityhub', denies('securityhub:DisableSecurityHub')],
  ['root', isAboutRoot],
  ['regions', isAboutRegions],
]

function denies(...actions: readonly string[]) {
  return (statement: Statement) => {
    if (isAboutRoot(statement) || isAboutRegions(statement)) return false
    return actions.some(action =>
      statement.Action?.some(pattern => matches(pattern.toLowerCase(), action.toLowerCase())),
    )
  }
}

function statementsOf(content: string): Statement[] {
  try {
    const read = Document.safeParse(JSON.parse(content))
    return read.success ? read.data.Statement.filter(({ Effect }) => Effect === 'Deny') : []
  } catch {
    return []
  }
}

/** Policies of the account, its units and the root. They never apply to the management account. */
function* policies(inventory: Inventory): Iterable<CheckResult> {
  const own = ownAccount(inventory)
  if (!own || own.id === managementOf(inventory)) return
  const parents = new Map(
    allOf(inventory, 'AWS::Organizations::OrganizationalUnit', Unit).map(({ id, parent }) => [id, parent]),
  )
  const targets = new Set([own.id])
  for (let at: string | undefined = own.parent; at !== undefined && !targets.has(at); at = parents.get(at))
    targets.add(at)
  const attached = allOf(inventory, 'AWS::Organizations::Policy', Policy).filter(policy => {
    return !policy.awsManaged && policy.targets.some(({ id }) => targets.has(id))
  })
  const statements = attached.flatMap(({ content }) => statementsOf(content))
  const missing = GUARDS.filter(([, isCovered]) => !statements.some(isCovered)).map(([name]) => name)
  const evidence = evidenceOf({ policies: attached.length, missingGuards: missing.join(', ') || null })
  yield { resource: accountOf(inventory), result: resultOf(missing.length === 0), evidence }
}

function* delegation(inventory: Inventory): Iterable<CheckResult> {
  const management = managementOf(inventory)
  if (management !== inventory.account.id) return
  const delegated = allOf(inventory, 'AWS::Organizations::DelegatedAdministrator', Administrator)
    .filter(({ account }) => account !== management)
    .flatMap(({ services }) => services.map(({ principal }) => principal.split('.')[0]))
  const missing = SECURITY_SERVICES.filter(service => !delegated.includes(service))
  const evidence = evidenceOf({ missingDelegations: missing.join(', ') || null })
  yield { resource: accountOf(inventory), result: resultOf(missing.length === 0), evidence }
}

const Internal = z.object({ scheme: z.literal('internal') })
const Private = z.object({ publicIp: z.null() })

function* managementClean(inventory: Inventory): Iterable<CheckResult> {
  if (managementOf(inventory) !== inventory.account.id) return
  const found = WORKLOADS.flatMap(type => inventory.resources(type)).filter(({ data }) => {
    return !Internal.safeParse(data).success && !Private.safeParse(data).success
  })
  const evidence = evidenceOf({ workloads: listed(found.map(({ name, arn }) => name || arn)) || null })
  yield { resource: accountOf(inventory), result: resultOf(found.length === 0), evidence }
}

const once = { needs: ['organization'], regional: false, unexamined: organizationUnexamined } as const

export const organizationChecks: readonly CheckDefinition[] = [
  {
    id: 'service-control-policies',
    controls: ['hinomi/service-control-policies'],
    severity: 'medium',
    ...once,
    unexamined: unexaminedWithout('policies'),
    run: policies,
  },
  {
    id: 'management-account-clean',
    controls: ['hinomi/management-account-clean'],
    severity: 'medium',
    needs: ['entrances', 'cloudfront', 'ec2'],
    regional: false,
    run: managementClean,
  },
  { id: 'organizational-unit', controls: ['hinomi/organizational-unit'], severity: 'low', ...once, run: unit },
  {
    id: 'delegated-administrators',
    controls: ['hinomi/delegated-administrators'],
    severity: 'medium',
    ...once,
    unexamined: unexaminedWithout('administrators'),
    run: delegation,
  },
  {
    id: 'account-tags',
    controls: ['hinomi/account-tags'],
    severity: 'low',
    ...once,
    unexamined: tagsUnexamined,
    run: tags,
  },
]
