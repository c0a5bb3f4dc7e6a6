import { defaultDuePolicy } from '../../../lib/domain/policies/due-policy'
import { LEAD_A, LEAD_B, ORGANISATION, OTHER_TEAM, SEE_A, SEE_B, WORK_A, WORK_B } from './action-row'
import { attachmentRoutes, byId } from './attachment-routes'
import { A, B, failedImport, finding, routingRules, versionOf, type World, waitingImport } from './targets'

export interface Asked {
  params?: Record<string, string | string[]>
  query?: string
  body?: unknown
}

export interface RouteCase {
  /** The expected answers for members, as for actions. */
  may: string
  /** The permissions that a token needs, without any others. */
  needs: string
  /** The answer for a token with these permissions that is limited to account A. */
  limited: 'ok' | '403' | '404' | '409'
  /** The answer for a token without an owner and for a collector token, if it differs. */
  ofNobody?: '403'
  /** The answer for tokens with these permissions, if it is not ok: they own nothing. */
  everyToken?: '403'
  collector?: 'ok'
  /** A new, valid request. */
  ask: (world: World) => Asked | Promise<Asked>
  /** Whether it changes rows. */
  writes?: true
}

export interface RouteRow {
  cases: Record<string, RouteCase>
  /** The answer for everyone, signed in or not: it contains no data. */
  open?: 'ok' | '401' | '404'
}

const open = (answer: 'ok' | '401' | '404'): RouteRow => ({ open: answer, cases: {} })
const NO_SUCH_PATH: RouteRow = {
  cases: {
    'any path': {
      may: '404 404 404 404 404 | 404 404 404 404',
      needs: '',
      limited: '404',
      ask: () => ({ params: { path: ['x'] } }),
    },
  },
}

const resourceOf = (id: string, word: string): Asked => ({
  ...byId(id),
  query: `?resource=${encodeURIComponent(`arn:aws:s3:::${word}-bucket`)}`,
})
const patched = async (account: string, team: 'sre' | 'cit'): Promise<Asked> => ({
  ...byId(await finding(account, team)),
  body: { status: 'in_progress', dueAt: '2030-01-01', comment: 'Seen' },
})
const until = () => new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
const asked = () => ({ kind: 'accepted', reason: 'why', controls: 'how', until: until() })
const report = (account: string) => [{ SchemaVersion: '2018-10-08', AwsAccountId: account, Id: crypto.randomUUID() }]

let count = 0
const next = () => {
  count += 1
  return 10 + (count % 900)
}

/** Every route and method of the API, following docs/reference/roles.md and the permissions in the OpenAPI document. */
export const routeTable: Record<string, RouteRow> = {
  'GET /api/health': open('ok'),
  'GET /api/v1/openapi.json': open('ok'),
  ...Object.fromEntries(
    ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].map(method => [`${method} /api/auth/[...nextauth]`, open('404')]),
  ),
  ...Object.fromEntries(
    ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map(method => [`${method} /api/v1/[...path]`, NO_SUCH_PATH]),
  ),
  'GET /api/v1/access-keys': {
    cases: { all: { may: SEE_A, needs: 'findings:read', limited: 'ok', ask: () => ({}) } },
  },
  'GET /api/v1/accounts': {
    cases: { all: { may: SEE_A, needs: 'findings:read', limited: 'ok', ask: () => ({}) } },
  },
  'GET /api/v1/accounts/[id]': {
    cases: {
      A: { may: SEE_A, needs: 'findings:read', limited: 'ok', ask: () => byId(A) },
      B: { may: SEE_B, needs: 'findings:read', limited: '404', ask: () => byId(B) },
    },
  },
  ...attachmentRoutes,
  'GET /api/v1/accounts/[id]/resource': {
    cases: {
      A: { may: SEE_A, needs: 'findings:read', limited: 'ok', ask: () => resourceOf(A, 'ours') },
      B: { may: SEE_B, needs: 'findings:read', limited: '404', ask: () => resourceOf(B, 'theirs') },
    },
  },
  'GET /api/v1/audit': {
    cases: {
      all: {
        may: '403 ok 403 ok ok | 403 ok 403 ok',
        needs: 'audit:read',
        limited: 'ok',
        ask: () => ({ query: '?limit=1000' }),
      },
    },
  },
  'GET /api/v1/control-severities': {
    cases: { policy: { may: SEE_A, needs: 'findings:read', limited: 'ok', ask: () => ({}) } },
  },
  'PUT /api/v1/control-severities': {
    cases: {
      policy: {
        may: ORGANISATION,
        needs: 'findings:read accounts:manage',
        limited: '403',
        writes: true,
        ask: async () => ({
          body: { severities: { [`A.${next()}`]: 'low' }, seen: await versionOf('control-severity') },
        }),
      },
    },
  },
  // By the key of a connection or the signature of SNS, whoever else asks.
  'POST /api/v1/events': open('401'),
  'GET /api/v1/coverage': {
    cases: { all: { may: SEE_A, needs: 'findings:read', limited: 'ok', ask: () => ({}) } },
  },
  'GET /api/v1/entrances': {
    cases: { all: { may: SEE_A, needs: 'findings:read', limited: 'ok', ask: () => ({}) } },
  },
  'GET /api/v1/standard': {
    cases: { all: { may: SEE_A, needs: 'findings:read', limited: 'ok', ask: () => ({}) } },
  },
  'GET /api/v1/due-policy': {
    cases: { policy: { may: SEE_A, needs: 'findings:read', limited: 'ok', ask: () => ({}) } },
  },
  'PUT /api/v1/due-policy': {
    cases: {
      policy: {
        may: ORGANISATION,
        needs: 'findings:read accounts:manage',
        limited: '403',
        writes: true,
        ask: async () => {
          const days = { ...defaultDuePolicy.days, low: next() }
          return { body: { policy: { ...defaultDuePolicy, days }, seen: await versionOf('due-policy') } }
        },
      },
    },
  },
  'GET /api/v1/exceptions': {
    cases: {
      waiting: { may: SEE_A, needs: 'findings:read', limited: 'ok', ask: () => ({ query: '?list=waiting' }) },
    },
  },
  'POST /api/v1/exceptions': {
    cases: {
      'a finding of A': {
        may: WORK_A,
        needs: 'exceptions:request',
        ofNobody: '403',
        limited: 'ok',
        writes: true,
        ask: async () => ({ body: { ...asked(), finding: await finding(A, 'sre') } }),
      },
      'a finding of B': {
        may: WORK_B,
        needs: 'exceptions:request',
        ofNobody: '403',
        limited: '404',
        writes: true,
        ask: async () => ({ body: { ...asked(), finding: await finding(B, 'sre') } }),
      },
      'a rule for every account': {
        may: '403 403 ok ok ok | 403 403 409 409',
        needs: 'exceptions:request',
        ofNobody: '403',
        limited: '409',
        writes: true,
        ask: () => ({ body: { ...asked(), match: { control: 'X.*' } } }),
      },
    },
  },
  'GET /api/v1/findings': {
    cases: {
      all: { may: SEE_A, needs: 'findings:read', limited: 'ok', ask: () => ({}) },
      'of A and B': {
        may: SEE_A,
        needs: 'findings:read',
        limited: 'ok',
        ask: () => ({ query: `?account=${A},${B}` }),
      },
    },
  },
  'GET /api/v1/findings/[id]': {
    cases: {
      A: { may: SEE_A, needs: 'findings:read', limited: 'ok', ask: ({ oursFinding }) => byId(oursFinding) },
      B: { may: SEE_B, needs: 'findings:read', limited: '404', ask: ({ theirsFinding }) => byId(theirsFinding) },
    },
  },
  'PATCH /api/v1/findings/[id]': {
    cases: {
      'own team, A': {
        may: WORK_A,
        needs: 'findings:read findings:triage',
        limited: 'ok',
        writes: true,
        ask: () => patched(A, 'sre'),
      },
      'own team, B': {
        may: WORK_B,
        needs: 'findings:read findings:triage',
        limited: '404',
        writes: true,
        ask: () => patched(B, 'sre'),
      },
      // A token belongs to no team: its permission applies to every team of its accounts.
      'other team, A': {
        may: OTHER_TEAM,
        needs: 'findings:read findings:triage',
        limited: 'ok',
        writes: true,
        ask: () => patched(A, 'cit'),
      },
    },
  },
  'GET /api/v1/findings/export': {
    cases: {
      all: {
        may: '403 ok 403 ok ok | 403 ok 403 ok',
        needs: 'findings:read export:read',
        limited: 'ok',
        ask: () => ({}),
      },
    },
  },
  'GET /api/v1/frameworks/[framework]/evidence': {
    cases: {
      all: {
        may: '403 ok 403 ok ok | 403 ok 403 ok',
        needs: 'findings:read export:read',
        limited: 'ok',
        ask: () => ({ params: { framework: 'cis-5.0.0' } }),
      },
    },
  },
  'POST /api/v1/imports': {
    cases: {
      'a partial report': {
        may: WORK_A,
        needs: 'imports:write',
        collector: 'ok',
        limited: 'ok',
        writes: true,
        ask: () => ({ query: '?source=security-hub', body: report(A) }),
      },
      'a complete report': {
        may: LEAD_A,
        needs: 'imports:write imports:close',
        collector: 'ok',
        limited: 'ok',
        writes: true,
        ask: () => ({ query: '?source=security-hub&coverage=complete', body: report(A) }),
      },
    },
  },
  'GET /api/v1/imports/[id]': {
    cases: {
      A: { may: SEE_A, needs: 'imports:read', limited: 'ok', ask: ({ imports }) => byId(String(imports.a)) },
      B: { may: SEE_B, needs: 'imports:read', limited: '404', ask: ({ imports }) => byId(String(imports.b)) },
    },
  },
  'POST /api/v1/imports/[id]/confirm': {
    cases: {
      A: {
        may: LEAD_A,
        needs: 'imports:confirm',
        limited: 'ok',
        writes: true,
        ask: async () => byId(String(await waitingImport(A))),
      },
      B: {
        may: LEAD_B,
        needs: 'imports:confirm',
        limited: '404',
        writes: true,
        ask: async () => byId(String(await waitingImport(B))),
      },
    },
  },
  'POST /api/v1/imports/[id]/retry': {
    cases: {
      A: {
        may: WORK_A,
        needs: 'imports:write imports:read',
        limited: 'ok',
        writes: true,
        ask: async () => byId(String(await failedImport(A))),
      },
      B: {
        may: WORK_B,
        needs: 'imports:write imports:read',
        limited: '404',
        writes: true,
        ask: async () => byId(String(await failedImport(B))),
      },
    },
  },
  'GET /api/v1/teams': {
    cases: { all: { may: SEE_A, needs: 'findings:read', limited: 'ok', ask: () => ({}) } },
  },
  'GET /api/v1/routing-rules': {
    cases: {
      rules: {
        may: 'ok ok ok ok ok | 403 403 403 403',
        needs: 'findings:read',
        limited: '403',
        ask: () => ({}),
      },
    },
  },
  'PUT /api/v1/routing-rules': {
    cases: {
      rules: {
        may: ORGANISATION,
        needs: 'findings:read accounts:manage',
        limited: '403',
        writes: true,
        ask: async () => ({
          body: {
            rules: routingRules.map(rule => ({ ...rule, name: `Rule ${next()}` })),
            seen: await versionOf('routing'),
          },
        }),
      },
    },
  },
}
