import type { Kind } from '../resources'
import { dataControls } from './data'
import { infrastructureControls } from './infrastructure'

/** A Security Hub control: id, kind of resource, title, and what it looks for. Its severity stands in lib/domain. */
export type Control = readonly [id: string, kind: Kind, title: string, checks: string]

/** https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html */
export const controls: readonly Control[] = [...dataControls, ...infrastructureControls]
