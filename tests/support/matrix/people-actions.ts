import { prisma } from '../../../lib/db'
import type { Permission } from '../../../lib/domain/people/role'
import { addMember } from '../people'
import { type ActionTable, ADMIN, CONFLICT, EVERYONE, SEE_A } from './action-row'
import { B, hashOfPassword, invitation, lockedMember, otherMember, PASSWORD } from './targets'

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

async function apiToken(createdBy: string | null = null): Promise<string> {
  const { id } = await prisma().apiToken.create({
    data: {
      name: 'ci',
      prefix: 'hin_x',
      tokenHash: crypto.randomUUID(),
      permissions: ['findings:read'],
      expiresAt: new Date(Date.now() + 86_400_000),
      createdBy,
    },
  })
  return id
}

/** Actions on members, tokens and the own profile. */
export const peopleActions: ActionTable = {
  'settings/members/inviteMember': {
    recent: true,
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
  'settings/members/resetMember': {
    recent: true,
    cases: { 'somebody else': { may: ADMIN, args: () => byId(otherMember()) } },
  },
  'settings/members/unlock': { cases: { 'somebody else': { may: ADMIN, args: () => byId(lockedMember()) } } },
  'settings/members/cancelInvite': {
    cases: { 'an open one': { may: ADMIN, args: () => byId(invitation().then(({ id }) => id)) } },
  },
  'settings/members/changeMember': {
    recent: true,
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
  'settings/members/dropMember': {
    recent: true,
    cases: { 'somebody else': { may: ADMIN, args: () => byId(otherMember()) } },
  },
  'settings/members/unbindMember': {
    recent: true,
    cases: { 'somebody else': { may: ADMIN, args: () => byId(otherMember()) } },
  },
  'settings/members/endSessions': {
    recent: true,
    cases: { 'of somebody else': { may: ADMIN, args: () => byId(otherMember()) } },
  },
  'settings/tokens/makeToken': {
    recent: true,
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
  'settings/tokens/takeOver': { cases: { 'without an owner': { may: ADMIN, args: () => byId(apiToken()) } } },
  'settings/profile/token-actions/endOwnToken': {
    cases: {
      own: { may: EVERYONE, args: ({ member }) => byId(apiToken(member.id)) },
      'of somebody else': { may: '404 404 404 404 404 | 404 404 404 404', args: () => byId(apiToken()) },
    },
  },
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
    recent: true,
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
    recent: true,
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
  proveRecent: { effect: 'reads', recent: true, cases: { own: { may: EVERYONE, args: () => [{}] } } },
  confirmNotices: { effect: 'browser', cases: { own: { may: EVERYONE, args: () => [{ at: new Date() }] } } },
  setLanguage: { cases: { own: { may: EVERYONE, args: () => [{ locale: 'ja' }] } } },
  signOut: { signedOut: 'ok', stage: 'any', cases: { own: { may: EVERYONE, args: () => [] } } },
  'app/(auth)/setLanguage': {
    effect: 'browser',
    signedOut: 'ok',
    cases: { 'this browser': { may: EVERYONE, args: () => [{ locale: 'ja' }] } },
  },
  // The permissions of the links are tested in matrix-links.test.ts.
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
  // Actions with a link. A session gives no additional permission for them.
  'app/(auth)/openSetup': {
    effect: 'reads',
    signedOut: 'ok',
    cases: { 'any token': { may: EVERYONE, args: () => [{ token: 'x' }] } },
  },
  'app/(auth)/openInvite': {
    effect: 'reads',
    signedOut: 'ok',
    cases: { 'any token': { may: EVERYONE, args: () => [{ token: 'x' }] } },
  },
  'app/(auth)/accept': {
    effect: 'reads',
    signedOut: '409',
    cases: {
      'any token': { may: CONFLICT, args: () => [{ token: 'x', name: 'Eve', password: NEW_PASSWORD }] },
    },
  },
}
