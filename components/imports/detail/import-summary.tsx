import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { ImportDetail } from '@/lib/domain/imports/views'
import { accountHref, importHref } from '../../findings/finding-links'
import type { ActionResult } from '../../ui/action-result'
import { Panel } from '../../ui/layout/panel'
import { ExactTime } from '../../ui/relative-time'
import { ImportProgress } from '../import-progress'
import { countHref } from './import-counts'
import { ImportWait } from './import-wait'
import { RejectSentence } from './reject-sentence'
import { RetryImport } from './retry-import'

const RECORDS = ['read', 'accepted', 'rejected'] as const
/** Numbers of records that changed nothing, by reason; only those above zero. */
const OTHERS = ['notAvailable', 'older', 'repeated', 'clockAhead', 'withheld'] as const
const EFFECTS = ['created', 'updated', 'reopened', 'resolved', 'unchanged', 'passed'] as const

function Counts({
  run,
  title,
  keys,
}: {
  run: ImportDetail
  title: string
  keys: readonly (keyof ImportDetail['counts'])[]
}) {
  const t = useTranslations('imports')
  const format = useFormatter()
  return (
    <Panel title={title}>
      <dl className="flex flex-wrap gap-x-8 gap-y-2">
        {keys.map(key => {
          const href = run.counts[key] > 0 ? countHref(run, key) : null
          const figure = <span className="font-bold text-xl">{format.number(run.counts[key])}</span>
          return (
            <div key={key} className="flex flex-col-reverse">
              <dt className="text-muted text-xs">{t(`counts.${key}`)}</dt>
              <dd>
                {href ? (
                  <Link href={href} className="hover:text-accent hover:underline">
                    {figure}
                  </Link>
                ) : (
                  figure
                )}
              </dd>
            </div>
          )
        })}
      </dl>
    </Panel>
  )
}

function ImportLink({ id, children }: { id: number; children: ReactNode }) {
  return (
    <Link href={importHref(id)} className="text-accent hover:underline">
      {children}
    </Link>
  )
}

interface ImportSummaryProps {
  run: ImportDetail
  retry: (input: { id: number }) => Promise<ActionResult<{ id: number }>>
}

/** The report of an import and its results. */
export function ImportSummary({ run, retry }: ImportSummaryProps) {
  const t = useTranslations()
  const times = [
    { name: t('imports.receivedAt'), date: run.createdAt },
    { name: t('imports.observed'), date: run.observedAt },
    { name: t('imports.startedAt'), date: run.startedAt },
    { name: t('imports.finishedAt'), date: run.finishedAt },
  ]
  return (
    <>
      {run.state === 'failed' && run.error ? (
        <div role="alert" className="rounded-2xl border border-bad bg-surface px-4 py-3">
          <p className="font-semibold text-bad">{t('imports.failed')}</p>
          <p>
            <RejectSentence reject={run.error} />
          </p>
          {run.may.retry ? <RetryImport id={run.id} retry={retry} /> : null}
        </div>
      ) : null}
      {run.state === 'running' || run.state === 'queued' ? (
        <Panel>
          <ImportProgress run={run} />
          <ImportWait run={run} />
        </Panel>
      ) : null}
      <div className="grid gap-3.5 lg:grid-cols-[1fr_1.6fr]">
        <Counts
          run={run}
          title={t('imports.records')}
          keys={[...RECORDS, ...OTHERS.filter(key => run.counts[key] > 0)]}
        />
        <Counts run={run} title={t('imports.effects')} keys={EFFECTS} />
      </div>
      <Panel title={t('imports.about')}>
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
          {times.map(({ name, date }) =>
            date ? (
              <div key={name} className="contents">
                <dt className="text-muted text-xs leading-6">{name}</dt>
                <dd>
                  <ExactTime date={date} />
                </dd>
              </div>
            ) : null,
          )}
          <dt className="text-muted text-xs leading-6">{t('imports.columns.actor')}</dt>
          <dd>
            {run.actorName} <span className="text-muted">{t(`imports.origins.${run.origin}`)}</span>
          </dd>
          {run.confirmsId === null ? null : (
            <>
              <dt className="text-muted text-xs leading-6">{t('imports.confirms')}</dt>
              <dd>
                <ImportLink id={run.confirmsId}>{t('imports.nameless', { id: run.confirmsId })}</ImportLink>
              </dd>
            </>
          )}
          {run.confirmedBy ? (
            <>
              <dt className="text-muted text-xs leading-6">{t('imports.confirmedBy')}</dt>
              <dd>
                <ImportLink id={run.confirmedBy.id}>
                  {t('imports.confirmedIn', { name: run.confirmedBy.actorName, id: run.confirmedBy.id })}
                </ImportLink>
              </dd>
            </>
          ) : null}
          {run.retriesId === null ? null : (
            <>
              <dt className="text-muted text-xs leading-6">{t('imports.retry.of')}</dt>
              <dd>
                <ImportLink id={run.retriesId}>{t('imports.nameless', { id: run.retriesId })}</ImportLink>
              </dd>
            </>
          )}
          {run.retriedBy ? (
            <>
              <dt className="text-muted text-xs leading-6">{t('imports.retry.by')}</dt>
              <dd>
                <ImportLink id={run.retriedBy.id}>
                  {t('imports.confirmedIn', { name: run.retriedBy.actorName, id: run.retriedBy.id })}
                </ImportLink>
              </dd>
            </>
          ) : null}
          <dt className="text-muted text-xs leading-6">{t('imports.coverageTitle')}</dt>
          <dd>{t(`imports.coverage.${run.coverage}`)}</dd>
          <dt className="text-muted text-xs leading-6">{t('imports.columns.accounts')}</dt>
          <dd className="flex flex-wrap gap-x-3 font-mono text-xs leading-6">
            {run.accounts.length === 0 ? <span className="font-sans text-sm">{t('common.none')}</span> : null}
            {run.accounts.map(account => (
              <Link key={account} href={accountHref(account)} className="text-accent hover:underline">
                {account}
              </Link>
            ))}
          </dd>
        </dl>
      </Panel>
    </>
  )
}
