import { listExceptions } from '../../lib/queries/exceptions/exceptions'

type Asked = Parameters<typeof listExceptions>

/** The first exceptions of a list. */
export async function firstExceptions(access: Asked[0], list: Asked[1]) {
  return (await listExceptions(access, list, { cursor: null, limit: 100 })).rows
}
