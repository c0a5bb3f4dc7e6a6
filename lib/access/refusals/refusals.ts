import 'server-only'
import { prisma } from '../../db'
import type { Permission } from '../../domain/people/role'
import type { RefusedReason } from '../../domain/people/views'
import { ForbiddenError } from '../../errors'
import { log } from '../../log'
import { type Access, type Grant, prove } from '../proof'
import { ANONYMOUS, recordThrottled } from './throttled-audit'

/** Errors pass through several functions that record them; each is recorded once. */
const recorded = new WeakSet<Error>()

type Who = Pick<Grant, 'actor' | 'ip'>

/** `path` is the requested path; its query is omitted, since links contain secrets there. */
async function recordForbidden(who: Who, error: unknown, path: string | null, needs: readonly string[]): Promise<void> {
  if (!(error instanceof ForbiddenError) || recorded.has(error)) return
  recorded.add(error)
  if (who.actor.kind === 'token') await noteRefused(who.actor.id, reasonOf(error))
  await recordThrottled({
    action: 'access.refused',
    actor: who.actor,
    ip: who.ip,
    target: targetOf(path),
    detail: { reason: error.reason, ...(needs.length ? { needs } : {}) },
  })
}

/** The same as `prove`, but records the refusal where a permission is missing. */
export async function proveOrRecord<P extends Permission>(
  grant: Grant,
  needed: readonly P[],
  path: string | null,
): Promise<Access<P>> {
  return recordingRefusals(grant, path, () => prove(grant, needed), needed)
}

/** Runs `work` for an actor, and records the ForbiddenError that it throws. */
export async function recordingRefusals<T>(
  who: Who,
  path: string | null,
  work: () => T | Promise<T>,
  needs: readonly string[] = [],
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await recordForbidden(who, error, path, needs)
    throw error
  }
}

interface KnownToken {
  id: string
  name: string
  prefix: string
}
type RefusedToken =
  | { reason: 'unknown'; token?: undefined }
  | { reason: 'expired' | 'revoked' | 'owner' | 'network'; token: KnownToken }

/** Records that a bearer token was refused: an unknown one, or `token`. */
export async function recordTokenRefused(refused: RefusedToken, ip: string | null, path: string): Promise<void> {
  const { reason, token } = refused
  if (token) await noteRefused(token.id, reason)
  await recordThrottled({
    action: 'token.refused',
    actor: ANONYMOUS,
    ip,
    target: token ? `token:${token.id}` : '',
    detail: { reason, path: pathOf(path), ...(token ? { name: token.name, prefix: token.prefix } : {}) },
  })
}

const DAY = 1440

/** Records that a token is used, once a day for each network. `repeats` counts the other minutes of the day before. */
export async function recordTokenUse({ id, name, prefix }: KnownToken, ip: string | null): Promise<void> {
  await recordThrottled({
    action: 'token.use',
    actor: { kind: 'token', id, name, owner: null },
    ip,
    target: `token:${id}`,
    detail: { name, prefix },
    minutes: DAY,
    routine: true,
  })
}

/** Stores the last refusal for the lists of tokens, at most once a minute. Like recordThrottled, never throws. */
async function noteRefused(id: string, reason: RefusedReason): Promise<void> {
  const at = new Date()
  try {
    await prisma().apiToken.updateMany({
      where: { id, OR: [{ refusedAt: null }, { refusedAt: { lt: new Date(at.getTime() - 60_000) } }] },
      data: { refusedAt: at, refusedReason: reason },
    })
  } catch (error) {
    log.error({ err: error, token: id }, 'the refusal of a token could not be noted')
  }
}

function reasonOf({ reason }: ForbiddenError): RefusedReason {
  if (reason === 'importSource') return 'source'
  return reason === 'allAccounts' || reason === 'exceptionReach' ? 'accounts' : 'permission'
}

/** Records a refused sign-in. `member` is the one whose address was typed; an unknown address may be a password and is not stored. */
export async function recordSignInRefused(
  member: { id: string; email: string } | null,
  detail: { by: string; reason: string },
  ip: string | null,
  action: 'session.refused' | 'session.verify-refused' = 'session.refused',
): Promise<void> {
  const target = member ? `member:${member.id}` : ''
  const email = member ? { email: member.email } : {}
  await recordThrottled({ action, actor: ANONYMOUS, ip, target, detail: { ...email, ...detail } })
}

/** Records that for now only known browsers can sign in with a member's address, or submit codes of one kind. */
export async function recordLocked(member: { id: string; email: string }, by = 'password'): Promise<void> {
  const { id, email } = member
  const target = `member:${id}`
  await recordThrottled({
    action: 'session.locked',
    actor: ANONYMOUS,
    ip: null,
    target,
    detail: { email, by },
    minutes: 15,
  })
}

function targetOf(path: string | null): string {
  return path ? `path:${pathOf(path)}` : ''
}

/** A path without its query, since links contain secrets there, cut to 200 characters. */
export function pathOf(path: string): string {
  return (path.split(/[?#]/)[0] ?? '').slice(0, 200)
}
