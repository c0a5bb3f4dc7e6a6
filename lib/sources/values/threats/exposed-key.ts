import type { ThreatFacts } from '../../../domain/findings/facts'
import { looseInstant, looseText } from '../loose'

/** A value of a check with the name of its column. */
interface Cell {
  column: string
  text: string
}

/**
 * What Trusted Advisor's "Exposed Access Keys" says of a key, by the columns of the check; null if they do not fit. It tells when
 * AWS last changed what it knows of the key, but not how often the key was used.
 * https://docs.aws.amazon.com/awssupport/latest/user/security-checks.html#exposed-access-keys
 */
function exposedKeyFacts(cells: readonly Cell[]): ThreatFacts | null {
  const textOf = (name: string) => looseText(cells.find(({ column }) => column === name)?.text)
  const [accessKeyId, user] = [textOf('Access Key ID'), textOf('User Name (IAM or Root)')]
  if (accessKeyId === null) return null
  return {
    kind: 'threat',
    principal: user,
    principalType: user === null ? null : /^root$|^<root_account>$/i.test(user) ? 'Root' : 'IAMUser',
    accessKeyId,
    remotes: [],
    action: textOf('Fraud Type'),
    api: null,
    service: null,
    domain: null,
    port: null,
    protocol: null,
    direction: null,
    userAgent: null,
    threatLists: [],
    detectorId: null,
    firstSeen: null,
    lastSeen: looseInstant(textOf('Time Updated')),
    count: null,
    sample: false,
  }
}

/**
 * What differs for the records of an incident. The time of a check is none of the incident: every run of the check would look like
 * more of it, and reopen a threat with a verdict.
 */
export function incidentOf(
  kind: 'posture' | 'threat',
  cells: readonly Cell[],
): { facts: ThreatFacts | null; updatedAt: null } | null {
  return kind === 'threat' ? { facts: exposedKeyFacts(cells), updatedAt: null } : null
}
