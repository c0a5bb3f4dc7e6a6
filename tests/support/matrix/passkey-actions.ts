import { memberGrant } from '../../../lib/access/grant'
import { prove } from '../../../lib/access/proof'
import { prisma } from '../../../lib/db'
import { beginPasskey } from '../../../lib/store/passkeys'
import { Authenticator } from '../authenticator'
import { type ActionRow, type ActionTable, CONFLICT, EVERYONE } from './action-row'
import type { Caller } from './callers'
import { otherMember } from './targets'

/** What the browser of the tests is asked by: passkeys belong to a host. */
export const HOST = 'localhost:3000'
const party = { id: 'localhost', origin: `http://${HOST}` }

/** A passkey that the caller's device has just made. */
async function registered({ member, role, session }: Caller) {
  const grant = memberGrant({ ...member, role, teams: [], accounts: 'all' }, null)
  const options = await beginPasskey(prove(grant, []), session, party)
  return { name: 'Laptop', registration: new Authenticator(party.origin, party.id).create(options) }
}

/** A passkey that is kept, by its id. */
async function passkeyOf(memberId: string): Promise<{ id: string }> {
  const data = { memberId, name: 'Phone', credentialId: crypto.randomUUID(), publicKey: new Uint8Array(8) }
  return prisma().passkey.create({ data, select: { id: true } })
}

/** A step of a sign-in that is not complete: whoever is signed in has none. */
const stepOf = (stage: 'second-factor' | 'enrolment'): ActionRow => ({
  effect: 'reads',
  signedOut: '409',
  stage,
  cases: { own: { may: CONFLICT, args: () => [{}] } },
})
const NOT_FOUND = '404 404 404 404 404 | 404 404 404 404'

/** What people do with passkeys. */
export const passkeyActions: ActionTable = {
  'settings/profile/passkey-actions/beginPasskey': {
    effect: 'reads',
    recent: true,
    cases: { own: { may: EVERYONE, args: () => [{}] } },
  },
  'settings/profile/passkey-actions/addPasskey': {
    cases: {
      own: { may: EVERYONE, args: async caller => [await registered(caller)] },
      'for the challenge of another session': {
        may: '400 400 400 400 400 | 400 400 400 400',
        args: async caller => [await registered({ ...caller, session: crypto.randomUUID() })],
      },
    },
  },
  'settings/profile/passkey-actions/renamePasskey': {
    cases: {
      own: { may: EVERYONE, args: async ({ member }) => [{ ...(await passkeyOf(member.id)), name: 'Key' }] },
      'of somebody else': {
        may: NOT_FOUND,
        args: async () => [{ ...(await passkeyOf(await otherMember())), name: 'Key' }],
      },
    },
  },
  'settings/profile/passkey-actions/removePasskey': {
    recent: true,
    cases: {
      own: { may: EVERYONE, args: async ({ member }) => [await passkeyOf(member.id)] },
      'of somebody else': { may: NOT_FOUND, args: async () => [await passkeyOf(await otherMember())] },
    },
  },
  // The sign-in page asks for it: it tells nothing of anybody.
  'app/(auth)/passkey-actions/beginPasskey': {
    effect: 'reads',
    signedOut: 'ok',
    cases: { 'a sign-in': { may: EVERYONE, args: () => [{}] } },
  },
  'app/(auth)/passkey-actions/beginPasskeyStep': stepOf('second-factor'),
  'app/(auth)/passkey-actions/answerPasskeyStep': stepOf('second-factor'),
  'app/(auth)/passkey-actions/beginPasskeyEnrolment': stepOf('enrolment'),
  'app/(auth)/passkey-actions/addPasskeyEnrolment': stepOf('enrolment'),
}
