import { otherCheck, otherChecks } from './category-of'
import { type FrameworkId, frameworkIds } from './frameworks'
import { controlTable } from './table'

/** The requirements of one framework that a control proves. */
export interface Requirements {
  framework: FrameworkId
  ids: string[]
}

/** The requirements of a framework that Hinomi knows controls for, by their result. */
export interface FrameworkSummary {
  id: FrameworkId
  requirements: number
  failing: number
  passing: number
  unknown: number
}

/** The requirements that a control, or a check without a canonical control, proves. */
export function requirementsOf(control: string): Requirements[] {
  const proved = (controlTable.named(control) ?? otherCheck(control))?.frameworks ?? {}
  return frameworkIds.flatMap(framework => {
    const ids = proved[framework]?.split(' ') ?? []
    return ids.length > 0 ? [{ framework, ids }] : []
  })
}

/** The controls of any of these frameworks, as findings name them. */
export function controlsOf(frameworks: readonly FrameworkId[]): string[] {
  const proves = (proved: Readonly<Record<string, string>> = {}) => frameworks.some(id => Object.hasOwn(proved, id))
  return [
    ...controlTable.controls.filter(row => proves(row.frameworks)).map(row => row.id),
    ...otherChecks.filter(check => proves(check.frameworks)).map(check => check.name),
  ]
}
