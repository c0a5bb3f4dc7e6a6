import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { severities } from '@/lib/domain/findings/severity'
import { resourceNameOf } from '@/lib/domain/identity/resource-name'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { AccountPosture, AccountUpdate } from '@/lib/domain/views'
import { findingsHref } from '../../findings/list/finding-params'
import { Panel } from '../../ui/layout/panel'
import { SeverityShape } from '../../ui/severity-badge'

/** The updates of an account that close most vulnerabilities. Nothing where no vulnerability has a fix. */
export function Updates({ account: { id, updates } }: { account: AccountPosture }) {
  const t = useTranslations('account.updates')
  if (updates.length === 0) return null
  return (
    <Panel title={t('title')} aside={t('aside')}>
      <ol className="flex flex-col">
        {updates.map(update => (
          <li key={`${update.kind} ${update.key}`} className="border-separator border-b py-1 last:border-0">
            <Link
              href={findingsHref({ account: [id], class: ['vulnerability'], fix: true, ...subjectOf(update) })}
              className="flex flex-wrap items-baseline gap-x-3 hover:text-accent"
            >
              <span className="min-w-0 flex-1 basis-60">
                <span className="break-all font-semibold">{visibleText(nameOf(update))}</span>
                <span className="block text-muted text-xs">
                  {update.kind === 'image'
                    ? t('rebuild')
                    : update.version === null
                      ? t('update', { resources: update.resources })
                      : t('updateTo', { version: visibleText(update.version), resources: update.resources })}
                </span>
              </span>
              <Closes update={update} />
            </Link>
          </li>
        ))}
      </ol>
    </Panel>
  )
}

function nameOf({ kind, key, image }: AccountUpdate): string {
  return kind === 'image' ? (image ?? resourceNameOf(key)) : key
}

/** The filter of the findings that an update closes. */
function subjectOf({ kind, key }: AccountUpdate): { resource: string[] } | { package: string[] } {
  return kind === 'image' ? { resource: [key] } : { package: [key] }
}

function Closes({ update }: { update: AccountUpdate }) {
  const t = useTranslations()
  const format = useFormatter()
  return (
    <span className="flex items-baseline gap-2 text-xs">
      {severities.map(severity =>
        update[severity] === 0 ? null : (
          <span key={severity} className="inline-flex items-center gap-1 tabular-nums">
            <SeverityShape severity={severity} />
            <span className="sr-only">{t(`severity.${severity}`)}</span>
            {format.number(update[severity])}
          </span>
        ),
      )}
      <b className="font-semibold">{t('account.updates.closes', { count: update.total })}</b>
    </span>
  )
}
