import { offerTotp, sealTotp } from '../../../lib/access/sign-in/totp'
import { prisma } from '../../../lib/db'
import { codeOf } from '../authenticator-app'
import { type ActionTable, ADMIN, CONFLICT, EVERYONE } from './action-row'
import { hashOfPassword, otherMember, PASSWORD } from './targets'

const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

/** Adds an authenticator app to a member. Returns its secret. */
async function withApp(id: string): Promise<string> {
  await prisma().member.update({ where: { id }, data: { totpSecret: sealTotp(id, SECRET), totpSince: new Date() } })
  return SECRET
}

async function memberWithApp(): Promise<string> {
  const id = await otherMember()
  await withApp(id)
  return id
}

/** Actions on second factors. */
export const factorActions: ActionTable = {
  verify: {
    cases: {
      'the own password': {
        may: EVERYONE,
        args: async ({ member }) => {
          await prisma().member.update({ where: { id: member.id }, data: { passwordHash: await hashOfPassword() } })
          return [{ password: PASSWORD }]
        },
      },
    },
  },
  'settings/members/resetMemberFactors': {
    recent: true,
    cases: { 'of somebody else': { may: ADMIN, args: async () => [{ id: await memberWithApp() }] } },
  },
  'settings/profile/two-step-actions/beginApp': {
    recent: true,
    effect: 'reads',
    cases: { own: { may: EVERYONE, args: () => [{}] } },
  },
  'settings/profile/two-step-actions/confirmApp': {
    cases: {
      own: {
        may: EVERYONE,
        args: ({ member, session }) => {
          const { secret, offer } = offerTotp(member, session)
          return [{ offer, code: codeOf(secret) }]
        },
      },
      'the offer of somebody else': {
        may: CONFLICT,
        args: async ({ session }) => {
          const { secret, offer } = offerTotp({ id: await otherMember(), email: 'x@example.com' }, session)
          return [{ offer, code: codeOf(secret) }]
        },
      },
    },
  },
  'settings/profile/two-step-actions/removeApp': {
    recent: true,
    cases: {
      own: {
        may: EVERYONE,
        args: async ({ member }) => {
          await withApp(member.id)
          return [{}]
        },
      },
    },
  },
  'settings/profile/two-step-actions/makeCodes': {
    recent: true,
    cases: {
      own: {
        may: EVERYONE,
        args: async ({ member }) => {
          await withApp(member.id)
          return [{}]
        },
      },
    },
  },
  // Steps of an incomplete sign-in: a signed-in member has none.
  'app/(auth)/sign-in/giveCode': {
    effect: 'reads',
    signedOut: '409',
    stage: 'second-factor',
    cases: {
      own: { may: CONFLICT, args: async ({ member }) => [{ code: codeOf(await withApp(member.id)) }] },
    },
  },
  'app/(auth)/sign-in/beginEnrolment': {
    effect: 'reads',
    signedOut: '409',
    stage: 'enrolment',
    cases: { own: { may: CONFLICT, args: () => [{}] } },
  },
  'app/(auth)/sign-in/confirmEnrolment': {
    effect: 'reads',
    signedOut: '409',
    stage: 'enrolment',
    cases: {
      own: {
        may: CONFLICT,
        args: ({ member, session }) => {
          const { secret, offer } = offerTotp(member, session)
          return [{ offer, code: codeOf(secret) }]
        },
      },
    },
  },
  'app/(auth)/sign-in/finish': {
    effect: 'reads',
    signedOut: '409',
    stage: 'enrolment',
    cases: { own: { may: CONFLICT, args: () => [{}] } },
  },
  'app/(auth)/sign-in/cancel': {
    effect: 'browser',
    signedOut: 'ok',
    stage: 'any',
    cases: { own: { may: EVERYONE, args: () => [] } },
  },
}
