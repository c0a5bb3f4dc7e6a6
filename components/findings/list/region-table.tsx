'use client'

import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { useRef, useState } from 'react'
import type { FindingFilter } from '@/lib/domain/findings/filter'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { FindingGroup } from '@/lib/domain/views'
import { RuleDialog } from '../../exceptions/dialogs/rule-dialog'
import type { AskForRule, ShowPreview } from '../../exceptions/exception-actions'
import { Checkbox } from '../../ui/forms/checkbox'
import { type Column, DataTable } from '../../ui/lists/data-table'
import { SeverityBadge } from '../../ui/severity-badge'
import { SourceText } from '../../ui/source-text'
import { accountHref } from '../finding-links'
import type { FindingActions } from '../triage/finding-actions'
import type { MayTriage } from '../triage/may-triage'
import { useFindingChanges } from '../triage/use-finding-changes'
import { BulkBar } from './bulk-bar'
import { findingsHref } from './finding-params'

interface RegionTableProps {
  rows: FindingGroup[]
  filter: FindingFilter
  may: MayTriage
  actions: FindingActions
  /** Null for readers who may not request exceptions. */
  exceptions: { ask: AskForRule; preview: ShowPreview } | null
}

/** One line for each control of an account over all of its Regions. What is decided about a line is one change of its findings. */
export function RegionTable({ rows, filter, may, actions, exceptions }: RegionTableProps) {
  const t = useTranslations('findings')
  const format = useFormatter()
  const [chosen, setChosen] = useState<string | null>(null)
  const changes = useFindingChanges(actions)
  const place = useRef<HTMLElement>(null)
  const row = rows.find(each => each.key === chosen)
  const filterOf = (group: FindingGroup): FindingFilter =>
    group.place ? { ...filter, account: [group.place.accountId], control: [group.place.control] } : filter
  const nameOf = (group: FindingGroup) => visibleText(group.label || group.place?.control || group.key)
  const box: Column<FindingGroup> = {
    key: 'select',
    className: 'w-8 card-corner',
    header: <span className="sr-only">{t('bulk')}</span>,
    cell: group => (
      <Checkbox
        label={t('groups.selectRegions', {
          title: nameOf(group),
          account: visibleText(group.place?.accountName || group.place?.accountId || ''),
        })}
        hideLabel
        checked={group.key === chosen}
        onChange={on => setChosen(on ? group.key : null)}
      />
    ),
  }
  const columns: Column<FindingGroup>[] = [
    {
      key: 'severity',
      header: t('columns.severity'),
      className: 'sm:w-28',
      cell: group => <SeverityBadge severity={group.severity} />,
    },
    {
      key: 'name',
      header: t('columns.control'),
      rowHeader: true,
      className: 'wide',
      cell: group => (
        <span className="flex min-w-0 flex-col">
          <Link
            href={findingsHref(filterOf(group))}
            className="break-words font-semibold hover:text-accent hover:underline"
          >
            <SourceText text={nameOf(group)} />
          </Link>
          <span className="text-muted text-xs">{visibleText(group.place?.control ?? '')}</span>
        </span>
      ),
    },
    {
      key: 'account',
      header: t('columns.account'),
      label: t('columns.account'),
      className: 'sm:min-w-32',
      cell: ({ place: at }) =>
        at ? (
          <Link href={accountHref(at.accountId)} title={at.accountId} className="hover:text-accent hover:underline">
            {visibleText(at.accountName || at.accountId)}
          </Link>
        ) : null,
    },
    {
      key: 'regions',
      header: t('groups.regionsColumn'),
      label: t('groups.regionsColumn'),
      className: 'sm:w-28',
      cell: group => t('groups.regionCount', { count: group.place?.regions ?? 0 }),
    },
    {
      key: 'count',
      header: t('groups.count'),
      label: t('groups.count'),
      numeric: true,
      className: 'sm:w-28',
      cell: group => format.number(group.count),
    },
  ]
  return (
    <div className="flex flex-col">
      {row?.place ? (
        <BulkBar
          key={row.key}
          count={row.count}
          selection={{ filter: filterOf(row), except: [] }}
          accounts={[row.place.accountId]}
          threats={false}
          selectAll={null}
          changes={changes}
          actions={actions}
          me={may.me}
          onDone={() => {
            setChosen(null)
            place.current?.focus({ preventScroll: true })
          }}
        >
          {exceptions ? (
            <RuleDialog
              accounts={[{ id: row.place.accountId, label: visibleText(row.place.accountName || row.place.accountId) }]}
              ask={exceptions.ask}
              preview={exceptions.preview}
              place={row.place}
            />
          ) : null}
        </BulkBar>
      ) : null}
      <section ref={place} tabIndex={-1} className="min-w-0 outline-none">
        <DataTable
          caption={t('title')}
          columns={may.own || may.any ? [box, ...columns] : columns}
          rows={rows}
          rowKey={group => group.key}
          isSelected={group => group.key === chosen}
        />
      </section>
    </div>
  )
}
