import { hash } from 'node:crypto'
import { equivalence, type Problem } from './equivalence'
import type { Outcome } from './outcome'

const SEPARATOR = '\u0000'

/** SHA-256 as hexadecimal digits. The one-shot form is three times as fast, and every record needs several. */
function digest(parts: readonly string[]): string {
  return hash('sha256', parts.join(SEPARATOR), 'hex')
}

/** A digest as a UUID of version 8 (RFC 9562, section 5.8), its 32 hexadecimal digits without dashes. */
function toUuid(parts: readonly string[]): string {
  const hex = digest(parts)
  const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) & 3]
  return `${hex.slice(0, 12)}8${hex.slice(13, 16)}${variant}${hex.slice(17, 32)}`
}

/**
 * The sighting's id within its account. The source's own record id alone is not enough: tools are met that give one id
 * to different resources or checks, and losing one of them would hide a problem.
 */
export function sightingIdOf(outcome: Outcome): string {
  return toUuid([
    outcome.source,
    outcome.product,
    outcome.nativeId,
    outcome.control,
    outcome.region,
    outcome.resource.id,
    outcome.packageName,
  ])
}

/** What a source itself says that its statement is about. */
export function ownProblemOf({ control, accountId, region, resource }: Outcome): Problem {
  return { control, accountId, region, resourceId: resource.id }
}

/** What a statement is about, under the names that all tools share. Only posture has such names. */
export function problemOf(outcome: Outcome): Problem {
  const own = ownProblemOf(outcome)
  return outcome.class === 'posture' ? equivalence.problemOf(own) : own
}

/**
 * The finding's id within its account, by class. Posture: region, resource, control, as the problem is named whichever tool
 * reports it. Vulnerability: CVE, resource, package. Threat: the source's own finding id, since the source aggregates.
 */
export function findingIdOf(outcome: Outcome, problem: Problem = problemOf(outcome)): string {
  switch (outcome.class) {
    case 'posture':
      return postureIdOf(problem)
    case 'vulnerability':
      return toUuid(['vulnerability', outcome.control, outcome.resource.id, outcome.packageName])
    case 'threat':
      return toUuid(['threat', threatIdOf(outcome.nativeId)])
  }
}

/** 32 hexadecimal digits. */
export function postureIdOf({ region, resourceId, control }: Omit<Problem, 'accountId'>): string {
  return toUuid(['posture', region, resourceId, control])
}

/** Security Hub and OCSF name a finding of GuardDuty by its ARN, GuardDuty itself by the id at the end: one finding. */
const GUARDDUTY_ARN = /^arn:[^:]+:guardduty:[^:]*:\d{12}:detector\/[^/]+\/finding\/([^/]+)$/

function threatIdOf(nativeId: string): string {
  return GUARDDUTY_ARN.exec(nativeId)?.[1] ?? nativeId
}

/** 64 bits over everything a page shows of a sighting; never over dates or counters, which move without a change. */
export function contentHashOf(outcome: Outcome): bigint {
  const hex = digest([
    outcome.result,
    outcome.severity,
    outcome.title,
    outcome.description,
    outcome.remediationText,
    outcome.remediationUrl,
    outcome.resource.type,
    ...outcome.otherResources.flatMap(resource => [resource.id, resource.type]),
    ...(outcome.tags ? [JSON.stringify(outcome.tags)] : []),
  ])
  return BigInt.asIntN(64, BigInt(`0x${hex.slice(0, 16)}`))
}
