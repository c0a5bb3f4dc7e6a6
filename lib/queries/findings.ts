import 'server-only'
import type { Access } from '../access/proof'
import type { FindingFilter, FindingId } from '../domain/finding-filter'
import type { FindingRow, Page } from '../domain/views'
import { AppError } from '../errors'

export async function listFindings(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  page: { cursor: string | null; limit: number },
): Promise<Page<FindingRow>> {
  throw new AppError('unavailable', { reason: JSON.stringify([access.ip, filter, page]) })
}

export async function selectFindings(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  limit: number,
): Promise<FindingId[]> {
  throw new AppError('unavailable', { reason: JSON.stringify([access.ip, filter, limit]) })
}
