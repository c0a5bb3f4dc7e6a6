import 'server-only'
import type { Category } from '../../domain/controls/categories'
import { categoryOf } from '../../domain/controls/category-of'
import { controlTable } from '../../domain/controls/table'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../read'
import { among } from './among'

type Sql = Prisma.Sql
const { sql } = Prisma

/**
 * Findings of categories, as alternatives: each has an index of its own. Categories are those of the table in force, so that none
 * is stored with a finding. The names of posture controls are known from the reports; there are some hundred.
 */
export async function categoryMatches(categories: readonly Category[]): Promise<Sql[]> {
  const reported = await readPrimary<{ text: string }>(sql`SELECT text FROM search_text WHERE kind = 'control'`)
  const names = new Set([...reported.map(row => row.text), ...controlTable.controls.map(row => row.id)])
  const controls = [...names].filter(control => categories.includes(categoryOf({ class: 'posture', control })))
  const others: Sql[] = []
  if (controls.length > 0) others.push(sql`(f.class = 'posture' AND ${among(sql`f.control`, controls)})`)
  for (const kind of ['threat', 'vulnerability'] as const) {
    if (categories.includes(kind)) others.push(sql`(f.class = ${kind} AND f.class <> 'posture')`)
  }
  return others
}
