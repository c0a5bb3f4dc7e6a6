import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { attachmentPaths } from '../attachments/api-paths'
import { SaveControlSeverities } from '../controls/severities'
import { RequestException } from '../exceptions/exception'
import { exportPaths } from '../exports/api-paths'
import { PatchFinding } from '../findings/change'
import { FindingId } from '../findings/filter'
import { ImportQuery } from '../imports/query'
import { SaveDuePolicy } from '../policies/due-policy'
import { SaveRouting } from '../policies/routing'
import { ResourceQuery } from '../resources/resource-view'
import { standardPaths } from '../standard/api-paths'
import { entrancePaths } from '../waf/api-paths'
import { AuditQuery } from './audit'
import { answer, answers, inPath, type Json, operation, problems, queryOf, ref, toSchema } from './document-parts'
import { eventPaths, eventSecurity } from './events'
import { AccessKeysQuery, AccountsQuery, CoverageQuery, ExceptionsQuery, FindingsQuery } from './query'

/** The OpenAPI 3.1 description of /api/v1, made of the schemas that check requests and answers. */
export function apiDocument(version: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Hinomi',
      version,
      description:
        'Findings of your AWS accounts. A token has access to the accounts it was created for. It belongs to no team: with findings:triage it can change the findings of every team in these accounts.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }],
    paths: {
      ...accountPaths(),
      ...attachmentPaths(),
      ...auditPaths(),
      ...accessKeyPaths(),
      ...coveragePaths(),
      ...eventPaths(),
      ...entrancePaths(),
      ...exceptionPaths(),
      ...exportPaths(),
      ...findingPaths(),
      ...importPaths(),
      ...policyPaths(),
      ...standardPaths(),
      ...teamPaths(),
    },
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token of Hinomi' },
        ...eventSecurity,
      },
      schemas: {
        ...Object.fromEntries(Object.entries(answers).map(([name, schema]) => [name, toSchema(schema, 'output')])),
        PatchFinding: toSchema(PatchFinding, 'input'),
        RequestException: toSchema(RequestException, 'input'),
        SaveControlSeverities: toSchema(SaveControlSeverities, 'input'),
        SaveDuePolicy: toSchema(SaveDuePolicy, 'input'),
        SaveRoutingRules: toSchema(SaveRouting, 'input'),
      },
    },
  }
}

function accountPaths(): Json {
  return {
    '/accounts': {
      get: operation('listAccounts', 'List accounts with their posture', 'findings:read', {
        parameters: queryOf(AccountsQuery),
        responses: { 200: answer('Accounts'), ...problems(409) },
      }),
    },
    '/accounts/{id}': {
      get: operation('getAccount', 'Get an account', 'findings:read', {
        parameters: [inPath('id', AccountId)],
        responses: { 200: answer('AccountDetail'), ...problems(404) },
      }),
    },
    '/accounts/{id}/resource': {
      get: operation('getResource', 'Get a resource of an account with its findings', 'findings:read', {
        parameters: [inPath('id', AccountId), ...queryOf(ResourceQuery)],
        responses: { 200: answer('Resource'), ...problems(404) },
      }),
    },
  }
}

function auditPaths(): Json {
  return {
    '/audit': {
      get: operation(
        'listAudit',
        'List audit log entries, oldest first, for archiving in another system',
        'audit:read',
        {
          parameters: queryOf(AuditQuery),
          responses: { 200: answer('Audit'), ...problems() },
        },
      ),
    },
  }
}

function accessKeyPaths(): Json {
  return {
    '/access-keys': {
      get: operation('listAccessKeys', 'List IAM access keys and whether pipelines use them', 'findings:read', {
        parameters: queryOf(AccessKeysQuery),
        responses: { 200: answer('AccessKeys'), ...problems(409) },
      }),
    },
  }
}

function coveragePaths(): Json {
  return {
    '/coverage': {
      get: operation(
        'listCoverage',
        'List what Hinomi reads in the accounts: the state of each account, collector and Region',
        'findings:read',
        {
          parameters: queryOf(CoverageQuery),
          responses: { 200: answer('Coverage'), ...problems(409) },
        },
      ),
    },
  }
}

function exceptionPaths(): Json {
  return {
    '/exceptions': {
      get: operation('listExceptions', 'List exceptions by state', 'findings:read', {
        parameters: queryOf(ExceptionsQuery),
        responses: { 200: answer('Exceptions'), ...problems(409) },
      }),
      post: operation('requestException', 'Request an exception, which a person has to approve', 'exceptions:request', {
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
        'List findings by filter; open findings unless `status` is given',
        'findings:read',
        {
          parameters: queryOf(FindingsQuery),
          responses: { 200: answer('Findings'), ...problems(409) },
        },
      ),
    },
    '/findings/{id}': {
      get: operation('getFinding', 'Get a finding with its sightings and history', 'findings:read', {
        parameters: [inPath('id', FindingId)],
        responses: { 200: answer('FindingDetail'), ...problems(404) },
      }),
      patch: operation(
        'patchFinding',
        'Update a finding; either all fields are changed or none',
        'findings:triage and findings:read',
        {
          parameters: [inPath('id', FindingId)],
          requestBody: { required: true, content: { 'application/json': { schema: ref('PatchFinding') } } },
          responses: { 200: answer('FindingDetail'), ...problems(404, 409, 413, 507) },
        },
      ),
    },
  }
}

function importPaths(): Json {
  const report = { schema: {} }
  return {
    '/imports': {
      post: operation(
        'sendReport',
        'Import a report, or a ZIP or tar archive of reports. The same content sent again returns the first import',
        'imports:write; imports:close for coverage=complete, and for records that resolve or cover findings',
        {
          parameters: queryOf(ImportQuery),
          requestBody: {
            required: true,
            description:
              'A report as its tool wrote it, UTF-8 or UTF-16. gzip, ZIP and tar are recognised, regardless of Content-Type',
            content: { 'application/json': report, 'application/gzip': report, 'application/zip': report },
          },
          responses: { 200: answer('Import', 'Archive'), 202: answer('Queued', 'Archive'), ...problems(409, 413, 507) },
        },
      ),
    },
    '/imports/{id}': {
      get: operation('getImport', 'Get the state and counts of an import', 'imports:read', {
        parameters: [inPath('id', z.int().positive())],
        responses: { 200: answer('Import'), ...problems(404) },
      }),
    },
    '/imports/{id}/confirm': {
      post: operation(
        'confirmImport',
        'Confirm a complete import: findings that it no longer contains are resolved',
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
        'Retry an import that failed with an internal error',
        'imports:write and imports:read; imports:close where the report is complete',
        {
          parameters: [inPath('id', z.int().positive())],
          responses: { 202: answer('Queued'), ...problems(404, 409, 507) },
        },
      ),
    },
  }
}

function teamPaths(): Json {
  return {
    '/teams': {
      get: operation('listTeams', 'List teams, retired ones too', 'findings:read', {
        responses: { 200: answer('Teams'), ...problems() },
      }),
    },
  }
}

/** Settings of the whole organization. A token that is limited to some accounts gets 403. */
function policyPaths(): Json {
  const read = (name: 'ControlSeverities' | 'DuePolicy' | 'RoutingRules', summary: string) =>
    operation(`get${name}`, summary, 'findings:read', { responses: { 200: answer(name), ...problems() } })
  const write = (name: 'ControlSeverities' | 'DuePolicy' | 'RoutingRules', summary: string) =>
    operation(`set${name}`, summary, 'accounts:manage and findings:read, for every account', {
      requestBody: { required: true, content: { 'application/json': { schema: ref(`Save${name}`) } } },
      responses: { 200: answer(name), ...problems(409, 413, 507) },
    })
  return {
    '/due-policy': {
      get: read('DuePolicy', 'Get deadlines by severity and environment'),
      put: write(
        'DuePolicy',
        'Update deadlines; due dates that no person set are recalculated. 409 if `seen` is not the current version',
      ),
    },
    '/control-severities': {
      get: read('ControlSeverities', 'Get the severities that the organization set by control'),
      put: write(
        'ControlSeverities',
        'Replace them; findings of these controls are rated, dated and routed again. 409 if `seen` is not the current version',
      ),
    },
    '/routing-rules': {
      get: read('RoutingRules', 'List routing rules in order; for tokens with access to all accounts'),
      put: write(
        'RoutingRules',
        'Replace all routing rules; findings that no person assigned are routed again. 409 if `seen` is not the current version',
      ),
    },
  }
}
