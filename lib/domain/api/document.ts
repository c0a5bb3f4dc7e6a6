import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { RequestException } from '../exceptions/exception'
import { PatchFinding } from '../findings/change'
import { FindingId } from '../findings/filter'
import { ImportQuery } from '../imports/query'
import { SaveDuePolicy } from '../policies/due-policy'
import { SaveRouting } from '../policies/routing'
import { AuditQuery } from './audit'
import {
  answer,
  answers,
  inPath,
  type Json,
  meanings,
  operation,
  problems,
  queryOf,
  ref,
  toSchema,
} from './document-parts'
import { AccountsQuery, ExceptionsQuery, FindingsQuery } from './query'

/** The OpenAPI 3.1 description of /api/v1, made of the schemas that check requests and answers. */
export function apiDocument(version: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Hinomi',
      version,
      description:
        'Findings of your AWS accounts. A token sees the accounts it was made for; it belongs to no team, so that with findings:triage it may change the findings of every team in them.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }],
    paths: {
      ...accountPaths(),
      ...auditPaths(),
      ...exceptionPaths(),
      ...findingPaths(),
      ...importPaths(),
      ...policyPaths(),
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'An API token of Hinomi' } },
      schemas: {
        ...Object.fromEntries(Object.entries(answers).map(([name, schema]) => [name, toSchema(schema, 'output')])),
        PatchFinding: toSchema(PatchFinding, 'input'),
        RequestException: toSchema(RequestException, 'input'),
        SaveDuePolicy: toSchema(SaveDuePolicy, 'input'),
        SaveRoutingRules: toSchema(SaveRouting, 'input'),
      },
    },
  }
}

function accountPaths(): Json {
  return {
    '/accounts': {
      get: operation('listAccounts', 'Accounts with their posture', 'findings:read', {
        parameters: queryOf(AccountsQuery),
        responses: { 200: answer('Accounts'), ...problems() },
      }),
    },
    '/accounts/{id}': {
      get: operation('getAccount', 'One account in depth', 'findings:read', {
        parameters: [inPath('id', AccountId)],
        responses: { 200: answer('AccountDetail'), ...problems(404) },
      }),
    },
  }
}

function auditPaths(): Json {
  return {
    '/audit': {
      get: operation('listAudit', 'The audit log, oldest entry first, for another system that keeps it', 'audit:read', {
        parameters: queryOf(AuditQuery),
        responses: { 200: answer('Audit'), ...problems() },
      }),
    },
  }
}

function exceptionPaths(): Json {
  return {
    '/exceptions': {
      get: operation('listExceptions', 'Exceptions of one list, page by page', 'findings:read', {
        parameters: queryOf(ExceptionsQuery),
        responses: { 200: answer('Exceptions'), ...problems(409) },
      }),
      post: operation('requestException', 'Asks for an exception; a person has to approve it', 'exceptions:request', {
        requestBody: { required: true, content: { 'application/json': { schema: ref('RequestException') } } },
        responses: { 200: answer('Asked'), ...problems(404, 409, 413, 507) },
      }),
    },
  }
}

function findingPaths(): Json {
  return {
    '/findings': {
      get: operation(
        'listFindings',
        'Findings by filter, page by page; open ones unless status says otherwise',
        'findings:read',
        {
          parameters: queryOf(FindingsQuery),
          responses: { 200: answer('Findings'), ...problems(409) },
        },
      ),
    },
    '/findings/export': {
      get: operation('exportFindings', 'Every finding of the filters as CSV', 'findings:read and export:read', {
        parameters: queryOf(FindingsQuery.omit({ cursor: true, limit: true })),
        responses: {
          200: { description: meanings[200], content: { 'text/csv': { schema: { type: 'string' } } } },
          ...problems(409),
        },
      }),
    },
    '/findings/{id}': {
      get: operation('getFinding', 'One finding with its sightings and history', 'findings:read', {
        parameters: [inPath('id', FindingId)],
        responses: { 200: answer('FindingDetail'), ...problems(404) },
      }),
      patch: operation('patchFinding', 'Changes one finding, all fields or none', 'findings:triage and findings:read', {
        parameters: [inPath('id', FindingId)],
        requestBody: { required: true, content: { 'application/json': { schema: ref('PatchFinding') } } },
        responses: { 200: answer('FindingDetail'), ...problems(404, 409, 413, 507) },
      }),
    },
  }
}

function importPaths(): Json {
  const report = { schema: {} }
  return {
    '/imports': {
      post: operation(
        'sendReport',
        'Takes in a report, or a ZIP or tar of reports. The same bytes again answer the first import',
        'imports:write; imports:close for coverage=complete, and for records that resolve or cover findings',
        {
          parameters: queryOf(ImportQuery),
          requestBody: {
            required: true,
            description:
              'A report as its tool wrote it, UTF-8 or UTF-16. gzip, ZIP and tar are recognised, whatever Content-Type says',
            content: { 'application/json': report, 'application/gzip': report, 'application/zip': report },
          },
          responses: { 200: answer('Import', 'Archive'), 202: answer('Queued', 'Archive'), ...problems(409, 413, 507) },
        },
      ),
    },
    '/imports/{id}': {
      get: operation('getImport', 'State and counts of an import', 'imports:read', {
        parameters: [inPath('id', z.int().positive())],
        responses: { 200: answer('Import'), ...problems(404) },
      }),
    },
    '/imports/{id}/confirm': {
      post: operation(
        'confirmImport',
        'Confirms that a complete import is right about what it lacks: waiting closings take effect',
        'imports:confirm',
        {
          parameters: [inPath('id', z.int().positive())],
          responses: { 202: answer('Queued'), ...problems(404, 409, 507) },
        },
      ),
    },
    '/imports/{id}/retry': {
      post: operation(
        'retryImport',
        'Imports the report of an import again that failed for an internal error',
        'imports:write and imports:read; imports:close where the report is complete',
        {
          parameters: [inPath('id', z.int().positive())],
          responses: { 202: answer('Queued'), ...problems(404, 409, 507) },
        },
      ),
    },
  }
}

/** What holds for the whole organisation. A token that is limited to some accounts gets 403. */
function policyPaths(): Json {
  const read = (name: 'DuePolicy' | 'RoutingRules', summary: string) =>
    operation(`get${name}`, summary, 'findings:read', { responses: { 200: answer(name), ...problems() } })
  const write = (name: 'DuePolicy' | 'RoutingRules', summary: string) =>
    operation(`set${name}`, summary, 'accounts:manage and findings:read, for every account', {
      requestBody: { required: true, content: { 'application/json': { schema: ref(`Save${name}`) } } },
      responses: { 200: answer(name), ...problems(409, 413, 507) },
    })
  return {
    '/due-policy': {
      get: read('DuePolicy', 'Days to fix by severity and environment'),
      put: write(
        'DuePolicy',
        'Sets the days; dates that no person set follow. 409 where `seen` is not the present version',
      ),
    },
    '/routing-rules': {
      get: read('RoutingRules', 'Rules that give findings to teams and people, in order; for tokens of every account'),
      put: write('RoutingRules', 'Sets all rules; findings that no person decided about follow. 409 as above'),
    },
  }
}
