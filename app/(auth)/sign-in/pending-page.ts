import { redirect } from 'next/navigation'
import { currentMember } from '@/lib/access/access'
import { safePath } from '@/lib/access/paths'
import { type PendingSignIn, pendingSignIn } from '@/lib/access/session/pending'

/** The page of the next step of a sign-in, and where to go after it. */
export function stepPath(stage: PendingSignIn['stage'], target: string): string {
  return `/sign-in/${stage === 'enrolment' ? 'enrol' : 'verify'}?callbackUrl=${encodeURIComponent(target)}`
}

/** The pending sign-in of a page for one step, and where to go after it. Redirects everybody who is at another step. */
export async function requirePending(
  stage: PendingSignIn['stage'],
  searchParams: Promise<Record<string, string | string[] | undefined>>,
): Promise<{ pending: PendingSignIn; target: string }> {
  const { callbackUrl } = await searchParams
  const target = safePath(typeof callbackUrl === 'string' ? callbackUrl : null)
  const pending = await pendingSignIn()
  if (pending?.stage === stage) return { pending, target }
  if (pending) redirect(stepPath(pending.stage, target))
  redirect((await currentMember()) ? target : `/sign-in?callbackUrl=${encodeURIComponent(target)}`)
}
