import 'server-only'
import type { Access } from '../access/proof'
import type { ImportDetail, ImportRow, Page } from '../domain/views'
import { AppError } from '../errors'

export async function listImports(access: Access<'imports:read'>, cursor: string | null): Promise<Page<ImportRow>> {
  throw new AppError('unavailable', { reason: JSON.stringify([access.ip, cursor]) })
}

export async function getImport(access: Access<'imports:read'>, id: number): Promise<ImportDetail> {
  throw new AppError('unavailable', { reason: JSON.stringify([access.ip, id]) })
}
