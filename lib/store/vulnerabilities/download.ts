import 'server-only'
import { type KnownExploited, maxListBytes, readKnownExploited } from '../../domain/vulnerabilities/known-exploited'
import { AppError } from '../../errors'

const TIMEOUT_MS = 30_000

/** CISA's list from an https address that an administrator named. Throws `unavailable` for any other answer. */
export async function downloadKnownExploited(url: string): Promise<KnownExploited> {
  const list = readKnownExploited(await textAt(url))
  if (!list) throw new AppError('unavailable', { reason: 'knownExploitedFile' })
  return list
}

async function textAt(url: string): Promise<string> {
  const failed = (status: string) =>
    new AppError('unavailable', { reason: 'knownExploitedDownload', params: { status } })
  let answer: Response
  try {
    answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' })
  } catch {
    throw failed('-')
  }
  if (!answer.ok || !answer.body) throw failed(String(answer.status))
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    for await (const piece of answer.body) {
      size += piece.length
      if (size > maxListBytes) throw new AppError('unavailable', { reason: 'knownExploitedFile' })
      pieces.push(piece)
    }
  } catch (error) {
    throw error instanceof AppError ? error : failed('-')
  }
  return Buffer.concat(pieces).toString('utf8')
}
