import 'server-only'
import { type WrittenType, writersOf } from '../domain/collection/resources/written-types'
import { Prisma } from '../generated/prisma/client'

const { sql } = Prisma

/** SQL: whether a row of `asset` is of one of these types and comes from a collector that writes it. */
export function isWritten(asset: Prisma.Sql, ...types: [WrittenType, ...WrittenType[]]): Prisma.Sql {
  const ofType = types.map(
    type => sql`(${asset}.type = ${type} AND ${asset}.collector = ANY(${writersOf(type)}::text[]))`,
  )
  return sql`(${Prisma.join(ofType, ' OR ')})`
}
