'use client'

import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { ChangeResult, PreviewChange, SettableStatus } from '@/lib/domain/findings/change'
import { maxUnconfirmed } from '@/lib/domain/findings/change-set'
import type { TeamId } from '@/lib/domain/people/team'
import type { Verdict } from '@/lib/domain/threats/verdict'
import type { FindingRow, Person } from '@/lib/domain/views'
import { offerRequest } from '../../exceptions/offered-request'
import type { ActionResult } from '../../ui/action-result'
import { orSay, sayDone, sayFailed } from '../../ui/overlays/toasts'
import { findingHref } from '../finding-links'
import type { FindingActions, Selection } from './finding-actions'
import { useUndo } from './use-undo'

interface Change {
  selection: Selection
  /** The number of selected findings that the page knows. */
  count: number
  /** The question before a change of so many findings. */
  question: (count: number) => string
  preview: PreviewChange
  write: (confirmed: number) => Promise<ActionResult<ChangeResult>>
  say: (counts: { changed: number; unchanged: number }) => string
  /** What follows a change that the server refused, after its message. */
  refused?: (result: Refused) => void
}

type Refused = Extract<ActionResult<ChangeResult>, { ok: false }>

/** A change that waits for confirmation. */
export interface AskedChange extends Pick<Change, 'count' | 'question' | 'preview'> {
  /** Runs the change; null cancels it. */
  answer: (confirmed: number | null) => void
}

/**
 * Runs changes of findings and reports their number, with a button to undo. A change of many findings has to be
 * confirmed first: show `asked` in a ConfirmChange. Every change returns whether it was made.
 */
export function useFindingChanges(actions: FindingActions) {
  const t = useTranslations('findings')
  const tAsk = useTranslations('changes.confirm')
  const tCommon = useTranslations('common')
  const router = useRouter()
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
        // The filter matches more findings now than were confirmed.
        if (!result.ok && result.field === 'confirmed') {
          confirmed = await confirm(change)
          continue
        }
        const counts = orSay(result)
        if (!result.ok) change.refused?.(result)
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
    setStatus: (selection: Selection, count: number, status: SettableStatus, name: string, reason = '') =>
      run({
        selection,
        count,
        question: n => tAsk('status', { count: n, name }),
        preview: { selection, status },
        write: confirmed => actions.setStatus({ selection, confirmed, status, ...(reason && { reason }) }),
        say: counts => t('done.status', { ...counts, name }),
      }),
    setVerdict: (selection: Selection, count: number, verdict: Verdict, name: string) =>
      run({
        selection,
        count,
        question: n => tAsk('verdict', { count: n, name }),
        preview: { selection, verdict },
        write: confirmed => actions.setVerdict({ selection, confirmed, verdict }),
        say: counts => t('done.verdict', { ...counts, name }),
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
    setDueAt: (selection: Selection, count: number, dueAt: string | null, name: string, reason = '') =>
      run({
        selection,
        count,
        question: n => (dueAt ? tAsk('due', { count: n, name }) : tAsk('noDue', { count: n })),
        preview: { selection, dueAt },
        write: confirmed => actions.setDueAt({ selection, confirmed, dueAt, ...(reason && { reason }) }),
        say: counts => (dueAt ? t('done.due', counts) : t('done.dueCleared', counts)),
        refused: ({ code, field }) => {
          const [finding, ...others] = 'ids' in selection ? selection.ids : []
          // A severe finding that is postponed so far needs an exception, which its page asks for.
          if (code !== 'conflict' || field !== 'dueAt' || !finding || others.length > 0) return
          offerRequest({ finding, until: dueAt ?? '', reason })
          router.push(findingHref(finding))
        },
      }),
  }
}

export type FindingChanges = ReturnType<typeof useFindingChanges>
