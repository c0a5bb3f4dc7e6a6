import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { Notice } from '@/lib/domain/people/notices'
import { type Column, DataTable } from '../ui/lists/data-table'
import { ExactTime } from '../ui/relative-time'
import { NoticeText } from './notice-text'

/** Changes of the reader's account, and what to do about unknown ones. */
export function NoticeTable({ notices, byPassword }: { notices: readonly Notice[]; byPassword: boolean }) {
  const t = useTranslations('notices')
  if (notices.length === 0) return <p className="text-muted">{t('none')}</p>
  const columns: Column<Notice>[] = [
    { key: 'what', header: t('what'), rowHeader: true, cell: row => <NoticeText notice={row} /> },
    { key: 'at', header: t('at'), label: t('at'), cell: row => <ExactTime date={row.at} /> },
    {
      key: 'device',
      header: t('device'),
      label: t('device'),
      empty: row => row.device === null,
      cell: row => row.device ?? '',
    },
    {
      key: 'ip',
      header: t('ip'),
      label: t('ip'),
      empty: row => row.ip === null,
      cell: row => <code className="text-xs">{row.ip ?? ''}</code>,
    },
    {
      key: 'by',
      header: t('by'),
      label: t('by'),
      empty: row => byOf(row) === '',
      cell: byOf,
    },
  ]
  function byOf({ by, isOwn, action }: Notice): string {
    // A sign-in may be by somebody else: the reader decides.
    return by ?? (isOwn && action !== 'session.start' ? t('you') : '')
  }
  const link = (target: string) => (text: ReactNode) => (
    <a href={target} className="text-accent underline underline-offset-2">
      {text}
    </a>
  )
  return (
    <>
      <p className="mb-3 text-muted">
        {t('lead')}{' '}
        {t.rich(byPassword ? 'whatToDo' : 'whatToDoAtProvider', {
          sessions: link('#sessions'),
          password: link('#password'),
        })}
      </p>
      <DataTable caption={t('activity')} columns={columns} rows={notices} rowKey={row => row.id} />
    </>
  )
}
