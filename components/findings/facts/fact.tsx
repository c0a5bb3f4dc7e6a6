import type { ReactNode } from 'react'

/** One fact of a list of facts (`<FactList>`). */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-muted text-xs leading-6 max-sm:mt-1.5">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  )
}

/** Facts with their names in one column. */
export function FactList({ children }: { children: ReactNode }) {
  return <dl className="grid grid-cols-1 gap-x-4 gap-y-0.5 sm:grid-cols-[8rem_minmax(0,1fr)]">{children}</dl>
}
