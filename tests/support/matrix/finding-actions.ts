import { pool } from '../../../lib/db'
import { everyFinding, splitFindingId } from '../../../lib/domain/findings/filter'
import type { FindingClass } from '../../../lib/domain/imports/outcome'
import type { TeamId } from '../../../lib/domain/people/team'
import {
  type ActionCase,
  type ActionTable,
  LEAD_A,
  LEAD_B,
  NOBODY,
  OTHER_TEAM,
  SEE_A,
  SEE_B,
  WORK_A,
  WORK_B,
} from './action-row'
import type { Caller } from './callers'
import { A, B, change, exception, failedImport, finding, mergedFinding, waitingImport } from './targets'

type Input = (id: string, caller: Caller) => unknown

/** A change of findings: of either team, of either account, and of all findings that match a filter. */
function onFindings(
  input: Input,
  filtered: unknown = null,
  kind: FindingClass = 'posture',
): Record<string, ActionCase> {
  const one = (may: string, account: string, team: TeamId): ActionCase => ({
    may,
    args: async caller => [input(await finding(account, team, { class: kind }), caller)],
  })
  return {
    'own team, A': one(WORK_A, A, 'sre'),
    'own team, B': one(WORK_B, B, 'sre'),
    'other team, A': one(OTHER_TEAM, A, 'cit'),
    'other team, B': one('403 403 403 ok ok | 403 403 404 404', B, 'cit'),
    ...(filtered !== null && {
      'everything that a filter gives, other teams as well': {
        may: OTHER_TEAM,
        args: async () => {
          for (const account of [A, B]) await finding(account, 'cit', { severity: 3 })
          return [filtered]
        },
      },
    }),
  }
}

/** A finding whose source is not being read. */
async function idle(id: string): Promise<{ id: string }> {
  await pool().query('DELETE FROM collection_round')
  return { id }
}

const ids = (id: string) => ({ ids: [id] })
const all = { filter: everyFinding, except: [] }
const every = { selection: all, confirmed: 10_000 }
const until = () => new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
const asked = () => ({ kind: 'accepted', reason: 'why', controls: 'how', until: until() })
const dueForReview = { state: 'approved', reviewAt: new Date() }
const decided = { approve: true, note: 'Seen' }

export const findingActions: ActionTable = {
  'findings/assign': {
    cases: {
      ...onFindings((id, { member, role }) => ({
        selection: ids(id),
        // A finding cannot be assigned to a member who does not work on findings.
        owner: role === 'viewer' || role === 'auditor' ? null : member.id,
      })),
    },
  },
  'findings/setStatus': {
    cases: onFindings(id => ({ selection: ids(id), status: 'in_progress' }), { ...every, status: 'in_progress' }),
  },
  'findings/setVerdict': {
    cases: onFindings(id => ({ selection: ids(id), verdict: { kind: 'benign', text: 'A test' } }), null, 'threat'),
  },
  'findings/setTeam': { cases: onFindings(id => ({ selection: ids(id), team: 'csirt' })) },
  'findings/setDueAt': {
    cases: onFindings(id => ({ selection: ids(id), dueAt: '2030-01-01', reason: 'r' }), {
      // Severe findings need an exception for such a date.
      selection: { filter: { ...everyFinding, severity: ['medium'] }, except: [] },
      confirmed: 10_000,
      dueAt: '2031-01-01',
      reason: 'r',
    }),
  },
  'findings/comment': {
    cases: onFindings(id => ({ selection: ids(id), text: 'Seen' }), { ...every, text: 'Seen' }),
  },
  'findings/previewChange': {
    effect: 'reads',
    cases: onFindings(id => ({ selection: ids(id), team: 'csirt' }), { selection: all, dueAt: '2031-01-01' }),
  },
  'findings/undo': {
    cases: {
      'the own change': {
        may: WORK_A,
        args: async ({ member }) => [{ changeset: await change({ account: A, by: member.id }) }],
      },
      'of somebody else, A': { may: OTHER_TEAM, args: async () => [{ changeset: await change({ account: A }) }] },
      'of somebody else, B': {
        may: '403 403 403 ok ok | 403 403 404 404',
        args: async () => [{ changeset: await change({ account: B }) }],
      },
      'the own change of B': {
        may: WORK_B,
        args: async ({ member }) => [{ changeset: await change({ account: B, by: member.id }) }],
      },
      'no change': {
        may: '403 403 404 404 404 | 403 403 404 404',
        args: () => [{ changeset: crypto.randomUUID() }],
      },
    },
  },
  'findings/take': { cases: onFindings(id => ({ id })) },
  'findings/recheck': {
    cases: {
      'own team, A': { may: WORK_A, args: async () => [await idle(await finding(A, 'sre'))] },
      'own team, B': { may: WORK_B, args: async () => [await idle(await finding(B, 'sre'))] },
      'other team, A': { may: OTHER_TEAM, args: async () => [await idle(await finding(A, 'cit'))] },
    },
  },
  'findings/unmerge': {
    cases: {
      'own team, A': { may: WORK_A, args: async () => [await mergedFinding(A, 'sre')] },
      'own team, B': { may: WORK_B, args: async () => [await mergedFinding(B, 'sre')] },
      'other team, A': { may: OTHER_TEAM, args: async () => [await mergedFinding(A, 'cit')] },
    },
  },
  'findings/listAssignable': {
    effect: 'reads',
    cases: {
      'accounts in scope': { may: SEE_A, args: () => [[]] },
      A: { may: SEE_A, args: () => [[A]] },
      B: { may: SEE_B, args: () => [[B]] },
      'A and B': { may: SEE_B, args: () => [[A, B]] },
    },
  },
  'findings/showRaw': {
    effect: 'recorded',
    cases: {
      A: {
        may: SEE_A,
        args: (_caller, { oursFinding }) => [{ finding: oursFinding, sighting: splitFindingId(oursFinding).uuid }],
      },
      B: { may: SEE_B, args: (_caller, { theirsFinding, sighting }) => [{ finding: theirsFinding, sighting }] },
      'a record of B as one of a finding of A': {
        may: '404 404 404 404 404 | 404 404 404 404',
        args: (_caller, { oursFinding, sighting }) => [{ finding: oursFinding, sighting }],
      },
    },
  },
  'exceptions/askForFinding': {
    cases: {
      'own team, A': { may: WORK_A, args: async () => [{ ...asked(), finding: await finding(A, 'sre') }] },
      'other team, A': { may: WORK_A, args: async () => [{ ...asked(), finding: await finding(A, 'cit') }] },
      B: { may: WORK_B, args: async () => [{ ...asked(), finding: await finding(B, 'sre') }] },
    },
  },
  'exceptions/askForRule': {
    cases: {
      'findings of A': { may: WORK_A, args: () => [{ ...asked(), match: { accounts: [A], control: 'X.*' } }] },
      'findings of A and B': {
        may: '403 403 ok ok ok | 403 403 409 409',
        args: () => [{ ...asked(), match: { accounts: [A, B], control: 'X.*' } }],
      },
      'findings of every account': {
        may: '403 403 ok ok ok | 403 403 409 409',
        args: () => [{ ...asked(), match: { control: 'X.*' } }],
      },
    },
  },
  'exceptions/decide': {
    cases: {
      'medium, A': { may: LEAD_A, args: async () => [{ ...decided, id: await exception({ account: A }) }] },
      'medium, B': { may: LEAD_B, args: async () => [{ ...decided, id: await exception({ account: B }) }] },
      'high, A, by SRE': {
        may: '403 403 403 403 ok | 403 403 403 403',
        args: async () => [{ ...decided, id: await exception({ account: A, severity: 4 }) }],
      },
      'high, A, by CSIRT': {
        teams: ['csirt'],
        may: LEAD_A,
        args: async () => [{ ...decided, id: await exception({ account: A, severity: 4 }) }],
      },
      'critical, B, by CSIRT': {
        teams: ['csirt'],
        may: LEAD_B,
        args: async () => [{ ...decided, id: await exception({ account: B, severity: 5 }) }],
      },
      'high, A, rejected by SRE': {
        may: LEAD_A,
        args: async () => [{ approve: false, note: 'No', id: await exception({ account: A, severity: 4 }) }],
      },
      'the own request': {
        may: NOBODY,
        args: async ({ member }) => [{ ...decided, id: await exception({ account: A, by: member.id }) }],
      },
      'rule for A': {
        may: LEAD_A,
        args: async () => [{ ...decided, id: await exception({ match: { accounts: [A], control: 'X.1' } }) }],
      },
      'rule for every account': {
        may: '403 403 403 ok ok | 403 403 403 403',
        args: async () => [{ ...decided, id: await exception({ match: { control: 'X.1' } }) }],
      },
    },
  },
  'exceptions/review': {
    cases: {
      'medium, A': {
        may: LEAD_A,
        args: async () => [{ note: 'Yes', id: await exception({ ...dueForReview, account: A }) }],
      },
      'medium, B': {
        may: LEAD_B,
        args: async () => [{ note: 'Yes', id: await exception({ ...dueForReview, account: B }) }],
      },
      'the own request': {
        may: NOBODY,
        args: async ({ member }) => [
          { note: 'Yes', id: await exception({ ...dueForReview, account: A, by: member.id }) },
        ],
      },
      'a rule for every account': {
        may: '403 403 403 ok ok | 403 403 403 403',
        args: async () => [{ note: 'Yes', id: await exception({ ...dueForReview, match: { control: 'X.1' } }) }],
      },
    },
  },
  'exceptions/end': {
    cases: {
      'approved, A': { may: LEAD_A, args: async () => [{ id: await exception({ account: A, state: 'approved' }) }] },
      'approved, B': {
        may: '403 403 403 ok ok | 403 403 404 404',
        args: async () => [{ id: await exception({ account: B, state: 'approved' }) }],
      },
      'the own request, A': {
        may: WORK_A,
        args: async ({ member }) => [{ id: await exception({ account: A, by: member.id }) }],
      },
      'the own, approved by somebody else, A': {
        may: WORK_A,
        args: async ({ member }) => [{ id: await exception({ account: A, by: member.id, state: 'approved' }) }],
      },
      'rule for every account, approved': {
        may: '403 403 403 ok ok | 403 403 403 403',
        args: async () => [{ id: await exception({ match: { control: 'X.1' }, state: 'approved' }) }],
      },
    },
  },
  'exceptions/preview': {
    effect: 'reads',
    cases: { 'rule for every account': { may: SEE_A, args: () => [{ match: { control: 'S3.*' } }] } },
  },
  'imports/confirm': {
    cases: {
      A: { may: LEAD_A, args: async () => [{ id: await waitingImport(A) }] },
      B: { may: LEAD_B, args: async () => [{ id: await waitingImport(B) }] },
    },
  },
  'imports/retry': {
    cases: {
      A: { may: WORK_A, args: async () => [{ id: await failedImport(A) }] },
      B: { may: WORK_B, args: async () => [{ id: await failedImport(B) }] },
    },
  },
}
