import 'server-only'
import type { Access } from '../../access/proof'
import type { FindingFilter } from '../../domain/findings/filter'
import type { FindingRow } from '../../domain/views'
import { listFindings } from './list'

const PAGE = 500

/** Every finding that matches a filter, a page at a time, in its order. Findings that change meanwhile may be included or not. */
export async function* exportFindings(
  access: Access<'findings:read' | 'export:read'>,
  filter: FindingFilter,
): AsyncGenerator<FindingRow[]> {
  let cursor: string | null = null
  do {
    const page = await listFindings(access, filter, { cursor, limit: PAGE })
    yield page.rows
    cursor = page.next
  } while (cursor !== null)
}
