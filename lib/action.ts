import 'server-only'
import { randomUUID } from 'node:crypto'
import { revalidatePath } from 'next/cache'
import { headers } from 'next/headers'
import { unstable_rethrow } from 'next/navigation'
import type { z } from 'zod'
import { requireAccess } from './access/access'
import { actorKey, limitRate } from './access/api/rate-limit'
import { currentLocale } from './access/locale'
import { clientIp } from './access/network/peer'
import type { Access } from './access/proof'
import { recordingRefusals } from './access/refusals/refusals'
import { logRefusedInput } from './access/refusals/refused-input'
import { type PendingSignIn, pendingSignIn } from './access/session/pending'
import { requireRecent } from './access/session/recent'
import type { Permission } from './domain/people/role'
import { AppError, type ErrorCode } from './errors'
import { errorSentence, errorTranslator, issueSentence, unexpectedSentence } from './locale'
import { log } from './log'
import { outageError, outageOf } from './outage'

export type ActionResult<T> =
  | { ok: true; data: T }
  | { ok: false; code: ErrorCode | 'unexpected'; message: string; field?: string; fields?: Record<string, string> }

interface ActionSpec<P extends Permission, Schema extends z.ZodType, T> {
  needs: P | readonly P[]
  input: Schema
  run: (access: Access<P>, input: z.output<Schema>) => Promise<T>
  /** Whether the member must have confirmed their identity in the last 15 minutes; otherwise it returns `not_recent` and does nothing. */
  recent?: boolean | ((input: z.output<Schema>) => boolean)
  /** Paths of pages that show the changed data; with [param] for every page of that pattern. */
  refresh?: readonly string[] | ((input: z.output<Schema>, data: T) => readonly string[])
}

/**
 * A server action: checks access and input, runs, and refreshes pages. Never throws: it returns an error as a code with a
 * sentence in the reader's language. Without a session it redirects to sign-in.
 */
export function action<P extends Permission, Schema extends z.ZodType, T>(spec: ActionSpec<P, Schema, T>) {
  return async (input: z.input<Schema>): Promise<ActionResult<T>> =>
    answer(async () => {
      const needs = typeof spec.needs === 'string' ? [spec.needs] : spec.needs
      const access = await requireAccess(...needs)
      limitRate('requests', actorKey(access))
      const checked = spec.input.parse(input)
      // After the input check, so that nobody has to confirm their identity for a form with a mistake.
      const recent = typeof spec.recent === 'function' ? spec.recent(checked) : spec.recent
      if (recent) await requireRecent(access)
      const path = (await headers()).get('x-hinomi-path')
      const data = await recordingRefusals(access, path, () => spec.run(access, checked))
      const refresh = typeof spec.refresh === 'function' ? spec.refresh(checked, data) : (spec.refresh ?? [])
      for (const path of refresh) {
        if (path.includes('[')) revalidatePath(path, 'page')
        else revalidatePath(path)
      }
      return data
    })
}

/** A server action for people who have not signed in yet: `run` checks access itself. */
export function openAction<Schema extends z.ZodType, T>(input: Schema, run: (input: z.output<Schema>) => Promise<T>) {
  return async (given: z.input<Schema>): Promise<ActionResult<T>> => answer(async () => run(input.parse(given)))
}

/** A server action for a sign-in that waits at `stage`; any other request gets `signInExpired`. It grants no permission. */
export function pendingAction<Schema extends z.ZodType, T>(
  stage: PendingSignIn['stage'],
  input: Schema,
  run: (pending: PendingSignIn, input: z.output<Schema>) => Promise<T>,
) {
  return async (given: z.input<Schema>): Promise<ActionResult<T>> =>
    answer(async () => {
      const pending = await pendingSignIn()
      if (pending?.stage !== stage) throw new AppError('conflict', { reason: 'signInExpired' })
      // Not the rate limit key of the member: an attacker with only the password could exhaust it.
      limitRate('requests', `sign-in/${pending.session}`)
      return run(pending, input.parse(given))
    })
}

async function answer<T>(work: () => Promise<T>): Promise<ActionResult<T>> {
  try {
    return { ok: true, data: await work() }
  } catch (thrown) {
    const outage = outageOf(thrown)
    if (outage) log.error({ err: thrown }, `server action failed: ${outage}`)
    const error = outage ? outageError(outage) : thrown
    const head = await headers()
    logRefusedInput(error, clientIp(head), head.get('x-hinomi-path'))
    if (error instanceof AppError) {
      const message = errorSentence(await errorTranslator(await currentLocale()), error)
      return { ok: false, code: error.code, message, ...(error.field ? { field: error.field } : {}) }
    }
    // Redirects of Next.js are thrown. Checked after our own errors, whose digest looks like that of a redirect.
    unstable_rethrow(error)
    const t = await errorTranslator(await currentLocale())
    const wrong = isZodError(error)
      ? error.issues.map(issue => [issue.path.join('.'), issueSentence(t, { ...issue })])
      : []
    const [[field, message] = []] = wrong
    if (message !== undefined) {
      // The first error of a field counts.
      const fields = Object.fromEntries(wrong.toReversed())
      return { ok: false, code: 'invalid', message, ...(field ? { field, fields } : {}) }
    }
    const id = randomUUID()
    log.error({ id, err: error }, 'server action failed')
    return { ok: false, code: 'unexpected', message: unexpectedSentence(t, id) }
  }
}

function isZodError(error: unknown): error is z.ZodError {
  return error instanceof Error && 'issues' in error && Array.isArray(error.issues)
}
