import type { ReactNode } from 'react'

/** A small fact about something: quiet, never a button. */
export function Chip({ children, title }: { children: ReactNode; title?: string }) {
  return (
    <span
      className="inline-block whitespace-nowrap rounded border border-border bg-surface px-1.5 text-2xs text-muted leading-5"
      {...(title ? { title } : {})}
    >
      {children}
    </span>
  )
}
