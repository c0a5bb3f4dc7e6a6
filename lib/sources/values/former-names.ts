import type { FormerNames, Outcome } from '../../domain/imports/outcome'

/** The names of an earlier version that differ from those of the outcome. */
export function formerNames(
  { control, region, resource }: Pick<Outcome, 'control' | 'region' | 'resource'>,
  before: FormerNames,
): { former?: FormerNames } {
  const former: FormerNames = {}
  if (before.control !== undefined && before.control !== control) former.control = before.control
  if (before.region !== undefined && before.region !== region) former.region = before.region
  if (before.resourceId !== undefined && before.resourceId !== resource.id) former.resourceId = before.resourceId
  return Object.keys(former).length > 0 ? { former } : {}
}
