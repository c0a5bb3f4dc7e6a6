import 'server-only'
import { env } from '../env'
import { Prisma } from '../generated/prisma/client'
import { SESSION_SECONDS } from './session'

/** The database's clock, never the one that a demo may fix: a session must end. */
export const isExpired = Prisma.sql`s.created_at <= now() - make_interval(secs => ${SESSION_SECONDS})`

/** Whether `session AS s` has not been used for as long as the settings allow. */
export function isIdle(): Prisma.Sql {
  return Prisma.sql`s.last_used_at <= now() - make_interval(mins => ${env().HINOMI_SESSION_IDLE_MINUTES}::int)`
}

/** Whether `session AS s` still signs somebody in. */
export function isLive(): Prisma.Sql {
  return Prisma.sql`(s.ended_at IS NULL AND NOT ${isExpired} AND NOT ${isIdle()})`
}
