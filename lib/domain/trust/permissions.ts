import { type Statement, statementsOf } from './document'
import { coversAction, matches } from './matching'

/** A user, group or role as far as its permissions go. */
export interface Permitted {
  attachedPolicies: readonly string[]
  inlinePolicies: readonly { document: unknown }[]
  permissionsBoundary?: string | null
}

/** Documents of the account's own managed policies by their ARNs. */
export type Documents = ReadonlyMap<string, unknown>

/** How much somebody may do: administer the account, change something, or only read. */
export type Power = 'admin' | 'write' | 'read'

const AWS_POLICY = /^arn:[^:]+:iam::aws:policy\/(?:.*\/)?([^/]+)$/
const READ_ONLY = /ReadOnly|^(?:ViewOnlyAccess|SecurityAudit|AWSCloudTrail_ReadOnlyAccess)/
const READS = /^(?:\w[\w-]*):(?:get|list|describe|head|batchget|search|view|lookup|check|validate|simulate)/

/** Actions that allow managing IAM without limits. */
const IAM_ACTIONS = ['iam:putuserpolicy', 'iam:attachrolepolicy', 'iam:createpolicyversion', 'iam:passrole']

/**
 * The most that any of these may do together. A permissions boundary limits them. Conditions in permissions are not
 * weighed: where one limits an administrator, the answer is still `admin`.
 */
export function powerOf(permitted: readonly Permitted[], documents: Documents): Power {
  const [subject] = permitted
  const power = strongest(permitted.map(each => ownPower(each, documents)))
  const boundary = subject?.permissionsBoundary
  if (power !== 'admin' || !boundary) return power
  return policyPower(boundary, documents).admin ? 'admin' : 'write'
}

/** Whether they may give any role to a service: iam:PassRole on every resource. */
export function passesAnyRole(permitted: readonly Permitted[], documents: Documents): boolean {
  return permitted.some(({ attachedPolicies, inlinePolicies }) =>
    [...inlinePolicies.map(({ document }) => document), ...attachedPolicies.map(arn => documents.get(arn))].some(
      document =>
        (statementsOf(document) ?? []).some(
          statement => statement.allow && everywhere(statement) && coversAction(statement, 'iam:passrole'),
        ),
    ),
  )
}

/** Whether they may call an action at all, such as `ecr:putimage`. Deny is not weighed. */
export function mayCall(permitted: readonly Permitted[], documents: Documents, action: string): boolean {
  return permitted.some(({ attachedPolicies, inlinePolicies }) => {
    const own = [...inlinePolicies.map(({ document }) => document), ...attachedPolicies.map(arn => documents.get(arn))]
    return own.some(document =>
      (statementsOf(document) ?? []).some(
        statement => statement.allow && !statement.notAction && coversAction(statement, action),
      ),
    )
  })
}

interface Share {
  admin: boolean
  /** All of IAM, by which one can get every other permission. */
  iam: boolean
  write: boolean
}

function ownPower({ attachedPolicies, inlinePolicies }: Permitted, documents: Documents): Share {
  const shares = [
    ...attachedPolicies.map(arn => policyPower(arn, documents)),
    ...inlinePolicies.map(({ document }) => documentPower(document)),
  ]
  return joined(shares)
}

function joined(shares: readonly Share[]): Share {
  const any = (of: (share: Share) => boolean) => shares.some(of)
  return { admin: any(s => s.admin), iam: any(s => s.iam), write: any(s => s.write) }
}

function strongest(shares: readonly Share[]): Power {
  const { admin, iam, write } = joined(shares)
  if (admin || iam) return 'admin'
  return write ? 'write' : 'read'
}

function policyPower(arn: string, documents: Documents): Share {
  const name = AWS_POLICY.exec(arn)?.[1]
  if (name === undefined) return documentPower(documents.get(arn))
  if (name === 'AdministratorAccess') return { admin: true, iam: true, write: true }
  return { admin: false, iam: name === 'IAMFullAccess', write: !READ_ONLY.test(name) }
}

function documentPower(document: unknown): Share {
  return joined((statementsOf(document) ?? []).filter(({ allow }) => allow).map(statementPower))
}

function statementPower(statement: Statement): Share {
  const { actions, notAction } = statement
  const open = everywhere(statement)
  const all = open && (notAction ? !touchesIam(actions) : actions.some(action => /^\*(?::\*)?$/.test(action)))
  return {
    admin: all,
    iam: open && (all || IAM_ACTIONS.every(action => coversAction(statement, action))),
    write: notAction || actions.some(action => !READS.test(action)),
  }
}

function touchesIam(actions: readonly string[]): boolean {
  return actions.some(action => action.startsWith('iam:') || matches(action, 'iam:passrole'))
}

function everywhere({ resources, notResource }: Statement): boolean {
  return notResource || resources.some(resource => /^\*+$/.test(resource) || /^arn:[^:]+:iam::\*:\*$/.test(resource))
}
