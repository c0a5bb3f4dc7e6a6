import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { KeyDetail } from '@/lib/domain/access-keys/views'
import { visibleText } from '@/lib/domain/text/visible-text'
import { accountHref } from '../findings/finding-links'
import { TeamNames } from '../teams/teams-context'
import { Chip } from '../ui/chip'
import { Day, RelativeTime } from '../ui/relative-time'
import { LastUse } from './key-table'
import { KeyStateText, TrustText } from './key-texts'

/** The facts of one access key. */
export function KeyFacts({ row }: { row: KeyDetail }) {
  const t = useTranslations('accessKeys')
  const format = useFormatter()
  const tags = Object.entries(row.user.tags)
  const facts: [string, ReactNode][] = [
    [t('columns.state'), <KeyStateText key="state" state={row.state} />],
    [
      t('user'),
      <span key="user" className="break-all font-mono text-xs">
        {visibleText(row.user.arn)}
      </span>,
    ],
    [
      t('columns.account'),
      <Link key="account" href={accountHref(row.account.id)} className="text-accent hover:underline">
        {visibleText(row.account.name || row.account.id)}
      </Link>,
    ],
    [t('columns.team'), <TeamNames key="team" ids={[row.team]} />],
    [
      t('tags'),
      tags.length === 0 ? (
        <span key="tags" className="text-muted">
          {t('noTags')}
        </span>
      ) : (
        <span key="tags" className="flex flex-wrap gap-1">
          {tags.map(([name, value]) => (
            <Chip key={name}>{visibleText(`${name}=${value}`)}</Chip>
          ))}
        </span>
      ),
    ],
    [
      t('columns.created'),
      row.createdAt ? (
        <span key="created">
          <Day date={row.createdAt} /> (<RelativeTime date={row.createdAt} />)
        </span>
      ) : (
        t('unknown')
      ),
    ],
    [t('columns.used'), <LastUse key="used" used={row.lastUsed} />],
    [
      t('seen'),
      row.startedAt === null
        ? t('neverActive')
        : row.endedAt === null
          ? t('seenSince', { day: format.dateTime(row.startedAt, { dateStyle: 'medium' }) })
          : t('seenUntil', {
              from: format.dateTime(row.startedAt, { dateStyle: 'medium' }),
              to: format.dateTime(row.endedAt, { dateStyle: 'medium' }),
            }),
    ],
    [t('columns.trust'), <TrustText key="trust" row={row} />],
  ]
  return (
    <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1.5">
      {facts.map(([name, value]) => (
        <div key={name} className="col-span-2 grid grid-cols-subgrid">
          <dt className="text-muted text-xs leading-5">{name}</dt>
          <dd className="min-w-0">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
