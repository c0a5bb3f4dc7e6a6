import { hash } from 'node:crypto'
import { z } from 'zod'
import type { FindingClass } from '../imports/outcome'
import { type Category, categories } from './categories'
import checks from './data/checks.json'
import fallbacks from './data/fallbacks.json'
import { controlTable } from './table'

const CategoryName = z.enum(categories)

/** A check that no canonical control corresponds to. `frameworks` as in the table of controls. */
export const OtherCheck = z.strictObject({
  name: z.string().min(1),
  category: CategoryName,
  frameworks: z.record(z.string(), z.string()).optional(),
})
export type OtherCheck = z.infer<typeof OtherCheck>

/** Those checks: Prowler's by its Categories and ServiceName, Trusted Advisor's by pillar, the kinds of findings of other services. */
export const otherChecks: readonly OtherCheck[] = z.array(OtherCheck).parse(checks)
const byName = new Map(otherChecks.map(check => [check.name.toLowerCase(), check]))

/** For names in neither list: the beginning of a name, or the service that it begins with. */
const Fallbacks = z.strictObject({
  prefixes: z.record(z.string(), CategoryName),
  services: z.record(z.string(), CategoryName),
})
const known = Fallbacks.parse(fallbacks)
const prefixes = Object.entries(known.prefixes)
const services = new Map(Object.entries(known.services))

/** Identifies these lists: findings that were routed by others have to be again. */
export const categoriesDigest = hash('sha256', JSON.stringify([otherChecks, known])).slice(0, 8)

/** A check without a canonical control. Case does not matter. */
export function otherCheck(control: string): OtherCheck | null {
  return byName.get(control.toLowerCase()) ?? null
}

/** The category of a finding: the column of its control's row, else by its class and name. */
export function categoryOf({ class: kind, control }: { class: FindingClass; control: string }): Category {
  if (kind === 'threat') return 'threat'
  const listed = controlTable.named(control)?.category ?? otherCheck(control)?.category
  if (listed) return listed
  if (kind === 'vulnerability') return 'vulnerability'
  const name = control.toLowerCase()
  const prefix = prefixes.find(([begin]) => name.startsWith(begin))
  if (prefix) return prefix[1]
  // Only as Prowler (`iam_user_...`) and Security Hub (`IAM.33`) write the service of a check.
  const [service = '', rest] = name.split(/[_.]/, 2)
  return (rest ? services.get(service) : undefined) ?? 'other'
}
