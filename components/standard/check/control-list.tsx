import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { CheckedControl } from '@/lib/domain/standard/views'
import { controlHref } from '../../findings/finding-links'
import { Panel } from '../../ui/layout/panel'

/** So many controls are explained at once; of more, each opens by itself. */
const OPEN = 3

/** What a check requires: its controls, each with the reason and what to do. */
export function ControlList({ controls }: { controls: readonly CheckedControl[] }) {
  const t = useTranslations('standard.checkPage')
  return (
    <Panel title={t('requires')}>
      <ul className="divide-y divide-separator">
        {controls.map(control => (
          <li key={control.id} className="py-2 first:pt-0 last:pb-0">
            <div className="flex flex-wrap items-baseline gap-x-2">
              <span className="font-semibold">{control.title}</span>
              <Link
                href={controlHref(control.id)}
                className="break-all font-mono text-accent text-xs underline underline-offset-2"
              >
                {control.id}
              </Link>
            </div>
            {control.why && controls.length <= OPEN ? <Why why={control.why} /> : null}
            {control.why && controls.length > OPEN ? (
              <details>
                <summary className="w-fit cursor-pointer text-muted text-xs">{t('explain')}</summary>
                <Why why={control.why} />
              </details>
            ) : null}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Why({ why }: { why: NonNullable<CheckedControl['why']> }) {
  const t = useTranslations('explain')
  const part = (name: ReactNode, text: string) => (
    <div className="contents">
      <dt className="text-muted text-xs leading-6 max-sm:mt-1">{name}</dt>
      <dd className="max-w-prose text-pretty">{text}</dd>
    </div>
  )
  return (
    <dl className="mt-1 grid grid-cols-1 gap-x-4 sm:grid-cols-[8rem_minmax(0,1fr)]">
      {part(t('risk'), why.risk)}
      {part(t('do'), why.do)}
    </dl>
  )
}
