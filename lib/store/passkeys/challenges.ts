import 'server-only'
import { randomBytes } from 'node:crypto'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn } from '../../sql/transaction'

const { sql } = Prisma

export interface ChallengeUse {
  purpose: 'register' | 'sign-in' | 'second-step' | 'recent'
  /** The member who has to answer it; null for anybody. */
  member: string | null
  /** The session that has to answer it; null if nobody is signed in. */
  session: string | null
}

interface Row {
  purpose: string
  member_id: string | null
  session_id: string | null
  live: boolean
}

/** A new challenge of 32 random bytes, which can be answered once within 5 minutes. */
export async function createChallenge({ purpose, member, session }: ChallengeUse): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(randomBytes(32))
  await executeIn(
    pool(),
    sql`INSERT INTO passkey_challenge (challenge, purpose, member_id, session_id, expires_at)
      VALUES (${Buffer.from(bytes).toString('base64url')}, ${purpose}, ${member}, ${session}, now() + interval '5 minutes')`,
  )
  return bytes
}

/**
 * Deletes a challenge. Returns whether it was created for exactly this use and has not expired; only one of two calls
 * gets true.
 */
export async function redeemChallenge(challenge: string, { purpose, member, session }: ChallengeUse): Promise<boolean> {
  const [row] = await runIn<Row>(
    pool(),
    sql`DELETE FROM passkey_challenge WHERE challenge = ${challenge}
      RETURNING purpose, member_id, session_id, expires_at > now() AS live`,
  )
  return row?.live === true && row.purpose === purpose && row.member_id === member && row.session_id === session
}

/** Deletes expired challenges. */
export async function dropExpiredChallenges(_access: JobAccess): Promise<void> {
  await executeIn(pool(), sql`DELETE FROM passkey_challenge WHERE expires_at <= now()`)
}
