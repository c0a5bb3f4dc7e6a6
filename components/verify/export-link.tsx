'use client'

import type { MouseEvent, ReactNode } from 'react'
import type { ActionResult } from '../ui/action-result'
import { orSay } from '../ui/overlays/toasts'
import { verifyFirst } from './verify-first'

interface ExportLinkProps {
  href: string
  /**
   * Answers `not_recent` if the reader must confirm their identity before this export. Null for an export without this
   * step.
   */
  prove: ((input: Record<string, never>) => Promise<ActionResult<unknown>>) | null
  className?: string
  children: ReactNode
}

/** The link that downloads an export. */
export function ExportLink({ href, prove, className = '', children }: ExportLinkProps) {
  async function download(event: MouseEvent) {
    if (!prove) return
    event.preventDefault()
    if (orSay(await verifyFirst(prove)({})) !== null) window.location.assign(href)
  }
  return (
    <a href={href} download className={className} onClick={download}>
      {children}
    </a>
  )
}
