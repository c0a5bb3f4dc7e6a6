import 'server-only'
import type { Category } from '../../domain/controls/categories'
import { categoryOf } from '../../domain/controls/category-of'
import { controlTable } from '../../domain/controls/table'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../read'
import { controlMatches } from './control-matches'
import type { Alternative } from './few'

const { sql } = Prisma

/**
 * Findings of categories, as alternatives: each has an index of its own. Categories are those of the table in force, so that none
 * is stored with a finding. The names of posture controls are known from the reports; there are some hundred.
 */
export async function categoryMatches(
  categories: readonly Category[],
  { open }: { open: boolean },
): Promise<Alternative[]> {
  const reported = await readPrimary<{ text: string }>(sql`SELECT text FROM search_text WHERE kind = 'control'`)
  const names = new Set([...reported.map(row => row.text), ...controlTable.controls.map(row => row.id)])
  const controls = [...names].filter(control => categories.includes(categoryOf({ class: 'posture', control })))
  const others = controls.length > 0 ? await controlMatches(controls, { open }) : []
  for (const kind of ['threat', 'vulnerability'] as const) {
    if (categories.includes(kind))
      others.push({ condition: sql`(f.class = ${kind} AND f.class <> 'posture')`, few: false })
  }
  return others
}
