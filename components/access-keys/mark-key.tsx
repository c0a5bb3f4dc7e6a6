'use client'

import { useTranslations } from 'next-intl'
import { type KeyMark, keyMarks, type MarkKey } from '@/lib/domain/access-keys/filter'
import { RunButton } from '../collection/run-button'
import type { ActionResult } from '../ui/action-result'

interface MarkKeyProps {
  account: string
  id: string
  mark: KeyMark | null
  run: (input: MarkKey) => Promise<ActionResult<unknown>>
}

/** Decides whether a pipeline uses a key, or leaves it to the rules again. */
export function MarkKeyButtons({ account, id, mark, run }: MarkKeyProps) {
  const t = useTranslations('accessKeys.marks')
  const choices = [...keyMarks.filter(each => each !== mark), ...(mark === null ? [] : [null])]
  return (
    <div className="flex flex-wrap gap-2">
      {choices.map(choice => (
        <RunButton
          key={choice ?? 'rules'}
          size="sm"
          label={t(choice ?? 'rules')}
          done={t('done')}
          run={run}
          input={{ account, key: id, mark: choice, seen: mark }}
        />
      ))}
    </div>
  )
}
