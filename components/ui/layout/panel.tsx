import type { ReactNode } from 'react'

interface PanelProps {
  title?: ReactNode
  /** Small print beside the title, such as "as of". */
  aside?: ReactNode
  children: ReactNode
  className?: string
  id?: string
}

/** A surface with a heading. Panels are never nested. */
export function Panel({ title, aside, children, className = '', id }: PanelProps) {
  return (
    <section
      className={`min-w-0 rounded-2xl border border-border bg-surface px-4 py-3.5 ${className}`}
      {...(id ? { id, 'aria-labelledby': `${id}-title` } : {})}
    >
      {title ? (
        <div className="mb-2 flex flex-wrap items-baseline justify-between gap-x-3 gap-y-1">
          <h2 className="font-semibold text-muted text-xs" {...(id ? { id: `${id}-title` } : {})}>
            {title}
          </h2>
          {aside ? <div className="text-2xs text-muted">{aside}</div> : null}
        </div>
      ) : null}
      {children}
    </section>
  )
}
