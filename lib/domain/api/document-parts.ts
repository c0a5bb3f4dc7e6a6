import { z } from 'zod'
import { ApiAccessKey, ApiAccessKeys } from '../access-keys/api-keys'
import { ApiAttachment, ApiAttachments, ApiDeleted } from '../attachments/view'
import { ApiCell, ApiCoverage } from '../collection/api-coverage'
import { ApiAsked, ApiExceptions } from '../exceptions/api-exception'
import { ApiTeams } from '../people/api-team'
import { ApiResource } from '../resources/resource-view'
import { ApiStandard } from '../standard/api-standard'
import { ApiEntrance, ApiEntrances } from '../waf/api-entrance'
import { ApiArchive } from './archive'
import { ApiAudit } from './audit'
import { ApiImport, ApiQueued } from './imports'
import { ApiControlSeverities, ApiDuePolicy, ApiRoutingRules } from './policies'
import { innerType } from './query'
import {
  ApiAccount,
  ApiAccountDetail,
  ApiAccounts,
  ApiFinding,
  ApiFindingDetail,
  ApiFindings,
  ApiProblem,
} from './schemas'

/** Building blocks of the OpenAPI document. */

export type Json = Record<string, unknown>

export const answers = {
  AccessKey: ApiAccessKey,
  AccessKeys: ApiAccessKeys,
  Account: ApiAccount,
  AccountDetail: ApiAccountDetail,
  Accounts: ApiAccounts,
  Archive: ApiArchive,
  Asked: ApiAsked,
  Attachment: ApiAttachment,
  Attachments: ApiAttachments,
  Audit: ApiAudit,
  Cell: ApiCell,
  ControlSeverities: ApiControlSeverities,
  Coverage: ApiCoverage,
  Standard: ApiStandard,
  Deleted: ApiDeleted,
  DuePolicy: ApiDuePolicy,
  Entrance: ApiEntrance,
  Entrances: ApiEntrances,
  Exceptions: ApiExceptions,
  Finding: ApiFinding,
  FindingDetail: ApiFindingDetail,
  Findings: ApiFindings,
  Import: ApiImport,
  Queued: ApiQueued,
  Resource: ApiResource,
  RoutingRules: ApiRoutingRules,
  Teams: ApiTeams,
  Problem: ApiProblem,
}

export function operation(operationId: string, summary: string, needs: string, rest: Json): Json {
  return { operationId, summary, description: `Needs ${needs}.`, ...rest }
}

export const meanings: Record<number, string> = {
  200: 'Done',
  202: 'Stored; it will be imported',
  400: 'A parameter or field is unknown or wrong; `field` or `errors` names it',
  401: 'No valid token',
  403: 'The token does not permit this',
  404: 'There is none, or it lies outside the accounts of the token',
  409: 'Not possible now: of something that has changed, or with a value that fits nothing there is, such as a date that is over, a member who is gone, or a team that does not exist',
  413: 'Too large',
  431: 'The address and the headers are larger than 16 KB. Node.js answers this itself, without a body',
  429: 'Too many requests, or too many reports of the sender are waiting; Retry-After gives the seconds',
  503: 'The database is not available; Retry-After gives the seconds',
  507: 'Nothing can be stored: the disk is full or read-only. Reports get this also while the database is not available. Retry-After gives the seconds',
}

export function answer(name: keyof typeof answers, ...others: (keyof typeof answers)[]): Json {
  const schema = others.length === 0 ? ref(name) : { oneOf: [name, ...others].map(ref) }
  const isQueued = name === 'Queued'
  return {
    description: meanings[isQueued ? 202 : 200],
    ...(isQueued && { headers: headers('Location') }),
    content: { 'application/json': { schema } },
  }
}

function headers(name: string): Json {
  return { [name]: { schema: { type: 'string' } } }
}

/** Answers that ask the sender to wait. */
const RETRIED = [429, 503, 507]

/** Error answers: those of every operation, and those of this one. */
export function problems(...statuses: number[]): Json {
  const content = { 'application/problem+json': { schema: ref('Problem') } }
  const documents = [400, 401, 403, ...statuses, 429, 503].map(status => {
    const header = status === 401 ? 'WWW-Authenticate' : RETRIED.includes(status) ? 'Retry-After' : null
    return [status, { description: meanings[status], ...(header && { headers: headers(header) }), content }]
  })
  return { ...Object.fromEntries(documents), 431: { description: meanings[431] } }
}

export function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` }
}

export function toSchema(schema: z.core.$ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io })
  return rest
}

export function inPath(name: string, schema: z.ZodType): Json {
  return { name, in: 'path', required: true, schema: toSchema(schema, 'input') }
}

/** One parameter per field. */
export function queryOf(schema: z.ZodObject): Json[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const schema = parameterSchema(field)
    return {
      name,
      in: 'query',
      required: !field.safeParse(undefined).success,
      style: 'form',
      explode: false,
      schema,
      ...(schema.type === 'array' ? { description: LIST } : {}),
    }
  })
}

/** The values that may be sent: no text is null, no list is empty, and a comma separates values of a list. */
function parameterSchema(field: z.core.$ZodType): Json {
  const { default: standard, description } = toSchema(field, 'input')
  const type = innerType(field)
  const schema = { ...toSchema(type, 'input'), ...(description !== undefined && { description }) }
  if (!(type instanceof z.ZodArray)) return standard === null ? schema : { ...schema, default: standard }
  const items = toSchema(type.element, 'input')
  const isText = type.element instanceof z.ZodString && items.pattern === undefined
  return { ...schema, minItems: 1, ...(isText && { items: { ...items, minLength: 1, pattern: '^[^,]+$' } }) }
}

const LIST =
  'Values separated by commas, or the parameter repeated. A comma inside a value is written %2C, which is %252C in an address.'
