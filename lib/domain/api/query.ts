import { z } from 'zod'
import { AppError } from '../../errors'
import { KeyFilter } from '../access-keys/filter'
import { AccountFilter } from '../accounts/filter'
import { CellFilter } from '../collection/coverage'
import { exceptionLists } from '../exceptions/exception'
import { exportFormats } from '../exports/cells'
import { FindingFilter, maxFilterValues } from '../findings/filter'
import { StandardFilter } from '../standard/filter'
import { atMost } from '../text/plain-text'
import { EntranceFilter } from '../waf/filter'

/** A position in a list and the number of items to read from it. */
const Paging = {
  cursor: atMost(z.string(), 1_000).nullable().default(null).describe('nextCursor of the page before'),
  limit: z.int().min(1).max(200).default(50),
}

/** Query of GET /findings: the filters of the findings page. Lists are repeated or separated by commas. */
export const FindingsQuery = z.strictObject({
  ...FindingFilter.shape,
  owner: z
    .array(z.union([z.email(), z.uuid(), z.enum(['none', 'me'])]))
    .max(maxFilterValues)
    .default([])
    .describe('E-mail addresses or ids of members; "none" is nobody, "me" the member who asks or who owns the token'),
  ...Paging,
})
export type FindingsQuery = z.infer<typeof FindingsQuery>

/** Query of GET /findings/export: the filters alone, since all rows are answered. */
export const ExportQuery = FindingsQuery.omit({ cursor: true, limit: true }).extend({
  format: z.enum(exportFormats).default('csv'),
})

/** Query of GET /accounts. */
export const AccountsQuery = z.strictObject({ ...AccountFilter.shape, ...Paging })

/** Query of GET /coverage. */
export const CoverageQuery = z.strictObject({ ...CellFilter.shape, ...Paging })

/** Query of GET /standard. */
export const StandardQuery = z.strictObject({ ...StandardFilter.shape, ...Paging })

/** Query of GET /access-keys. */
export const AccessKeysQuery = z.strictObject({ ...KeyFilter.shape, ...Paging })
/** Query of GET /entrances. */
export const EntrancesQuery = z.strictObject({ ...EntranceFilter.shape, ...Paging })

/** Query of GET /exceptions. */
export const ExceptionsQuery = z.strictObject({
  list: z.enum(exceptionLists).default('active').describe('`expiring`: active, and ending within 14 days'),
  ...Paging,
})

/** For a path that takes no parameters at all. */
export const NoQuery = z.strictObject({})

/**
 * The parameters of an address, checked. Throws `invalid` with the parameter's name in `field` if one is unknown or has
 * a value that is not allowed.
 */
export function parseQuery<S extends z.ZodObject>(schema: S, params: URLSearchParams): z.output<S> {
  const parsed = schema.safeParse(queryValues(schema, params))
  if (parsed.success) return parsed.data
  throw new AppError('invalid', { reason: 'parameterValue', field: String(parsed.error.issues[0]?.path[0] ?? '') })
}

/**
 * The parameters of an address as the types of a schema, which still has to check them. Throws `invalid` if one is
 * unknown, or is repeated and no list: it would not be clear which value counts.
 */
export function queryValues(schema: z.ZodObject, params: URLSearchParams): Record<string, unknown> {
  const given: Record<string, unknown> = Object.create(null)
  for (const name of new Set(params.keys())) {
    const values = params.getAll(name)
    const shape = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined
    if (!shape) throw new AppError('invalid', { reason: 'parameter', field: name.slice(0, 100) })
    const type = innerType(shape)
    const [only = '', ...others] = values
    if (type instanceof z.ZodArray) given[name] = values.flatMap(listOf)
    else if (others.length === 0) given[name] = fromText(type, only)
    else throw new AppError('invalid', { reason: 'parameterValue', field: name })
  }
  return given
}

/** Only a JSON number or boolean becomes one; any other text stays a text, which the schema refuses. */
function fromText(type: z.core.$ZodType, text: string): unknown {
  if (type instanceof z.ZodNumber && /^-?(0|[1-9]\d*)$/.test(text)) return Number(text)
  if (type instanceof z.ZodBoolean && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

/** Values separated by commas; one of their own is %2C, as in the addresses of our pages. */
function listOf(text: string): string[] {
  return text.split(',').map(value => value.replace(/%2C/gi, ','))
}

/** The body of a request, checked. Throws like parseQuery for an unknown field, and like Zod for an invalid one. */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const unknown = parsed.error.issues.find(issue => issue.code === 'unrecognized_keys')
  if (unknown) throw new AppError('invalid', { reason: 'parameter', field: (unknown.keys[0] ?? '').slice(0, 100) })
  const [first] = parsed.error.issues
  if (first && parsed.error.issues.every(isContradiction))
    throw new AppError('conflict', { reason: first.message, field: first.path.join('.') })
  throw parsed.error
}

/** Marks a check of fields against each other, which the document of the API cannot state: 409 instead of 400. */
function isContradiction(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'custom' && issue.params?.contradiction === true
}

/** The values of a parameter in an address: an absent one takes its default, so that no text means null. */
export function innerType(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodNullable ? innerType(schema.unwrap()) : schema
}
