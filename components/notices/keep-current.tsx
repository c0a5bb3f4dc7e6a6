'use client'

import { usePathname, useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'

const AGE_MS = 5 * 60_000

/**
 * Refreshes the frame on navigation, at most once in five minutes; otherwise it stays as it was when the tab was
 * opened.
 */
export function KeepCurrent() {
  const pathname = usePathname()
  const router = useRouter()
  const drawn = useRef<{ at: number; pathname: string } | null>(null)
  useEffect(() => {
    drawn.current ??= { at: Date.now(), pathname }
    if (drawn.current.pathname === pathname) return
    drawn.current.pathname = pathname
    if (Date.now() - drawn.current.at < AGE_MS) return
    drawn.current.at = Date.now()
    router.refresh()
  }, [pathname, router])
  return null
}
