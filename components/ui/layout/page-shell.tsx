import type { ReactNode } from 'react'

interface PageShellProps {
  title: ReactNode
  /** One line under the title. */
  lead?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** A page's title, its actions and its sections, one under the other. */
export function PageShell({ title, lead, actions, children }: PageShellProps) {
  return (
    <div className="mx-auto flex w-full max-w-[1240px] flex-col gap-3.5">
      <header className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <h1 className="font-bold text-xl leading-tight tracking-wide">{title}</h1>
          {lead ? <div className="mt-1 max-w-3xl text-pretty text-muted">{lead}</div> : null}
        </div>
        {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
      </header>
      {children}
    </div>
  )
}
