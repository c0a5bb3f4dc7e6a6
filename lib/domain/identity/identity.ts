// What makes two records the same: `findingIdOf` for findings (the problem, whichever tool reports it), `sightingIdOf` for sightings (what
// one source reports about one thing). `problemOf` gives the problem by its shared names, `ownProblemOf` by the names of the record.

import { hash } from 'node:crypto'
import { controlTable, type Problem } from '../controls/table'
import { ownThreatId } from '../feeds/feed-definitions'
import type { FindingClass, Outcome } from '../imports/outcome'
import { isImage, type MachineImages, ownFixTarget, toFixTarget } from './fix-target'
import { resourceKey } from './region'

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

/** The fields that identify a sighting. */
export interface NamedSighting {
  class: FindingClass
  source: string
  product: string
  nativeId: string
  control: string
  region: string
  resourceId: string
  packageName: string
}

/**
 * The sighting's id within its account. The source's own record id is not enough: some tools give one id to different
 * resources or checks, and losing one of them would hide a problem. For a threat it is, because each record may name
 * another resource first.
 */
export function sightingIdOf(outcome: Outcome): string {
  const { class: kind, source, product, nativeId, control, region, resource, packageName, summary } = outcome
  return sightingIdFrom(kind, source, product, nativeId, summary ? '' : control, region, resource.id, packageName)
}

export function namedSightingId(named: NamedSighting): string {
  const { source, product, nativeId, control, region, resourceId, packageName } = named
  return sightingIdFrom(named.class, source, product, nativeId, control, region, resourceId, packageName)
}

function sightingIdFrom(
  kind: FindingClass,
  source: string,
  product: string,
  nativeId: string,
  ...rest: string[]
): string {
  if (kind === 'threat') return toUuid([source, product, 'threat', ownThreatId(nativeId)])
  return toUuid([source, product, nativeId, ...rest])
}

/** The problem of a record under the source's own names. */
export function ownProblemOf({ control, accountId, region, resource }: Outcome): Problem {
  return { control, accountId, region, resourceId: resource.id }
}

const noImages: MachineImages = new Map()

/**
 * The problem of a record under canonical names: posture by the table of controls, a vulnerability by what has to be
 * fixed.
 */
export function problemOf(outcome: Outcome, images: MachineImages = noImages): Problem {
  switch (outcome.class) {
    case 'posture': {
      const { control, source, accountId, region, resource } = outcome
      const named = { control, source, accountId, region, resourceId: resource.id, resourceType: resource.type }
      return controlTable.problemOf(named)
    }
    case 'vulnerability':
      return toFixTarget(ownProblemOf(outcome), outcome.machineImage ?? null, images)
    case 'threat':
      return ownProblemOf(outcome)
  }
}

/** The problem of a record whose sighting was unmerged. */
export function problemApart(outcome: Outcome): Problem {
  const own = ownProblemOf(outcome)
  return outcome.class === 'vulnerability' ? ownFixTarget(own) : own
}

/**
 * The finding's id within its account, by class. Posture: region, resource, control under canonical names, and what
 * else separates it (see partOf). Vulnerability: CVE, resource, and the package unless all packages are rebuilt
 * together. Threat: the source's own finding id, since the source aggregates.
 */
export function findingIdOf(outcome: Outcome, problem: Problem = problemOf(outcome)): string {
  return namedFindingId(outcome, problem)
}

/** The fields of a record that identify a problem. `control` is the source's own name. */
export type Said = Pick<Outcome, 'class' | 'source' | 'nativeId' | 'control' | 'packageName' | 'byRecord'>

export function namedFindingId(reported: Said, problem: Problem): string {
  switch (reported.class) {
    case 'threat':
      return toUuid(['threat', ownThreatId(reported.nativeId)])
    case 'vulnerability':
      return problemIdOf('vulnerability', { ...problem, packageName: reported.packageName })
    case 'posture':
      return postureIdOf(problem, partOf(reported))
  }
}

/**
 * What separates a posture problem from others of the same control and resource: the record's own id if the tool names
 * no check, or the part of the resource that the check names. Empty if tools share a name for the control.
 */
export function partOf({ byRecord, nativeId, packageName, control, source }: Said): string {
  if (byRecord) return nativeId
  return packageName === '' || controlTable.find(control, source) ? '' : packageName
}

/** The id of a resource within its account. */
export function assetIdOf({ region, type, arn }: { region: string; type: string; arn: string }): string {
  return toUuid(['asset', region, type, arn])
}

/**
 * The finding of the remaining problems, until their next report, after the first of several problems of one finding
 * moved away.
 */
export function remainderIdOf(findingId: string): string {
  return toUuid(['remainder', findingId])
}

/** The fields of a stored sighting that identify its problem. */
export interface Named extends Problem {
  packageName: string
}

/** The id of the finding of a problem under canonical names. 32 hexadecimal digits, as everywhere in this file. */
export function problemIdOf(kind: Exclude<FindingClass, 'threat'>, problem: Named): string {
  if (kind === 'posture') return postureIdOf(problem, problem.packageName)
  return vulnerabilityIdOf(isImage(problem.resourceId) ? { ...problem, packageName: '' } : problem)
}

/** The finding id of a record under its source's own names, as if it were not grouped. */
export function ownIdOf(kind: FindingClass, own: Omit<Named, 'accountId'>): string {
  if (kind === 'vulnerability') return vulnerabilityIdOf(own)
  const { region, resourceId, control, packageName } = own
  return toUuid(['posture', region, resourceId, control, ...(packageName === '' ? [] : [packageName])])
}

function vulnerabilityIdOf({
  control,
  resourceId,
  packageName,
}: Pick<Named, 'control' | 'resourceId' | 'packageName'>): string {
  return toUuid(['vulnerability', control, resourceId, packageName])
}

function postureIdOf({ accountId, region, resourceId, control }: Problem, part: string): string {
  return toUuid(['posture', region, resourceKey(accountId, resourceId), control, ...(part === '' ? [] : [part])])
}

/**
 * The content hash of a record whose sender may not close findings. It differs from that of the same record of a sender
 * who may.
 */
export function unprovenHash(contentHash: bigint): bigint {
  return contentHash ^ 1n
}

/** 64 bits over everything a page shows of a sighting, but the record's own times, which move with each check. */
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
    ...(outcome.suppression ? [JSON.stringify(outcome.suppression)] : []),
    ...(outcome.facts ? [JSON.stringify(outcome.facts)] : []),
  ])
  return BigInt.asIntN(64, BigInt(`0x${hex.slice(0, 16)}`))
}
