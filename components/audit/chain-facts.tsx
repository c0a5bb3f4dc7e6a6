import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { ChainState } from '@/lib/domain/chain/view'
import { CopyButton } from '../ui/copy-button'
import { Panel } from '../ui/layout/panel'
import { RelativeTime } from '../ui/relative-time'

const SHOWN = 16

/** How far the history is sealed, and the latest hash. */
export function ChainFacts({ head, pending, more }: ChainState) {
  const t = useTranslations('settings.chain')
  return (
    <Panel id="chain" title={t('title')}>
      <dl className="flex flex-wrap gap-x-10 gap-y-2">
        <Fact name={t('at')}>
          {head ? <RelativeTime date={head.at} /> : <span className="text-muted">{t('none')}</span>}
        </Fact>
        {head ? (
          <Fact name={t('head')}>
            <span className="inline-flex items-center gap-1">
              <code title={head.hash}>{head.hash.slice(0, SHOWN)}…</code>
              <CopyButton text={head.hash} label={t('copy')} />
            </span>
          </Fact>
        ) : null}
        <Fact name={t('pending')}>{t(more ? 'more' : 'entries', { count: pending })}</Fact>
      </dl>
      <p className="mt-2 max-w-4xl text-muted text-xs">
        {t.rich('hint', { code: command => <code className="whitespace-nowrap">{command}</code> })}
      </p>
    </Panel>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-muted text-xs">{name}</dt>
      <dd className="flex min-h-8 items-center tabular-nums">{children}</dd>
    </div>
  )
}
