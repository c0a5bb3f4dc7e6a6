import type { Control } from './control'
import { dataControls } from './data'
import { infrastructureControls } from './infrastructure'

/** https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html */
export const controls: readonly Control[] = [...dataControls, ...infrastructureControls]
