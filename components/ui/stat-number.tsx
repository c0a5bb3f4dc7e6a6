import Link from 'next/link'
import type { ReactNode } from 'react'
import { Panel } from './layout/panel'

interface StatNumberProps {
  title: string
  /** null is "no data" and shows `none`, never zero. */
  value: string | null
  unit?: string
  none?: string
  /** The list that the number counts. */
  href?: string
  children?: ReactNode
}

/** One figure that leads to the list it counts. */
export function StatNumber({ title, value, unit, none, href, children }: StatNumberProps) {
  const figure = (
    <>
      <span className="font-bold text-[1.75rem] leading-tight">{value}</span>
      {unit ? <span className="ms-1 font-medium text-muted">{unit}</span> : null}
    </>
  )
  return (
    <Panel title={title}>
      {value === null ? (
        <p className="py-1.5 text-muted">{none}</p>
      ) : href ? (
        <Link
          href={href}
          className="inline-block rounded hover:text-accent hover:underline"
          aria-label={`${title}: ${value}${unit ? ` ${unit}` : ''}`}
        >
          {figure}
        </Link>
      ) : (
        <p>{figure}</p>
      )}
      {children ? <div className="mt-1.5 text-muted text-xs">{children}</div> : null}
    </Panel>
  )
}
