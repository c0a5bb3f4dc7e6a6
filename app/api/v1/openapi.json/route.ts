import { apiDocument } from '@/lib/domain/api/document'
import { refuseOthers } from '@/lib/route'
import packageJson from '@/package.json'

export const dynamic = 'force-static'

/** The description of this API. It contains no data, so that it needs no token. */
export function GET(): Response {
  return Response.json(apiDocument(packageJson.version))
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = refuseOthers('GET')
