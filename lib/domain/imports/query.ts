import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { RegionName } from '../identity/region'
import { isOfThisCentury, recentInstant } from '../text/century'
import { plainText } from '../text/plain-text'
import { mappingName } from './csv-mapping'
import { Coverage, ImportOrigin } from './import'
import { sourceIds } from './outcome'

/** Tolerance for clocks; a report dated further ahead would be newer than all later ones. */
const CLOCK_SKEW_MS = 5 * 60_000

/** Query parameters of POST /api/v1/imports. */
export const ImportQuery = z.strictObject({
  source: z.enum(sourceIds).nullable().default(null).describe('Names the feed; recognized from the content if unset'),
  account: AccountId.nullable().default(null).describe('The account of the report, if its records name none'),
  region: RegionName.nullable()
    .default(null)
    .describe('The Region that a complete report covers, and that of records that name none'),
  mapping: mappingName.nullable().default(null).describe('Reads the report as CSV by the mapping of this name'),
  coverage: Coverage.default('partial').describe(
    'complete closes findings that the report no longer contains, if its records prove that it looked',
  ),
  observedAt: recentInstant
    .refine(isOfThisCentury, 'observedAtRange')
    .transform(text => new Date(text))
    .refine(at => at.getTime() <= Date.now() + CLOCK_SKEW_MS, { message: 'observedAtRange', params: { now: true } })
    .nullable()
    .default(null)
    .describe('When the report was made; its arrival if unset'),
  wait: z.boolean().default(false).describe('Answer when the import is done'),
  force: z
    .boolean()
    .default(false)
    .describe('Import again even if the same report was imported within the last half hour'),
  origin: ImportOrigin.default('api'),
  fileName: plainText(255).nullable().default(null),
})
export type ImportQuery = z.infer<typeof ImportQuery>
