import 'server-only'
import { type Access, requireAllAccounts } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import { CsvMapping, type SaveCsvMapping } from '../../domain/imports/csv-mapping'
import { AppError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../../sql/read'
import { executeIn } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'

const { sql } = Prisma

/**
 * Saves a mapping under its name. Throws `conflict` if the name is taken, or if the mapping changed since version
 * `seen`.
 */
export async function saveCsvMapping(
  access: Access<'accounts:manage'>,
  input: SaveCsvMapping,
): Promise<{ name: string }> {
  requireAllAccounts(access)
  const { name, mapping, seen } = input
  await prisma().$transaction(async tx => {
    const changed =
      seen === null
        ? await executeIn(
            tx,
            sql`INSERT INTO csv_mapping (name, mapping, updated_by, updated_at)
              VALUES (${name}, ${JSON.stringify(mapping)}::jsonb, ${access.actor.name}, ${now()}::timestamptz) ON CONFLICT DO NOTHING`,
          )
        : await executeIn(
            tx,
            sql`UPDATE csv_mapping SET mapping = ${JSON.stringify(mapping)}::jsonb, version = version + 1,
                updated_by = ${access.actor.name}, updated_at = ${now()}::timestamptz
              WHERE name = ${name} AND version = ${seen}`,
          )
    if (changed === 0)
      throw new AppError('conflict', { reason: seen === null ? 'mappingExists' : 'policyChanged', field: 'name' })
    await recordAudit(tx, access, { action: 'mapping.save', target: `mapping:${name}`, detail: { mapping } })
  })
  return { name }
}

/** Deletes a mapping. Earlier imports keep their copy. Throws NotFoundError. */
export async function dropCsvMapping(access: Access<'accounts:manage'>, input: { name: string }): Promise<void> {
  requireAllAccounts(access)
  await prisma().$transaction(async tx => {
    const { count } = await tx.csvMapping.deleteMany({ where: { name: input.name } })
    if (count === 0) throw new NotFoundError()
    await recordAudit(tx, access, { action: 'mapping.drop', target: `mapping:${input.name}` })
  })
}

/** The mapping with a name, for an import. Throws `conflict` if there is none. */
export async function csvMappingOf(_access: Access<'imports:write'>, name: string): Promise<CsvMapping> {
  const rows = await readPrimary<{ mapping: unknown }>(sql`SELECT mapping FROM csv_mapping WHERE name = ${name}`)
  if (!rows[0]) throw new AppError('conflict', { reason: 'noMapping', params: { name }, field: 'mapping' })
  return CsvMapping.parse(rows[0].mapping)
}
