import 'server-only'
import type { Access } from '../access/proof'
import type { FindingId } from '../domain/finding-filter'
import type { FindingDetail } from '../domain/views'
import { AppError } from '../errors'

export async function getFinding(access: Access<'findings:read'>, id: FindingId): Promise<FindingDetail> {
  throw new AppError('unavailable', { reason: JSON.stringify([access.ip, id]) })
}

export async function rawRecord(
  access: Access<'findings:read'>,
  id: FindingId,
  sightingId: string,
): Promise<string | null> {
  throw new AppError('unavailable', { reason: JSON.stringify([access.ip, id, sightingId]) })
}
