import type { ReactNode } from 'react'

// A scrolling area must be focusable, or its lower part cannot be read without a mouse (WCAG 2.1.1).
const reachable = { tabIndex: 0 }

/** A named area that scrolls. */
export function ScrollArea({ label, className, children }: { label: string; className: string; children: ReactNode }) {
  return (
    <section aria-label={label} className={`overflow-auto ${className}`} {...reachable}>
      {children}
    </section>
  )
}
