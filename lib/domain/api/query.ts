import { z } from 'zod'
import { AppError } from '../../errors'
import { AccountFilter } from '../accounts/filter'
import { exceptionLists } from '../exceptions/exception'
import { FindingFilter } from '../findings/filter'

/** The place in a list and how far to read on from it. */
const Paging = {
  cursor: z.string().max(1_000).nullable().default(null).describe('nextCursor of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
}

const Flag = z.enum(['true', 'false']).transform(text => text === 'true')

/** Query of GET /findings: the filters of the findings page. Lists are repeated or separated by commas. */
export const FindingsQuery = z.strictObject({
  ...FindingFilter.shape,
  owner: z
    .array(z.union([z.email(), z.uuid(), z.enum(['none', 'me'])]))
    .default([])
    .describe('E-mail addresses or ids of members; "none" is nobody, "me" the member who asks'),
  overdue: Flag.default(false),
  unconfirmed: Flag.default(false),
  import: z.coerce.number().int().positive().nullable().default(null),
  exception: z.coerce.number().int().positive().nullable().default(null),
  ...Paging,
})
export type FindingsQuery = z.infer<typeof FindingsQuery>

/** Query of GET /accounts. */
export const AccountsQuery = z.strictObject(AccountFilter.shape)

/** Query of GET /exceptions. */
export const ExceptionsQuery = z.strictObject({
  list: z.enum(exceptionLists).default('active').describe('`expiring`: active, and ending within 14 days'),
  ...Paging,
})

/** For a path that takes no parameters at all. */
export const NoQuery = z.strictObject({})

/**
 * The parameters of an address, checked. Throws `invalid` with the parameter's name in `field` where one is unknown or has a
 * value that is not allowed.
 */
export function parseQuery<S extends z.ZodObject>(schema: S, params: URLSearchParams): z.output<S> {
  const given: Record<string, unknown> = Object.create(null)
  for (const name of new Set(params.keys())) {
    const values = params.getAll(name)
    const shape = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined
    if (!shape) throw new AppError('invalid', { reason: 'parameter', field: name.slice(0, 100) })
    if (takesList(shape)) given[name] = values.flatMap(listOf)
    else if (values.length === 1) given[name] = values[0]
    else throw new AppError('invalid', { reason: 'parameterValue', field: name })
  }
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw new AppError('invalid', { reason: 'parameterValue', field: String(parsed.error.issues[0]?.path[0] ?? '') })
}

/** Parameters that stand once each. Throws `invalid` where one is repeated: nobody could tell which of its values counts. */
export function singleValues(params: URLSearchParams): Record<string, string> {
  const repeated = [...new Set(params.keys())].find(name => params.getAll(name).length > 1)
  if (repeated !== undefined) throw new AppError('invalid', { reason: 'parameterValue', field: repeated.slice(0, 100) })
  return Object.fromEntries(params)
}

/** Values separated by commas; one of their own is %2C, as in the addresses of our pages. */
function listOf(text: string): string[] {
  return text
    .split(',')
    .filter(value => value !== '')
    .map(value => value.replace(/%2C/gi, ','))
}

/** The body of a request, checked. Throws as parseQuery does for a field that is unknown, and as Zod does for a wrong one. */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const unknown = parsed.error.issues.find(issue => issue.code === 'unrecognized_keys')
  if (unknown) throw new AppError('invalid', { reason: 'parameter', field: (unknown.keys[0] ?? '').slice(0, 100) })
  throw parsed.error
}

function takesList(schema: z.core.$ZodType): boolean {
  return schema instanceof z.ZodDefault ? takesList(schema.unwrap()) : schema instanceof z.ZodArray
}
