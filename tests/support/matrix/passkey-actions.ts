import type { Access } from '../../../lib/access/proof'
import { prisma } from '../../../lib/db'
import type { Member } from '../../../lib/generated/prisma/client'
import { addPasskey, beginPasskey } from '../../../lib/store/passkeys/passkeys'
import { beginPasskeyProof } from '../../../lib/store/passkeys/proof'
import { browser } from '../browser'
import { Authenticator } from '../passkey-device'
import { accessOf, addMember } from '../people'
import { type ActionTable, CONFLICT, EVERYONE } from './action-row'
import type { Caller } from './callers'

const NOT_FOUND = '404 404 404 404 404 | 404 404 404 404'
/** The host of the tests: passkeys belong to a host. */
export const HOST = 'localhost:3000'
const party = { id: 'localhost', origin: `http://${HOST}` }

/** Opens a host in the browser on which passkeys can be used. */
function atLocalhost(): void {
  browser.headers.set('host', HOST)
}

/** A device and the passkey that it created in the session of a member. */
async function made(access: Access, session: string) {
  atLocalhost()
  const device = new Authenticator(party.origin, party.id)
  return { device, registration: device.create(await beginPasskey(access, session, party)) }
}

async function withPasskey(member: Member, session: string) {
  const access = accessOf(member, 'member')
  const { device, registration } = await made(access, session)
  return { device, ...(await addPasskey(access, session, party, { name: 'Laptop', registration })) }
}

async function ofSomebodyElse(): Promise<string> {
  const member = await addMember('member')
  const { id: session } = await prisma().session.create({ data: { memberId: member.id } })
  return (await withPasskey(member, session)).id
}

async function registrationOf({ member, session }: Caller) {
  const { registration } = await made(accessOf(member, 'member'), session)
  return [{ name: 'Laptop', registration }]
}

async function answerOf({ member, session }: Caller, purpose: 'recent' | 'second-step') {
  const { device } = await withPasskey(member, session)
  return [{ assertion: device.get(await beginPasskeyProof(party, { purpose, member: member.id, session })) }]
}

function nothing() {
  atLocalhost()
  return [{}]
}

const begins = { effect: 'reads', cases: { own: { may: EVERYONE, args: nothing } } } as const
const step = { effect: 'reads', signedOut: '409', stage: 'second-factor' } as const
const enrolment = { effect: 'reads', signedOut: '409', stage: 'enrolment' } as const

/** Actions on passkeys. */
export const passkeyActions: ActionTable = {
  beginPasskeyVerification: begins,
  verifyPasskey: { cases: { own: { may: EVERYONE, args: caller => answerOf(caller, 'recent') } } },
  'settings/profile/passkey-actions/beginPasskey': { ...begins, recent: true },
  'settings/profile/passkey-actions/addPasskey': { cases: { own: { may: EVERYONE, args: registrationOf } } },
  'settings/profile/passkey-actions/renamePasskey': {
    cases: {
      own: {
        may: EVERYONE,
        args: async ({ member, session }) => [{ id: (await withPasskey(member, session)).id, name: 'Phone' }],
      },
      'of somebody else': { may: NOT_FOUND, args: async () => [{ id: await ofSomebodyElse(), name: 'Phone' }] },
    },
  },
  'settings/profile/passkey-actions/removePasskey': {
    recent: true,
    cases: {
      own: { may: EVERYONE, args: async ({ member, session }) => [{ id: (await withPasskey(member, session)).id }] },
      'of somebody else': { may: NOT_FOUND, args: async () => [{ id: await ofSomebodyElse() }] },
    },
  },
  'app/(auth)/passkey-actions/beginPasskey': { ...begins, signedOut: 'ok' },
  // Steps of an incomplete sign-in: a signed-in member has none.
  'app/(auth)/passkey-actions/beginPasskeyStep': { ...step, cases: { own: { may: CONFLICT, args: nothing } } },
  'app/(auth)/passkey-actions/answerPasskeyStep': {
    ...step,
    cases: { own: { may: CONFLICT, args: caller => answerOf(caller, 'second-step') } },
  },
  'app/(auth)/passkey-actions/beginPasskeyEnrolment': {
    ...enrolment,
    cases: { own: { may: CONFLICT, args: nothing } },
  },
  'app/(auth)/passkey-actions/addPasskeyEnrolment': {
    ...enrolment,
    cases: { own: { may: CONFLICT, args: registrationOf } },
  },
}
