import { z } from 'zod'
import { ApiImport } from './imports'

/** The imports of an archive of reports. */
export const ApiArchive = z.strictObject({
  imports: z
    .array(
      z.strictObject({
        id: z.int(),
        fileName: z.string().nullable().describe('Path in the archive'),
        duplicate: z.boolean().describe('The same bytes were imported just before; this is that import'),
        import: ApiImport.nullable().describe('Its counts, with wait=true'),
      }),
    )
    .describe('One for each report in the archive, in its order'),
  skipped: z
    .array(
      z.strictObject({
        fileName: z.string(),
        reason: z.enum(['directory', 'hidden', 'link', 'empty', 'not_a_report']),
      }),
    )
    .describe('Files of the archive that were not imported'),
})
