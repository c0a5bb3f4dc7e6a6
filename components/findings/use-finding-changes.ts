'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { SettableStatus } from '@/lib/domain/finding-change'
import { settableStatuses } from '@/lib/domain/status'
import type { Team } from '@/lib/domain/team'
import type { FindingRow, Person } from '@/lib/domain/views'
import type { ActionResult } from '../ui/action-result'
import { orSay, sayDone, sayFailed } from '../ui/toasts'
import type { FindingActions, Selection } from './finding-actions'

interface Changed {
  changed: number
  unchanged: number
}

/** Runs changes on findings, says how many they touched, and offers to take back what the rows on the page remember. */
export function useFindingChanges(
  actions: FindingActions,
  rows: readonly Pick<FindingRow, 'id' | 'owner' | 'team' | 'status'>[],
) {
  const t = useTranslations('findings')
  const tCommon = useTranslations('common')
  const [pending, setPending] = useState(false)

  async function run(
    change: () => Promise<ActionResult<Changed>>,
    say: (counts: Changed) => string,
    undo?: () => Promise<void>,
  ) {
    setPending(true)
    try {
      const counts = orSay(await change())
      if (!counts) return false
      sayDone(say(counts), undo && counts.changed > 0 ? { label: tCommon('undo'), run: () => void undo() } : undefined)
      return true
    } catch {
      sayFailed(tCommon('failedNow'))
      return false
    } finally {
      setPending(false)
    }
  }

  /** How to put the selected rows back, where every one of them is on this page; one call per former value. */
  function putBack<Value>(
    selection: Selection,
    value: (row: (typeof rows)[number]) => Value,
    write: (ids: string[], value: Value) => Promise<ActionResult<Changed>>,
  ): (() => Promise<void>) | undefined {
    if (!('ids' in selection)) return undefined
    const known = rows.filter(row => selection.ids.includes(row.id))
    if (known.length !== selection.ids.length) return undefined
    const former = new Map<Value, string[]>()
    for (const row of known) former.set(value(row), [...(former.get(value(row)) ?? []), row.id])
    return async () => {
      for (const [before, ids] of former) {
        if (!orSay(await write(ids, before))) return
      }
      sayDone(tCommon('undone'))
    }
  }

  return {
    pending,
    assign: (selection: Selection, owner: Person | null) =>
      run(
        () => actions.assign({ selection, owner: owner?.id ?? null }),
        counts =>
          owner
            ? t('done.assigned', { ...counts, name: owner.name || owner.email })
            : t('done.unassigned', { ...counts }),
        putBack(
          selection,
          row => row.owner?.id ?? null,
          (ids, before) => actions.assign({ selection: { ids }, owner: before }),
        ),
      ),
    take: (row: FindingRow) =>
      run(
        () => actions.take({ id: row.id }),
        counts => t('done.taken', { ...counts }),
        putBack(
          { ids: [row.id] },
          former => former.owner?.id ?? null,
          (ids, before) => actions.assign({ selection: { ids }, owner: before }),
        ),
      ),
    setStatus: (selection: Selection, status: SettableStatus, name: string) =>
      run(
        () => actions.setStatus({ selection, status }),
        counts => t('done.status', { ...counts, name }),
        putBack(
          selection,
          row => settableStatuses.find(settable => settable === row.status) ?? ('new' as const),
          (ids, before) => actions.setStatus({ selection: { ids }, status: before }),
        ),
      ),
    setTeam: (selection: Selection, team: Team, name: string) =>
      run(
        () => actions.setTeam({ selection, team }),
        counts => t('done.team', { ...counts, name }),
        putBack(
          selection,
          row => row.team,
          (ids, before) => actions.setTeam({ selection: { ids }, team: before }),
        ),
      ),
    setDueAt: (selection: Selection, dueAt: string | null) =>
      run(
        () => actions.setDueAt({ selection, dueAt }),
        counts => (dueAt ? t('done.due', { ...counts }) : t('done.dueCleared', { ...counts })),
      ),
  }
}

export type FindingChanges = ReturnType<typeof useFindingChanges>
