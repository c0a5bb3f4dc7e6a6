import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { AccountPosture } from '@/lib/domain/views'
import { findingsHref } from '../../findings/list/finding-params'
import { Panel } from '../../ui/layout/panel'
import { SeverityBadge } from '../../ui/severity-badge'

/** What the score of an account is made of, what would raise it most, and how it is computed. */
export function ScoreParts({ account }: { account: AccountPosture }) {
  const t = useTranslations('account.scoreParts')
  if (account.scoreBand === null) return null
  return (
    <Panel title={t('title')}>
      <p className="pb-2">{t('lead', { band: t(`band.${account.scoreBand}`) })}</p>
      {account.scoreParts.length === 0 ? (
        <p className="text-muted">{t('none')}</p>
      ) : (
        <div className="grid grid-cols-1 gap-x-8 gap-y-4 lg:grid-cols-2">
          <Changes account={account} />
          <Parts parts={account.scoreParts} />
        </div>
      )}
      {account.passed === 0 && account.failed > 0 ? (
        <p className="pt-2 text-muted text-xs">{t('onlyFailures')}</p>
      ) : null}
      <details className="pt-2 text-xs">
        <summary className="w-fit cursor-pointer py-1 text-muted">{t('how')}</summary>
        <ul className="list-disc ps-5 pt-1">
          {(['band', 'weights', 'place', 'unknown'] as const).map(rule => (
            <li key={rule}>{t(`rules.${rule}`)}</li>
          ))}
        </ul>
      </details>
    </Panel>
  )
}

const line = 'flex items-baseline gap-2 border-separator border-b py-1 last:border-0'

function Changes({ account }: { account: AccountPosture }) {
  const t = useTranslations('account.scoreParts')
  const format = useFormatter()
  const points = (value: number) => format.number(value, { maximumFractionDigits: 1 })
  return (
    <section>
      <h3 className="font-semibold text-sm">{t('changes')}</h3>
      <ol className="flex flex-col">
        {account.scoreChanges.map(({ kind, name, title, severity, failing, gain }) => (
          <li key={`${kind} ${name} ${severity}`} className={line}>
            <SeverityBadge severity={severity} />
            <Link
              href={findingsHref({
                account: [account.id],
                ...(name ? { control: [name] } : { class: ['vulnerability'], severity: [severity] }),
              })}
              className="min-w-0 flex-1 hover:text-accent hover:underline"
            >
              {t(`change.${kind}`, { failing, name: visibleText(name) })}
              {title ? <span className="block truncate text-muted text-xs">{visibleText(title)}</span> : null}
            </Link>
            <b className="font-semibold text-good">{t('gain', { points: points(gain) })}</b>
          </li>
        ))}
      </ol>
      {account.scoreTogether !== null && account.scoreChanges.length > 1 ? (
        <p className="pt-1 text-end text-muted text-xs">{t('together', { score: points(account.scoreTogether) })}</p>
      ) : null}
    </section>
  )
}

function Parts({ parts }: { parts: AccountPosture['scoreParts'] }) {
  const t = useTranslations('account.scoreParts')
  const format = useFormatter()
  return (
    <section>
      <h3 className="flex justify-between font-semibold text-sm">
        {t('title')}
        <span className="font-normal text-muted text-xs">{t('load')}</span>
      </h3>
      <ul className="flex flex-col">
        {parts.map(({ kind, severity, count, load }) => (
          <li key={`${kind} ${severity}`} className={line}>
            <SeverityBadge severity={severity} />
            <span className="min-w-0 flex-1">{t(`part.${kind}`, { count })}</span>
            <b className="font-semibold">{format.number(load, { maximumFractionDigits: 1 })}</b>
          </li>
        ))}
      </ul>
    </section>
  )
}
