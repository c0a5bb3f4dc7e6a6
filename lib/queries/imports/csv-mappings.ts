import 'server-only'
import type { Access } from '../../access/proof'
import { prisma } from '../../db'
import { CsvMapping } from '../../domain/imports/csv-mapping'
import type { CsvMappingView } from '../../domain/policies/views'

/** Every mapping, by name. */
export async function listCsvMappings(_access: Access<'imports:read'>): Promise<CsvMappingView[]> {
  const rows = await prisma().csvMapping.findMany({ orderBy: { name: 'asc' }, take: 500 })
  return rows.map(({ name, mapping, version, updatedBy, updatedAt }) => ({
    name,
    mapping: CsvMapping.parse(mapping),
    version,
    updatedBy,
    updatedAt,
  }))
}
