'use client'

import { useEffect, useState } from 'react'

/**
 * The token of the opened link; null without one, and undefined until the page runs. It is removed from the address, so
 * that it appears in no history entry and no Referer.
 */
export function useLinkToken(): string | null | undefined {
  const [token, setToken] = useState<string | null>()
  useEffect(() => {
    // After the effects of Next.js, which would otherwise restore its own address.
    const timer = setTimeout(() => setToken(takeToken()), 0)
    return () => clearTimeout(timer)
  }, [])
  return token
}

// Older links had the token in the query. A fragment never reaches a server.
function takeToken(): string | null {
  const { hash, pathname, search } = window.location
  const token = new URLSearchParams(hash.slice(1)).get('token') ?? new URLSearchParams(search).get('token')
  if (hash || search) window.history.replaceState(null, '', pathname)
  return token
}
