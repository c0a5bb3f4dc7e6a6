import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { RegionName } from '../identity/region'
import { isOfThisCentury, recentInstant } from '../text/century'
import { plainText } from '../text/plain-text'
import { mappingName } from './csv-mapping'
import { Coverage, ImportOrigin } from './import'
import { sourceIds } from './outcome'

/** Clocks differ a little; a report from further ahead would be newer than every one after it. */
const CLOCK_SKEW_MS = 5 * 60_000

/** Query parameters of POST /api/v1/imports. */
export const ImportQuery = z.strictObject({
  source: z
    .enum(sourceIds)
    .nullable()
    .default(null)
    .describe('Names the feed; recognised from the content where unset'),
  account: AccountId.nullable()
    .default(null)
    .describe('The account that the report is about, where its records name none'),
  region: RegionName.nullable()
    .default(null)
    .describe('The Region that a complete report tells all of, and that of records that name none'),
  mapping: mappingName.nullable().default(null).describe('Reads the report as CSV by the mapping of this name'),
  coverage: Coverage.default('partial').describe(
    'complete closes what the report no longer contains, where its records prove that it looked',
  ),
  observedAt: recentInstant
    .refine(isOfThisCentury, 'observedAtRange')
    .transform(text => new Date(text))
    .refine(at => at.getTime() <= Date.now() + CLOCK_SKEW_MS, { message: 'observedAtRange', params: { now: true } })
    .nullable()
    .default(null)
    .describe('When the report was made; when it arrives where unset'),
  wait: z.boolean().default(false).describe('Answer when the import is done'),
  force: z.boolean().default(false).describe('Import again what was imported within the last half hour'),
  origin: ImportOrigin.default('api'),
  fileName: plainText(255).nullable().default(null),
})
export type ImportQuery = z.infer<typeof ImportQuery>
