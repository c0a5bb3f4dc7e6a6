import type { Texts } from '../../../sources/definition'
import type { CheckDefinition } from '../../checks/check'
import { alarmsIdle } from '../../checks/neglect/alarms'
import { storageChecks } from '../../checks/standard/storage'
import { trailChecks } from '../../checks/standard/trails'
import { wafChecks } from '../../checks/waf/waf'
import type { CollectorId } from '../collectors'
import names from './names.json'

export type PaidServiceId = keyof typeof names

/**
 * A paid service that reports no findings itself: which collectors read it, and which resource shows that it is in use.
 */
export interface PaidServiceDefinition {
  /** It is stored with openings and prices, and is no id of a source. */
  readonly id: PaidServiceId
  readonly name: Texts
  readonly collectors: readonly CollectorId[]
  /** An account with a resource of this type, with these data, uses it. */
  readonly inUse: { readonly type: string; readonly data: Readonly<Record<string, string>> }
  /** usage: charged by use; part: by use, above what is free; subscription: a fee is due whether it is used or not. */
  readonly cost: 'usage' | 'part' | 'subscription'
  /** The controls of how it is operated. Whoever opens one of their findings has opened the service. */
  readonly controls: readonly string[]
  /** The page that shows the service. Whoever opens it has opened the service. */
  readonly page?: '/waf'
}

function controlsOf(checks: readonly CheckDefinition[]): string[] {
  return [...new Set(checks.flatMap(({ controls }) => controls))]
}

function service(id: PaidServiceId, definition: Omit<PaidServiceDefinition, 'id' | 'name'>): PaidServiceDefinition {
  return { id, name: names[id], ...definition }
}

/**
 * In the order of pages: what protects, records, backs up or encrypts and is charged for. Workloads are not listed, and
 * neither are AWS Budgets, which are free as long as they only notify. Prices: https://aws.amazon.com/waf/pricing/,
 * https://aws.amazon.com/shield/pricing/, https://aws.amazon.com/firewall-manager/pricing/,
 * https://aws.amazon.com/cloudtrail/pricing/, https://aws.amazon.com/kms/pricing/,
 * https://aws.amazon.com/backup/pricing/, https://aws.amazon.com/cloudwatch/pricing/
 */
export const paidServices: readonly PaidServiceDefinition[] = [
  service('waf', {
    collectors: ['waf', 'waf-global'],
    inUse: { type: 'AWS::WAFv2::WebACL', data: {} },
    cost: 'usage',
    controls: controlsOf(wafChecks),
    page: '/waf',
  }),
  service('shield', {
    collectors: ['protection'],
    inUse: { type: 'AWS::Shield::Subscription', data: { state: 'ACTIVE' } },
    cost: 'subscription',
    controls: [],
    page: '/waf',
  }),
  service('firewall-manager', {
    collectors: ['protection'],
    inUse: { type: 'AWS::FMS::Policy', data: {} },
    cost: 'subscription',
    controls: [],
    page: '/waf',
  }),
  service('cloudtrail', {
    collectors: ['cloudtrail'],
    inUse: { type: 'AWS::CloudTrail::Trail', data: {} },
    cost: 'part',
    controls: controlsOf(trailChecks),
  }),
  service('cloudwatch', {
    collectors: ['metrics'],
    inUse: { type: 'AWS::CloudWatch::Alarm', data: {} },
    cost: 'part',
    controls: controlsOf([alarmsIdle]),
  }),
  service('kms', {
    collectors: ['kms'],
    inUse: { type: 'AWS::KMS::Key', data: {} },
    cost: 'usage',
    controls: controlsOf(storageChecks.filter(({ needs }) => needs.includes('kms'))),
  }),
  // No check of Hinomi reads AWS Backup: Security Hub reports this control.
  service('backup', {
    collectors: ['backup'],
    inUse: { type: 'AWS::Backup::BackupPlan', data: {} },
    cost: 'usage',
    controls: ['Backup.1'],
  }),
]

const byId: ReadonlyMap<string, PaidServiceDefinition> = new Map(paidServices.map(each => [each.id, each]))

/** The definition of a paid service; undefined for an id that this version does not know. */
export function paidServiceDefinition(id: string): PaidServiceDefinition | undefined {
  return byId.get(id)
}

/** The services that the findings of these controls are about. */
export function paidServicesOfControls(controls: readonly string[]): PaidServiceId[] {
  const wanted = new Set(controls)
  return paidServices.filter(each => each.controls.some(control => wanted.has(control))).map(({ id }) => id)
}

/** The services that a page shows. */
export function paidServicesOfPage(page: NonNullable<PaidServiceDefinition['page']>): PaidServiceId[] {
  return paidServices.filter(each => each.page === page).map(({ id }) => id)
}
