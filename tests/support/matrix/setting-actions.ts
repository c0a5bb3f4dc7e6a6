import { prisma } from '../../../lib/db'
import { defaultDuePolicy } from '../../../lib/domain/due-policy'
import type { Permission } from '../../../lib/domain/role'
import { addMember } from '../people'
import { type ActionTable, ADMIN, CONFLICT, EVERYONE, LEAD_A, LEAD_B, ORGANISATION, SEE_A } from './action-row'
import {
  A,
  B,
  csvMapping,
  hashOfPassword,
  invitation,
  lockedMember,
  otherMember,
  PASSWORD,
  routingRules,
  savedMapping,
  UNKNOWN,
  versionOf,
} from './targets'

const NEW_PASSWORD = 'another horse battery'
const standing = { teams: ['cit'], limited: false, accounts: [] }
const token = (permissions: Permission[]) => ({
  name: 'ci',
  permissions,
  limited: false,
  accounts: [],
  expiresAt: new Date(Date.now() + 86_400_000),
})
const byId = async (id: Promise<string>) => [{ id: await id }]

let count = 0
/** A value that no save before had. */
const next = () => {
  count += 1
  return 10 + (count % 900)
}
const duePolicy = () => ({ ...defaultDuePolicy, days: { ...defaultDuePolicy.days, low: next() } })

async function closed(account: string): Promise<{ id: string }> {
  await prisma().account.update({ where: { id: account }, data: { closedAt: new Date(), closedReason: 'gone' } })
  return { id: account }
}

async function opened(account: string): Promise<{ id: string; reason: string }> {
  await prisma().account.update({ where: { id: account }, data: { closedAt: null, closedReason: '' } })
  return { id: account, reason: 'gone' }
}

async function apiToken(): Promise<string> {
  const { id } = await prisma().apiToken.create({
    data: { name: 'ci', prefix: 'hin_x', tokenHash: crypto.randomUUID(), permissions: ['findings:read'] },
  })
  return id
}

export const settingActions: ActionTable = {
  'accounts/changeAccount': {
    cases: {
      A: { may: LEAD_A, args: () => [{ id: A, name: `ours ${next()}` }] },
      B: { may: LEAD_B, args: () => [{ id: B, name: `theirs ${next()}` }] },
    },
  },
  'accounts/addAccount': {
    cases: {
      'A, which a report named': {
        may: LEAD_A,
        args: async () => {
          await prisma().account.update({ where: { id: A }, data: { origin: 'discovered' } })
          return [{ id: A, name: `ours ${next()}` }]
        },
      },
      'an account outside the scope': {
        may: ORGANISATION,
        args: async () => {
          await prisma().account.deleteMany({ where: { id: UNKNOWN } })
          return [{ id: UNKNOWN, name: 'theirs' }]
        },
      },
    },
  },
  'accounts/closeAccount': {
    cases: {
      A: { may: LEAD_A, args: async () => [await opened(A)] },
      B: { may: LEAD_B, args: async () => [await opened(B)] },
    },
  },
  'accounts/reopenAccount': {
    cases: {
      A: { may: LEAD_A, args: async () => [await closed(A)] },
      B: { may: LEAD_B, args: async () => [await closed(B)] },
    },
  },
  'settings/closing/save': {
    cases: { limit: { may: ORGANISATION, args: () => [{ number: next(), share: 40 }] } },
  },
  'settings/csv/preview': {
    effect: 'reads',
    cases: { file: { may: ORGANISATION, args: () => [{ mapping: csvMapping, head: 'Resource,Check\na,b\n' }] } },
  },
  'settings/csv/save': {
    cases: {
      'a new mapping': {
        may: ORGANISATION,
        args: () => [{ name: crypto.randomUUID(), mapping: csvMapping, seen: null }],
      },
      'a saved one': {
        may: ORGANISATION,
        args: async () => [{ name: await savedMapping(), mapping: csvMapping, seen: 1 }],
      },
    },
  },
  'settings/csv/drop': {
    cases: { 'a saved one': { may: ORGANISATION, args: async () => [{ name: await savedMapping() }] } },
  },
  'settings/due-dates/preview': {
    effect: 'reads',
    cases: { policy: { may: ORGANISATION, args: () => [duePolicy()] } },
  },
  'settings/due-dates/save': {
    cases: {
      policy: {
        may: ORGANISATION,
        args: async () => [{ policy: duePolicy(), seen: await versionOf('due-policy') }],
      },
    },
  },
  'settings/routing/preview': {
    effect: 'reads',
    cases: { rules: { may: ORGANISATION, args: () => [routingRules] } },
  },
  'settings/routing/save': {
    cases: {
      rules: {
        may: ORGANISATION,
        args: async () => [
          { rules: routingRules.map(rule => ({ ...rule, name: `Rule ${next()}` })), seen: await versionOf('routing') },
        ],
      },
    },
  },
  'settings/members/inviteMember': {
    cases: {
      'a viewer': {
        may: ADMIN,
        args: () => [{ email: `${crypto.randomUUID()}@example.com`, role: 'viewer', ...standing }],
      },
      'an administrator': {
        may: ADMIN,
        args: () => [{ email: `${crypto.randomUUID()}@example.com`, role: 'admin', ...standing }],
      },
    },
  },
  'settings/members/resetMember': { cases: { 'somebody else': { may: ADMIN, args: () => byId(otherMember()) } } },
  'settings/members/unlock': { cases: { 'somebody else': { may: ADMIN, args: () => byId(lockedMember()) } } },
  'settings/members/cancelInvite': {
    cases: { 'an open one': { may: ADMIN, args: () => byId(invitation().then(({ id }) => id)) } },
  },
  'settings/members/changeMember': {
    cases: {
      'somebody else': { may: ADMIN, args: async () => [{ id: await otherMember(), role: 'lead', ...standing }] },
      'the own role': {
        may: ADMIN,
        args: async ({ member }) => {
          await addMember('admin')
          return [{ id: member.id, role: 'admin', ...standing }]
        },
      },
    },
  },
  'settings/members/dropMember': { cases: { 'somebody else': { may: ADMIN, args: () => byId(otherMember()) } } },
  'settings/members/unbindMember': { cases: { 'somebody else': { may: ADMIN, args: () => byId(otherMember()) } } },
  'settings/members/endSessions': { cases: { 'of somebody else': { may: ADMIN, args: () => byId(otherMember()) } } },
  'settings/tokens/makeToken': {
    cases: {
      'that reads': { may: ADMIN, args: () => [token(['findings:read'])] },
      'that closes': { may: ADMIN, args: () => [token(['imports:write', 'imports:close'])] },
      'that manages members': {
        may: '403 403 403 403 400 | 403 403 403 403',
        args: () => [token(['members:manage'])],
      },
    },
  },
  'settings/tokens/endToken': { cases: { 'of somebody else': { may: ADMIN, args: () => byId(apiToken()) } } },
  'settings/profile/saveProfile': {
    cases: { own: { may: EVERYONE, args: () => [{ name: `Name ${crypto.randomUUID()}`, locale: 'en' }] } },
  },
  'settings/profile/savePassword': {
    cases: {
      own: {
        may: EVERYONE,
        args: async ({ member }) => {
          await prisma().member.update({ where: { id: member.id }, data: { passwordHash: await hashOfPassword() } })
          return [{ current: PASSWORD, next: NEW_PASSWORD }]
        },
      },
    },
  },
  'settings/profile/endSession': {
    cases: {
      own: {
        may: EVERYONE,
        args: async ({ member }) => {
          const { id } = await prisma().session.create({ data: { memberId: member.id } })
          return [{ id }]
        },
      },
      'of somebody else': {
        may: '404 404 404 404 404 | 404 404 404 404',
        args: async () => {
          const { id } = await prisma().session.findFirstOrThrow({ where: { memberId: await otherMember() } })
          return [{ id }]
        },
      },
    },
  },
  'settings/profile/endSessions': {
    cases: {
      'other sessions of one’s own': {
        may: EVERYONE,
        args: async ({ member }) => {
          await prisma().session.create({ data: { memberId: member.id } })
          return [{}]
        },
      },
    },
  },
  search: {
    effect: 'reads',
    cases: {
      'words of A': { may: SEE_A, args: () => ['ours'] },
      'words of B': { may: SEE_A, args: () => ['theirs'] },
      'the id of B': { may: SEE_A, args: () => [B] },
    },
  },
  setTheme: { effect: 'browser', signedOut: 'ok', cases: { dark: { may: EVERYONE, args: () => ['dark'] } } },
  setLanguage: { cases: { own: { may: EVERYONE, args: () => [{ locale: 'ja' }] } } },
  signOut: { signedOut: 'ok', cases: { own: { may: EVERYONE, args: () => [] } } },
  'app/(auth)/setLanguage': {
    effect: 'browser',
    signedOut: 'ok',
    cases: { 'this browser': { may: EVERYONE, args: () => [{ locale: 'ja' }] } },
  },
  // What the links allow stands in matrix-links.test.ts.
  'app/(auth)/claim': {
    effect: 'reads',
    signedOut: '409',
    cases: {
      'any token': {
        may: CONFLICT,
        args: () => [{ token: 'x', name: 'Eve', email: 'eve@example.com', password: NEW_PASSWORD }],
      },
    },
  },
  'app/(auth)/accept': {
    effect: 'reads',
    signedOut: '409',
    cases: {
      'any token': { may: CONFLICT, args: () => [{ token: 'x', name: 'Eve', password: NEW_PASSWORD }] },
    },
  },
}
