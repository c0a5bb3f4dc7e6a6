import 'server-only'
import { env } from '../../env'
import { Prisma } from '../../generated/prisma/client'
import { SESSION_SECONDS } from './session'

/** For how long a proof of identity allows the actions that ask for one. */
const RECENT_MINUTES = 15

/** How long a sign-in waits for its second factor. One that has to set a factor up waits as long as the password is a recent proof. */
const SECOND_FACTOR_MINUTES = 10

/** The database's clock, never the one that a demo may fix: a session must end. */
export const isExpired = Prisma.sql`(s.created_at <= now() - make_interval(secs => ${SESSION_SECONDS})
  OR s.stage = 'second-factor' AND s.created_at <= now() - make_interval(mins => ${SECOND_FACTOR_MINUTES})
  OR s.stage = 'enrolment' AND s.verified_at <= now() - make_interval(mins => ${RECENT_MINUTES}))`

/** Whether `session AS s` has not been used for as long as the settings allow. */
export function isIdle(): Prisma.Sql {
  return Prisma.sql`s.last_used_at <= now() - make_interval(mins => ${env().HINOMI_SESSION_IDLE_MINUTES}::int)`
}

/** Whether the member of `session AS s` proved who they are within the last 15 minutes: OWASP ASVS 5.0, 7.5.1 and 7.5.2. */
export const isRecentlyVerified = Prisma.sql`s.verified_at > now() - make_interval(mins => ${RECENT_MINUTES}::int)`

/** Whether `session AS s` has neither ended nor expired. It signs somebody in only where its stage is complete as well. */
export function isLive(): Prisma.Sql {
  return Prisma.sql`(s.ended_at IS NULL AND NOT ${isExpired} AND NOT ${isIdle()})`
}
