import { ADMIN, ORGANISATION, SEE_A, SEE_B } from './action-row'
import { A, B, ENTRANCE, type World } from './targets'

export interface PageCase {
  /** The expected answers, as for actions, or the target of a redirect. */
  may: string
  params?: (world: World) => Record<string, string | string[]>
  search?: Record<string, string>
  /** Whether it shows something about B to members with access to every account. */
  showsB?: true
}

interface PageRow {
  cases: Record<string, PageCase>
  /** The answer without a session; by default sign-in. */
  signedOut?: 'ok'
  /** The stage of an incomplete sign-in. */
  stage?: 'second-factor' | 'enrolment'
}

const all = (answer: string) => SEE_A.replaceAll('ok', answer)
const AUDIT = '403 ok 403 ok ok | 403 ok 403 ok'

const RESOURCE_A = { id: 'arn:aws:s3:::ours-bucket' }
const RESOURCE_B = { id: 'arn:aws:s3:::theirs-bucket' }

/** Every page, following docs/reference/roles.md. */
export const pageTable: Record<string, PageRow> = {
  '/': { cases: { 'of the own team': { may: all('/teams/sre') } } },
  '/[...path]': { cases: { 'no page': { may: all('404'), params: () => ({ path: ['nowhere', 'x'] }) } } },
  '/access-keys': { cases: { list: { may: SEE_A, showsB: true } } },
  '/access-keys/[accountId]/[keyId]': {
    cases: {
      A: { may: SEE_A, params: () => ({ accountId: A, keyId: 'ours_key' }) },
      B: { may: SEE_B, params: () => ({ accountId: B, keyId: 'theirs_key' }), showsB: true },
      'of B in A': { may: SEE_A.replaceAll('ok', '404'), params: () => ({ accountId: A, keyId: 'theirs_key' }) },
    },
  },
  '/accounts': { cases: { list: { may: SEE_A, showsB: true } } },
  '/accounts/[accountId]': {
    cases: {
      A: { may: SEE_A, params: () => ({ accountId: A }) },
      B: { may: SEE_B, params: () => ({ accountId: B }), showsB: true },
    },
  },
  '/accounts/[accountId]/resource': {
    cases: {
      A: { may: SEE_A, params: () => ({ accountId: A }), search: RESOURCE_A },
      B: { may: SEE_B, params: () => ({ accountId: B }), search: RESOURCE_B, showsB: true },
      'of A in B': { may: SEE_A.replaceAll('ok', '404'), params: () => ({ accountId: B }), search: RESOURCE_A },
    },
  },
  '/control': {
    cases: {
      known: { may: SEE_A, search: { id: 'S3.2' }, showsB: true },
      unknown: { may: SEE_A.replaceAll('ok', '404'), search: { id: 'nothing/like this' } },
    },
  },
  '/coverage': { cases: { grid: { may: SEE_A, showsB: true } } },
  '/coverage/[accountId]': {
    cases: {
      A: { may: SEE_A, params: () => ({ accountId: A }) },
      B: { may: SEE_B, params: () => ({ accountId: B }), showsB: true },
    },
  },
  '/exceptions': {
    cases: {
      waiting: { may: SEE_A, search: { list: 'waiting' }, showsB: true },
      active: { may: SEE_A, search: { list: 'active' } },
    },
  },
  '/findings': {
    cases: {
      list: { may: SEE_A, showsB: true },
      groups: { may: SEE_A, search: { group: 'account' }, showsB: true },
      'groups of Regions': { may: SEE_A, search: { group: 'regions' }, showsB: true },
    },
  },
  '/findings/[findingId]': {
    cases: {
      A: { may: SEE_A, params: ({ oursFinding }) => ({ findingId: oursFinding }) },
      B: { may: SEE_B, params: ({ theirsFinding }) => ({ findingId: theirsFinding }), showsB: true },
    },
  },
  '/frameworks': { cases: { list: { may: SEE_A } } },
  '/imports': { cases: { list: { may: SEE_A, showsB: true } } },
  '/imports/[importId]': {
    cases: {
      A: { may: SEE_A, params: ({ imports }) => ({ importId: String(imports.a) }) },
      B: { may: SEE_B, params: ({ imports }) => ({ importId: String(imports.b) }), showsB: true },
    },
  },
  '/standard': { cases: { matrix: { may: SEE_A, showsB: true } } },
  '/standard/[check]': { cases: { check: { may: SEE_A, params: () => ({ check: 'root-mfa' }), showsB: true } } },
  '/standard/document': { cases: { document: { may: SEE_A } } },
  '/settings': { cases: { list: { may: SEE_A } } },
  '/settings/account-rules': { cases: { rules: { may: ORGANISATION } } },
  '/settings/audit': { cases: { log: { may: AUDIT, showsB: true } } },
  '/settings/standard': { cases: { settings: { may: ORGANISATION } } },
  '/settings/closing': { cases: { limit: { may: ORGANISATION } } },
  '/settings/connections': { cases: { list: { may: ORGANISATION, showsB: true } } },
  '/settings/connections/[id]': {
    cases: { one: { may: ORGANISATION, params: ({ connection }) => ({ id: connection }), showsB: true } },
  },
  '/settings/csv': { cases: { mappings: { may: ORGANISATION } } },
  '/settings/due-dates': { cases: { policy: { may: ORGANISATION } } },
  '/settings/severities': { cases: { policy: { may: ORGANISATION } } },
  '/settings/members': { cases: { list: { may: ADMIN, showsB: true } } },
  '/settings/profile': { cases: { own: { may: SEE_A } } },
  '/settings/routing': { cases: { rules: { may: ORGANISATION, showsB: true } } },
  '/settings/sign-in': { cases: { policy: { may: ADMIN } } },
  '/settings/teams': { cases: { list: { may: ORGANISATION } } },
  '/settings/tokens': { cases: { list: { may: ADMIN, showsB: true } } },
  '/sources': { cases: { list: { may: SEE_A } } },
  '/teams/[team]': {
    cases: {
      'the own team': { may: SEE_A, params: () => ({ team: 'sre' }), showsB: true },
      'another team': { may: SEE_A, params: () => ({ team: 'cit' }) },
      'no team': { may: all('404'), params: () => ({ team: 'x' }) },
    },
  },
  '/invite': { signedOut: 'ok', cases: { 'without a link': { may: SEE_A } } },
  '/setup': { signedOut: 'ok', cases: { 'without a link': { may: SEE_A } } },
  '/sign-in': {
    signedOut: 'ok',
    cases: {
      'signed in already': { may: all('/') },
      'signed in already, with an address of another site': {
        may: all('/'),
        search: { callbackUrl: '//evil.example' },
      },
    },
  },
  '/sign-in/verify': { stage: 'second-factor', cases: { 'signed in already': { may: all('/') } } },
  '/sign-in/enrol': { stage: 'enrolment', cases: { 'signed in already': { may: all('/') } } },
  '/waf': { cases: { ladder: { may: SEE_A, showsB: true } } },
  '/waf/[accountId]/[entranceId]': {
    cases: {
      A: { may: SEE_A, params: () => ({ accountId: A, entranceId: ENTRANCE }) },
      B: { may: SEE_B, params: () => ({ accountId: B, entranceId: ENTRANCE }), showsB: true },
    },
  },
}
