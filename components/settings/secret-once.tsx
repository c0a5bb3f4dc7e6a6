'use client'

import type { ReactNode } from 'react'
import { CopyButton } from '../ui/copy-button'

interface SecretOnceProps {
  /** Its name, for the copy button and for screen readers. */
  label: string
  text: string
  /** What to do with it, and that it is not shown again. */
  children: ReactNode
}

/** A secret that is shown once. */
export function SecretOnce({ label, text, children }: SecretOnceProps) {
  return (
    <div className="flex flex-col gap-2" role="status">
      <p>{children}</p>
      <div className="flex items-center gap-2 rounded-lg border border-border bg-surface-secondary px-3 py-2">
        <code className="min-w-0 flex-1 break-all font-mono text-xs" data-testid="secret">
          {text}
        </code>
        <CopyButton text={text} label={label} />
      </div>
    </div>
  )
}
