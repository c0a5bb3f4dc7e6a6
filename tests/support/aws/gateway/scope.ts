/** Which calls a rule speaks of; what is left out fits every call. */
export interface Scope {
  account?: string
  region?: string
  /** Name of the client's package, such as "securityhub" or "elastic-load-balancing-v2". */
  service?: string
  operation?: string
}

export function fits(scope: Scope, call: Required<Scope>): boolean {
  return (['account', 'region', 'service', 'operation'] as const).every(
    part => scope[part] === undefined || scope[part] === call[part],
  )
}
