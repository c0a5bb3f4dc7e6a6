import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import type { RulesPreview as Preview, RuledChange, RuledField } from '@/lib/domain/accounts/rules'
import { visibleText } from '@/lib/domain/text/visible-text'
import { accountHref } from '../../findings/finding-links'
import { type Column, DataTable } from '../../ui/lists/data-table'
import { useRuledWords } from './ruled-words'

/** Which accounts the rules would change. */
export function RulesPreview({ preview: { changes, total, kept } }: { preview: Preview }) {
  const t = useTranslations()
  const format = useFormatter()
  const words = useRuledWords()
  const field = (key: RuledField, header: string): Column<RuledChange> => ({
    key,
    header,
    label: header,
    empty: ({ before, after }) => before[key] === after[key],
    cell: ({ before, after }) =>
      before[key] === after[key] ? (
        <span className="text-muted">{words[key](after)}</span>
      ) : (
        <span>
          <span className="text-muted">{words[key](before)}</span> → <strong>{words[key](after)}</strong>
        </span>
      ),
  })
  const columns: Column<RuledChange>[] = [
    {
      key: 'account',
      header: t('accounts.columns.name'),
      rowHeader: true,
      cell: ({ id, name }) => (
        <>
          <Link href={accountHref(id)} className="font-semibold hover:text-accent hover:underline">
            {visibleText(name || id)}
          </Link>
          {name ? <div className="font-mono text-muted text-xs">{id}</div> : null}
        </>
      ),
    },
    field('environment', t('accounts.columns.environment')),
    field('ownerTeam', t('accounts.columns.team')),
    field('itScope', t('account.itScope')),
  ]
  return (
    <>
      <p className="font-semibold">{t('settings.account-rules.changes', { count: total })}</p>
      {kept > 0 ? <p className="text-muted">{t('settings.account-rules.kept', { count: kept })}</p> : null}
      {changes.length > 0 ? (
        <DataTable caption={t('settings.due-dates.preview')} columns={columns} rows={changes} rowKey={({ id }) => id} />
      ) : null}
      {total > changes.length ? (
        <p className="text-muted text-xs">
          {t('settings.account-rules.more', { count: format.number(total - changes.length) })}
        </p>
      ) : null}
    </>
  )
}
