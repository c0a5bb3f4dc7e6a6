import 'server-only'
import type { Permission } from '../../domain/people/role'
import { env } from '../../env'
import { ForbiddenError } from '../../errors'
import { currentMember } from '../access'
import { memberGrant } from '../grant'
import { clientIp } from '../network/peer'
import type { Access } from '../proof'
import { proveOrRecord, recordingRefusals } from '../refusals/refusals'
import { requireTokenAccess, UnauthenticatedError } from './token'

/** Proof for a request to the API: its bearer token or, only from Hinomi's own pages, the browser's session. */
export async function requireApiAccess<P extends Permission>(request: Request, ...needed: P[]): Promise<Access<P>> {
  if (request.headers.has('authorization')) return requireTokenAccess(request, ...needed)
  const member = await currentMember()
  if (!member) throw new UnauthenticatedError()
  const grant = memberGrant(member, clientIp(request.headers))
  const { pathname } = new URL(request.url)
  if (isSameOrigin(request)) return proveOrRecord(grant, needed, pathname)
  return recordingRefusals(grant, pathname, () => {
    throw new ForbiddenError('crossOrigin')
  })
}

/**
 * Whether the browser reports that one of Hinomi's own pages sent this request. Current browsers send Sec-Fetch-Site, older ones send
 * Origin with every write; a write with neither is refused.
 */
function isSameOrigin(request: Request): boolean {
  const reading = request.method === 'GET' || request.method === 'HEAD'
  const site = request.headers.get('sec-fetch-site')
  if (site) return site === 'same-origin' || (reading && site === 'none')
  const origin = request.headers.get('origin')
  if (!origin) return reading
  if (!URL.canParse(origin)) return false
  const hosts = [request.headers.get('host')]
  const configured = env().HINOMI_URL
  if (configured) hosts.push(new URL(configured).host)
  return hosts.includes(new URL(origin).host)
}
