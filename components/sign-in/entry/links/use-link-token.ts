'use client'

import { useEffect, useState } from 'react'

/**
 * The token of the link that was opened, null where it had none, and undefined until the page runs. It is taken out of the address, so
 * that it stays in no history entry and goes into no Referer.
 */
export function useLinkToken(): string | null | undefined {
  const [token, setToken] = useState<string | null>()
  useEffect(() => {
    // Later than the effects of Next.js, which would else put the address back that it knows.
    const timer = setTimeout(() => setToken(takeToken()), 0)
    return () => clearTimeout(timer)
  }, [])
  return token
}

// Links of before had the token in the query. It never reaches a server by the fragment.
function takeToken(): string | null {
  const { hash, pathname, search } = window.location
  const token = new URLSearchParams(hash.slice(1)).get('token') ?? new URLSearchParams(search).get('token')
  if (hash || search) window.history.replaceState(null, '', pathname)
  return token
}
