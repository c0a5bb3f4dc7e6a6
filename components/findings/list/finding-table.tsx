'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useRef, useState } from 'react'
import type { FindingFilter } from '@/lib/domain/findings/filter'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { FindingRow } from '@/lib/domain/views'
import { Checkbox } from '../../ui/forms/checkbox'
import { type Column, DataTable } from '../../ui/lists/data-table'
import { sayDone } from '../../ui/overlays/toasts'
import type { FindingActions, Selection } from '../triage/finding-actions'
import { type MayTriage, mayTriage } from '../triage/may-triage'
import { useFindingChanges } from '../triage/use-finding-changes'
import { BulkBar } from './bulk-bar'
import { useFindingColumns } from './finding-columns'

interface FindingTableProps {
  caption: string
  rows: FindingRow[]
  total: number
  /** false if counting stopped at `total`. */
  exact: boolean
  filter: FindingFilter
  may: MayTriage
  actions: FindingActions
  hideAccount?: boolean
  /** Off for a summary: no checkboxes, no bulk changes. */
  selectable?: boolean
}

type Picked = { kind: 'some'; accounts: Map<string, string> } | { kind: 'all'; except: Set<string> }
const NOTHING: Picked = { kind: 'some', accounts: new Map() }

/**
 * Findings with checkboxes. The selection stays over pages and filters, and can be all findings of the filter, until that
 * changes.
 */
export function FindingTable(props: FindingTableProps) {
  const { caption, rows, total, exact, filter, may, actions, hideAccount = false, selectable = true } = props
  const t = useTranslations('findings')
  const [picked, setPicked] = useState<Picked>(NOTHING)
  const changes = useFindingChanges(actions)
  const place = useRef<HTMLElement>(null)
  // The order of the list says nothing about which findings are in it.
  const scope = JSON.stringify({ ...filter, sort: null })
  const scopeBefore = useRef(scope)
  useEffect(() => {
    if (scope === scopeBefore.current) return
    scopeBefore.current = scope
    if (picked.kind === 'some') return
    setPicked(NOTHING)
    sayDone(t('selectionCleared'))
  }, [scope, picked, t])
  // The focused element disappears with the change, so the focus moves to the rows.
  const focusRows = () => place.current?.focus({ preventScroll: true })
  async function take(row: FindingRow) {
    if (await changes.take(row, may.me)) focusRows()
  }
  const columns = useFindingColumns({ may, hideAccount, onTake: row => void take(row) })

  const has = (row: FindingRow) => (picked.kind === 'all' ? !picked.except.has(row.id) : picked.accounts.has(row.id))
  function toggle(changed: readonly FindingRow[], on: boolean) {
    setPicked(before => {
      if (before.kind === 'all') {
        const except = new Set(before.except)
        for (const row of changed) on ? except.delete(row.id) : except.add(row.id)
        return { kind: 'all', except }
      }
      const accounts = new Map(before.accounts)
      for (const row of changed) on ? accounts.set(row.id, row.accountId) : accounts.delete(row.id)
      return { kind: 'some', accounts }
    })
  }

  const mine = rows.filter(row => mayTriage(may, row.team))
  const onPage = mine.filter(has).length
  const count = picked.kind === 'all' ? total - picked.except.size : picked.accounts.size
  const selection: Selection =
    picked.kind === 'all' ? { filter, except: [...picked.except] } : { ids: [...picked.accounts.keys()] }

  const box: Column<FindingRow> = {
    key: 'select',
    className: 'w-8 card-corner',
    headerInCards: true,
    header: (
      <Checkbox
        label={t('selectPage')}
        hideLabel
        checked={mine.length > 0 && onPage === mine.length}
        indeterminate={onPage > 0 && onPage < mine.length}
        onChange={on => toggle(mine, on)}
      />
    ),
    cell: row => (
      <Checkbox
        label={t('selectRow', { title: visibleText(row.title || row.control) })}
        hideLabel
        checked={has(row)}
        disabled={!mayTriage(may, row.team)}
        onChange={on => toggle([row], on)}
      />
    ),
  }
  return (
    <div className="flex flex-col">
      {count > 0 ? (
        <BulkBar
          count={count}
          selection={selection}
          accounts={picked.kind === 'all' ? filter.account : [...new Set(picked.accounts.values())]}
          threats={rows.some(row => row.class === 'threat' && has(row))}
          selectAll={
            picked.kind === 'some' && total > count
              ? { total, exact, run: () => setPicked({ kind: 'all', except: new Set() }) }
              : null
          }
          changes={changes}
          actions={actions}
          me={may.me}
          onDone={() => {
            setPicked(NOTHING)
            focusRows()
          }}
        />
      ) : null}
      <section ref={place} tabIndex={-1} className="min-w-0 outline-none">
        <DataTable
          caption={caption}
          columns={selectable && (may.own || may.any) ? [box, ...columns] : columns}
          rows={rows}
          rowKey={row => row.id}
          isSelected={has}
          dense
        />
      </section>
    </div>
  )
}
