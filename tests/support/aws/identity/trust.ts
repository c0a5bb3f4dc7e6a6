import { matches } from '../gateway/permissions'

interface Statement {
  Effect: string
  Action: string | string[]
  Principal?: string | Record<string, string | string[]>
  Condition?: Record<string, Record<string, string | string[]>>
}

export interface Assumption {
  account: string
  /** The role behind the session, or the user. */
  principalArn: string
  sessionArn: string
  externalId: string | null
  organization: string | null
}

/** Whether a trust policy lets a principal assume its role. A condition that is not known here refuses. */
export function mayAssume(policy: { Statement: Statement | Statement[] }, by: Assumption): boolean {
  const statements = listOf(policy.Statement).filter(statement => {
    const covers = listOf(statement.Action).some(action => matches(action, 'sts:AssumeRole'))
    return covers && namesPrincipal(statement, by) && meets(statement, by)
  })
  return statements.length > 0 && statements.every(({ Effect }) => Effect === 'Allow')
}

function namesPrincipal({ Principal }: Statement, by: Assumption): boolean {
  if (Principal === undefined) return false
  if (typeof Principal === 'string') return Principal === '*'
  const names = ['*', by.account, `arn:aws:iam::${by.account}:root`, by.principalArn, by.sessionArn]
  return listOf(Principal.AWS ?? []).some(name => names.includes(name))
}

function meets({ Condition = {} }: Statement, by: Assumption): boolean {
  const facts: Record<string, string | null> = {
    'sts:externalid': by.externalId,
    'aws:principalarn': by.principalArn,
    'aws:principalaccount': by.account,
    'aws:principalorgid': by.organization,
  }
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => holds(operator, facts[key.toLowerCase()] ?? null, listOf(wanted))),
  )
}

function holds(operator: string, fact: string | null, wanted: string[]): boolean {
  if (operator === 'Null') return wanted.includes(String(fact === null))
  if (fact === null) return false
  if (operator === 'StringEquals') return wanted.includes(fact)
  return ['StringLike', 'ArnLike', 'ArnEquals'].includes(operator) && wanted.some(pattern => matches(pattern, fact))
}

function listOf<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value]
}
