import { operationsByPolicy } from '../../lib/aws/operations'
import type { Operation } from '../../lib/aws/operations/operation'
import { rates } from '../../lib/aws/operations/rates'
import { code, heading, table } from './markdown'

const titles: Readonly<Record<keyof typeof operationsByPolicy, string>> = {
  collector: 'Role of every account',
  organization: 'In addition: role of the management or delegated account',
  caller: "Hinomi's own identity",
  push: 'Queue of events, by its own policy',
  writeBack: 'Separate role for writing back, which is optional',
}

function rateOf({ rate }: Operation): string {
  const { perSecond, burst } = rates[rate]
  return `${perSecond}/s, ${burst} at once`
}

/** docs/reference/aws.md */
export function awsPage(): string {
  const sections = Object.entries(operationsByPolicy).map(([policy, operations]) => {
    const rows = Object.entries<Operation>(operations).map(([name, operation]) => [
      code(name),
      operation.iam.map(code).join(', '),
      rateOf(operation),
    ])
    return `## ${titles[policy as keyof typeof titles]}\n\n${table(['operation', 'needs', 'at most'], rows)}`
  })
  return `${heading('Operations of AWS', '`lib/aws/operations`')}
Hinomi calls no other operation. A service is named as the package of its client. Rates are those of one account in one Region.
A test compares this table with the SDK, the code and the policies ([decision 64](../decisions/0064-calling-aws.md)).

${sections.join('\n')}`
}
