import type { Kind } from '../resources'

/** A Security Hub control: id, kind of resource, title, and the condition it checks. Its severity is in lib/domain. */
export type Control = readonly [id: string, kind: Kind, title: string, checks: string]
