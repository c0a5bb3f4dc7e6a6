import 'server-only'
import { Prisma } from '../generated/prisma/client'

/** Every team as the domain's Team, in the order of the organisation. */
export const teamsSql = Prisma.sql`
  SELECT id, kind, name_en AS "nameEn", name_ja AS "nameJa", retired_at IS NOT NULL AS retired, successor
  FROM team ORDER BY position, id`
