'use client'

import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { orSay, sayDone, sayFailed } from '../../ui/overlays/toasts'
import { findingsHref } from '../list/finding-params'
import type { Undo } from './finding-actions'

/**
 * Undoes a change, reports how many findings it restored, and links to the others; if there are none, offers to redo
 * it.
 */
export function useUndo(undo: Undo) {
  const t = useTranslations()
  const router = useRouter()
  return async function run(changeset: string): Promise<boolean> {
    try {
      const result = orSay(await undo({ changeset }))
      if (!result) return false
      const { restored, left, changeset: made } = result
      const showLeft = () => router.push(findingsHref({ changeset, leftBy: made }))
      const next =
        left > 0
          ? { label: t('changes.showLeft'), run: showLeft }
          : made && { label: t('changes.redo'), run: () => void run(made) }
      sayDone(t('changes.undone', { restored, left }), next || undefined)
      return restored > 0
    } catch {
      sayFailed(t('common.failedNow'))
      return false
    }
  }
}
