import { z } from 'zod'
import { Severity } from '../findings/severity'
import { filledText } from '../text/plain-text'
import { results } from './outcome'

const Column = filledText(200)
const Optional = Column.nullable().default(null)
/** Words in a tool's cells, in any case. */
const Words = <T extends z.ZodType>(meaning: T) => z.record(filledText(200), meaning).default({})

/** How the CSV of a tool is read: the meaning of its columns and of its words. */
export const CsvMapping = z
  .strictObject({
    product: filledText(100),
    class: z.enum(['posture', 'vulnerability']),
    columns: z.strictObject({
      /** Without it, the account that the importer names. */
      account: Optional,
      region: Optional,
      resource: Column,
      resourceType: Optional,
      control: Column,
      title: Optional,
      description: Optional,
      severity: Optional,
      /** Without it every row is a problem. */
      status: Optional,
      id: Optional,
      date: Optional,
      package: Optional,
    }),
    severities: Words(Severity),
    /** Used if there is no column of severities. */
    severity: Severity.default('medium'),
    statuses: Words(z.enum(results)),
  })
  .refine(mapping => Object.keys(mapping.severities).length + Object.keys(mapping.statuses).length <= 200, 'tooMany')
export type CsvMapping = z.infer<typeof CsvMapping>

export const mappingName = filledText(60)
export const SaveCsvMapping = z.strictObject({
  name: mappingName,
  mapping: CsvMapping,
  /** The version that the editor saw; null for a new one. */
  seen: z.int().nullable(),
})
export type SaveCsvMapping = z.infer<typeof SaveCsvMapping>
export const DropCsvMapping = z.strictObject({ name: mappingName })
/** The beginning of a file, to see how a mapping reads it. */
export const PreviewCsv = z.strictObject({ mapping: CsvMapping.nullable(), head: z.string().max(300_000) })
export type PreviewCsv = z.infer<typeof PreviewCsv>
