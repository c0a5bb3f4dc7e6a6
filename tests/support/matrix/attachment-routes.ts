import { NOBODY, OTHER_TEAM, SEE_A, SEE_B, WORK_A, WORK_B } from './action-row'
import type { Asked, RouteRow } from './route-table'
import { A, B, exception, fileOf, finding } from './targets'

export const byId = (id: string): Asked => ({ params: { id } })

/** The routes of attached files. */
export const attachmentRoutes: Record<string, RouteRow> = {
  'GET /api/v1/attachments': {
    cases: {
      'of a finding of A': {
        may: SEE_A,
        needs: 'findings:read',
        limited: 'ok',
        ask: ({ oursFinding }) => ({ query: `?finding=${oursFinding}` }),
      },
      'of a finding of B': {
        may: SEE_B,
        needs: 'findings:read',
        limited: '404',
        ask: ({ theirsFinding }) => ({ query: `?finding=${theirsFinding}` }),
      },
    },
  },
  'POST /api/v1/attachments': {
    cases: {
      'to a finding of A': {
        may: WORK_A,
        needs: 'findings:read findings:triage',
        limited: 'ok',
        writes: true,
        ask: async () => ({ query: `?name=a.txt&finding=${await finding(A, 'sre')}`, body: 'seen' }),
      },
      'to a finding of B': {
        may: WORK_B,
        needs: 'findings:read findings:triage',
        limited: '404',
        writes: true,
        ask: async () => ({ query: `?name=a.txt&finding=${await finding(B, 'sre')}`, body: 'seen' }),
      },
      'to a finding of another team': {
        may: OTHER_TEAM,
        needs: 'findings:read findings:triage',
        limited: 'ok',
        writes: true,
        ask: async () => ({ query: `?name=a.txt&finding=${await finding(A, 'cit')}`, body: 'seen' }),
      },
      'for a request': {
        may: WORK_A,
        needs: 'findings:read exceptions:request',
        ofNobody: '403',
        limited: 'ok',
        writes: true,
        ask: () => ({ query: '?name=a.txt', body: 'seen' }),
      },
    },
  },
  'GET /api/v1/attachments/[id]': {
    cases: {
      'of a finding of A': {
        may: SEE_A,
        needs: 'findings:read',
        limited: 'ok',
        ask: async () => byId(await fileOf(await finding(A, 'sre'))),
      },
      'of a finding of B': {
        may: SEE_B,
        needs: 'findings:read',
        limited: '404',
        ask: async () => byId(await fileOf(await finding(B, 'sre'))),
      },
      'of an exception of B': {
        may: SEE_B,
        needs: 'findings:read',
        limited: '404',
        ask: async () => byId(await fileOf(await exception({ account: B }))),
      },
    },
  },
  // Only who uploaded a file may delete it: tests/integration/attachments.test.ts.
  'DELETE /api/v1/attachments/[id]': {
    cases: {
      'of a finding of A': {
        may: NOBODY,
        needs: 'findings:read',
        everyToken: '403',
        limited: '403',
        ask: async () => byId(await fileOf(await finding(A, 'sre'))),
      },
      'of a finding of B': {
        may: '403 403 403 403 403 | 404 404 404 404',
        needs: 'findings:read',
        everyToken: '403',
        limited: '404',
        ask: async () => byId(await fileOf(await finding(B, 'sre'))),
      },
    },
  },
}
