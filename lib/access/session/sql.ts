import 'server-only'
import { env } from '../../env'
import { Prisma } from '../../generated/prisma/client'
import { SESSION_SECONDS } from './session'

/** How long a proof of identity is valid for actions that require one. */
const RECENT_MINUTES = 15

/** How long a sign-in waits for its second factor. With a factor to set up it waits as long as the password is a recent proof. */
const SECOND_FACTOR_MINUTES = 10

/** Uses the database's clock, never the demo's fixed one: a session must end. */
export const isExpired = Prisma.sql`(s.created_at <= now() - make_interval(secs => ${SESSION_SECONDS})
  OR s.stage = 'second-factor' AND s.created_at <= now() - make_interval(mins => ${SECOND_FACTOR_MINUTES})
  OR s.stage = 'enrolment' AND s.verified_at <= now() - make_interval(mins => ${RECENT_MINUTES}))`

/** Whether `session AS s` was idle for longer than the settings allow. */
export function isIdle(): Prisma.Sql {
  return Prisma.sql`s.last_used_at <= now() - make_interval(mins => ${env().HINOMI_SESSION_IDLE_MINUTES}::int)`
}

/** Whether the member of `session AS s` proved their identity within the last 15 minutes: OWASP ASVS 5.0, 7.5.1 and 7.5.2. */
export const isRecentlyVerified = Prisma.sql`s.verified_at > now() - make_interval(mins => ${RECENT_MINUTES}::int)`

/** Whether `session AS s` has neither ended nor expired. It authenticates a member only if its stage is complete as well. */
export function isLive(): Prisma.Sql {
  return Prisma.sql`(s.ended_at IS NULL AND NOT ${isExpired} AND NOT ${isIdle()})`
}
