'use client'

import { signIn } from 'next-auth/react'

/** Signs in and opens a page anew, so that nothing of another member stays in the browser. Gives next-auth's code on failure. */
export async function enter(email: string, password: string, target: string): Promise<string | null> {
  const result = await signIn('credentials', { email, password, redirect: false })
  if (!result?.ok || result.error) return result?.error ?? 'Default'
  // The sign-in page leads on, by way of the second step where there is one.
  window.location.assign(`/sign-in?callbackUrl=${encodeURIComponent(target)}`)
  return null
}
