import 'server-only'
import { randomBytes } from 'node:crypto'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'

export interface ChallengeUse {
  purpose: 'register' | 'sign-in' | 'second-step' | 'recent'
  /** Who must answer it; null where anybody may. */
  member: string | null
  /** In which session; null where nobody is signed in. */
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
  await pool().query(
    `INSERT INTO passkey_challenge (challenge, purpose, member_id, session_id, expires_at)
     VALUES ($1, $2, $3, $4, now() + interval '5 minutes')`,
    [Buffer.from(bytes).toString('base64url'), purpose, member, session],
  )
  return bytes
}

/** Uses up a challenge. Whether it was handed out for exactly this and has not expired; of two uses at once, one gets true. */
export async function redeemChallenge(challenge: string, { purpose, member, session }: ChallengeUse): Promise<boolean> {
  const { rows } = await pool().query<Row>(
    `DELETE FROM passkey_challenge WHERE challenge = $1
     RETURNING purpose, member_id, session_id, expires_at > now() AS live`,
    [challenge],
  )
  const [row] = rows
  return row?.live === true && row.purpose === purpose && row.member_id === member && row.session_id === session
}

/** Drops challenges that nobody answered in time. */
export async function dropExpiredChallenges(_access: JobAccess): Promise<void> {
  await pool().query('DELETE FROM passkey_challenge WHERE expires_at <= now()')
}
