'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { ChangeResult, PreviewChange, SettableStatus } from '@/lib/domain/findings/change'
import { maxUnconfirmed } from '@/lib/domain/findings/change-set'
import type { TeamId } from '@/lib/domain/people/team'
import type { FindingRow, Person } from '@/lib/domain/views'
import type { ActionResult } from '../../ui/action-result'
import { orSay, sayDone, sayFailed } from '../../ui/overlays/toasts'
import type { FindingActions, Selection } from './finding-actions'
import { useUndo } from './use-undo'

interface Change {
  selection: Selection
  /** How many are selected as far as the page knows. */
  count: number
  /** The question before it is done to that many. */
  question: (count: number) => string
  preview: PreviewChange
  write: (confirmed: number) => Promise<ActionResult<ChangeResult>>
  say: (counts: { changed: number; unchanged: number }) => string
}

/** A change that waits for somebody to confirm it. */
export interface AskedChange extends Pick<Change, 'count' | 'question' | 'preview'> {
  /** Does it, or with null does not. */
  answer: (confirmed: number | null) => void
}

/**
 * Runs changes of findings and says how many they touched, with the way to undo them. Many findings have to be confirmed first: show `asked`
 * in a ConfirmChange. Every change gives whether it was done.
 */
export function useFindingChanges(actions: FindingActions) {
  const t = useTranslations('findings')
  const tAsk = useTranslations('changes.confirm')
  const tCommon = useTranslations('common')
  const [pending, setPending] = useState(false)
  const [asked, setAsked] = useState<AskedChange | null>(null)
  const undo = useUndo(actions.undo)

  function confirm(change: Change): Promise<number | null> {
    return new Promise(resolve => {
      const answer = (confirmed: number | null) => {
        setAsked(null)
        resolve(confirmed)
      }
      setAsked({ count: change.count, question: change.question, preview: change.preview, answer })
    })
  }

  async function run(change: Change): Promise<boolean> {
    try {
      let confirmed: number | null = change.count > maxUnconfirmed ? await confirm(change) : change.count
      while (confirmed !== null) {
        setPending(true)
        const result = await change.write(confirmed)
        setPending(false)
        // The filter gives more by now than anybody confirmed.
        if (!result.ok && result.field === 'confirmed') {
          confirmed = await confirm(change)
          continue
        }
        const counts = orSay(result)
        if (!counts) return false
        const { changeset, changed, unchanged } = counts
        sayDone(
          change.say({ changed, unchanged }),
          changeset ? { label: tCommon('undo'), run: () => void undo(changeset) } : undefined,
        )
        return true
      }
      return false
    } catch {
      sayFailed(tCommon('failedNow'))
      return false
    } finally {
      setPending(false)
    }
  }

  return {
    pending,
    asked,
    assign: (selection: Selection, count: number, owner: Person | null) => {
      const name = owner ? owner.name || owner.email : ''
      const id = owner?.id ?? null
      return run({
        selection,
        count,
        question: n => (owner ? tAsk('owner', { count: n, name }) : tAsk('unassign', { count: n })),
        preview: { selection, owner: id },
        write: confirmed => actions.assign({ selection, confirmed, owner: id }),
        say: counts => (owner ? t('done.assigned', { ...counts, name }) : t('done.unassigned', counts)),
      })
    },
    take: (row: Pick<FindingRow, 'id'>, me: string) => {
      const selection = { ids: [row.id] }
      return run({
        selection,
        count: 1,
        question: () => '',
        preview: { selection, owner: me },
        write: () => actions.take({ id: row.id }),
        say: counts => t('done.taken', counts),
      })
    },
    setStatus: (selection: Selection, count: number, status: SettableStatus, name: string) =>
      run({
        selection,
        count,
        question: n => tAsk('status', { count: n, name }),
        preview: { selection, status },
        write: confirmed => actions.setStatus({ selection, confirmed, status }),
        say: counts => t('done.status', { ...counts, name }),
      }),
    setTeam: (selection: Selection, count: number, team: TeamId, name: string) =>
      run({
        selection,
        count,
        question: n => tAsk('team', { count: n, name }),
        preview: { selection, team },
        write: confirmed => actions.setTeam({ selection, confirmed, team }),
        say: counts => t('done.team', { ...counts, name }),
      }),
    setDueAt: (selection: Selection, count: number, dueAt: string | null, name: string) =>
      run({
        selection,
        count,
        question: n => (dueAt ? tAsk('due', { count: n, name }) : tAsk('noDue', { count: n })),
        preview: { selection, dueAt },
        write: confirmed => actions.setDueAt({ selection, confirmed, dueAt }),
        say: counts => (dueAt ? t('done.due', counts) : t('done.dueCleared', counts)),
      }),
  }
}

export type FindingChanges = ReturnType<typeof useFindingChanges>
