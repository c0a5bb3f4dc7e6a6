import type { Kind } from '../resources'

/** A Security Hub control: id, kind of resource, title, and what it looks for. lib/domain knows its severity. */
export type Control = readonly [id: string, kind: Kind, title: string, checks: string]
