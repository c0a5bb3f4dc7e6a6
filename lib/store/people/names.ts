import 'server-only'
import { nameKey } from '../../domain/people/display-name'
import { cutText } from '../../domain/text/cut-text'
import { oneLine } from '../../domain/text/plain-text'
import { AppError } from '../../errors'
import type { ModelTx } from '../../sql/transaction'

const MAX = 100

/**
 * Throws `nameTaken` if another member has the name. Call it under lockMembers; `own` is the member who takes the name.
 */
export async function requireFreeName(tx: ModelTx, name: string, own: string | null): Promise<void> {
  if (await isTaken(tx, name, own)) throw new AppError('conflict', { reason: 'nameTaken', field: 'name' })
}

/** A free name for a person who is not asked: the given one, followed by the address if another member has it. */
export async function toFreeName(tx: ModelTx, given: string, email: string, own: string | null): Promise<string> {
  const name = cutText(oneLine(given), MAX).trim() || email.slice(0, MAX)
  if (!(await isTaken(tx, name, own))) return name
  return `${cutText(name, 40)} (${email})`.slice(0, MAX)
}

async function isTaken(tx: ModelTx, name: string, own: string | null): Promise<boolean> {
  const others = await tx.member.findMany({
    where: { removedAt: null, ...(own ? { id: { not: own } } : {}) },
    select: { name: true },
  })
  const key = nameKey(name)
  return others.some(other => nameKey(other.name) === key)
}
