import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { RegionName } from '../identity/region'
import { mappingName } from './csv-mapping'
import { sourceIds } from './outcome'

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform(text => text === 'true')
const YEAR_2000 = Date.UTC(2000, 0, 1)
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
  coverage: z
    .enum(['complete', 'partial'])
    .default('partial')
    .describe('complete closes what the report no longer contains, where its records prove that it looked'),
  observedAt: z.iso
    .datetime({ offset: true })
    .transform(text => new Date(text))
    .refine(at => at.getTime() >= YEAR_2000 && at.getTime() <= Date.now() + CLOCK_SKEW_MS, 'observedAtRange')
    .nullable()
    .default(null)
    .describe('When the report was made; when it arrives where unset'),
  wait: flag.describe('Answer when the import is done'),
  force: flag.describe('Import again what was imported within the last half hour'),
  origin: z.enum(['api', 'browser', 'command']).default('api'),
  fileName: z.string().trim().max(255).nullable().default(null),
})
export type ImportQuery = z.infer<typeof ImportQuery>
