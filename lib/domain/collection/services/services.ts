import type { Texts } from '../../../sources/definition'
import { wafChecks } from '../../checks/waf/waf'
import type { CollectorId } from '../collectors'
import names from './service-names.json'

export type ServiceId = keyof typeof names

/** A service that an account pays for and that reports no findings: what reads it, and what shows that it is in use. */
export interface ServiceDefinition {
  /** It is stored with openings and prices, and is no id of a source. */
  readonly id: ServiceId
  readonly name: Texts
  readonly collectors: readonly CollectorId[]
  /** An account with a resource of this type, with these data, uses it. */
  readonly inUse: { readonly type: string; readonly data: Readonly<Record<string, string>> }
  /** usage: what is used is charged for; subscription: a fee is due whether it is used or not. */
  readonly cost: 'usage' | 'subscription'
  /** The controls of Hinomi's own checks of how it is operated. */
  readonly controls: readonly string[]
}

function service(id: ServiceId, definition: Omit<ServiceDefinition, 'id' | 'name'>): ServiceDefinition {
  return { id, name: names[id], ...definition }
}

/** In the order of pages. Prices: https://aws.amazon.com/waf/pricing/, https://aws.amazon.com/shield/pricing/ */
export const services: readonly ServiceDefinition[] = [
  service('waf', {
    collectors: ['waf', 'waf-global'],
    inUse: { type: 'AWS::WAFv2::WebACL', data: {} },
    cost: 'usage',
    controls: [...new Set(wafChecks.flatMap(({ controls }) => controls))],
  }),
  service('shield', {
    collectors: ['protection'],
    inUse: { type: 'AWS::Shield::Subscription', data: { state: 'ACTIVE' } },
    cost: 'subscription',
    controls: [],
  }),
  service('firewall-manager', {
    collectors: ['protection'],
    inUse: { type: 'AWS::FMS::Policy', data: {} },
    cost: 'subscription',
    controls: [],
  }),
]

const byId: ReadonlyMap<string, ServiceDefinition> = new Map(services.map(each => [each.id, each]))

export function serviceDefinition(id: string): ServiceDefinition | undefined {
  return byId.get(id)
}
