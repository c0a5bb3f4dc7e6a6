'use client'

import { signIn } from 'next-auth/react'
import { checkHealth } from '../../ui/recovery/health-store'

/**
 * Signs in and loads a full page, so that nothing of another member stays in the browser. Returns next-auth's code on
 * failure.
 */
export async function enter(email: string, password: string, target: string): Promise<string | null> {
  // Without an answer next-auth leaves the page and loses the typed text.
  const { status } = await checkHealth()
  if (status === 'unreachable') return 'Network'
  if (status === 'down') return 'database_away'
  const result = await signIn('credentials', { email, password, redirect: false })
  if (!result?.ok || result.error) return result?.error ?? 'Default'
  // The sign-in page redirects, to the second step if there is one.
  window.location.assign(`/sign-in?callbackUrl=${encodeURIComponent(target)}`)
  return null
}
