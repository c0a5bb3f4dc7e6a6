'use client'

import { useTranslations } from 'next-intl'
import type { ChangedValue } from '@/lib/domain/findings/change-set'
import { useValueWords } from './value-words'

interface ChangeValuesProps {
  changes: readonly ChangedValue[]
  moreValues: number
}

/** The effect of a change, such as "Status: 40 New, 33 In progress → Resolved": a line for each field and new value. */
export function ChangeValues({ changes, moreValues }: ChangeValuesProps) {
  const t = useTranslations()
  const words = useValueWords()
  const name = ({ field }: ChangedValue, value: string | null): string => {
    if (value !== null) return words(field, value)
    return field === 'owner' ? t('findings.nobody') : t('common.none')
  }
  const lines = new Map<string, ChangedValue[]>()
  for (const change of changes) {
    const key = `${change.field} ${change.after}`
    lines.set(key, [...(lines.get(key) ?? []), change])
  }
  return (
    <ul className="flex flex-col gap-0.5">
      {[...lines].map(([key, group]) => {
        const [first] = group
        if (!first) return null
        if (first.field === 'comment') return <li key={key}>{t('changes.comment', { count: first.count })}</li>
        // A team that was only confirmed has the same former value.
        const before = group.map(change =>
          t('changes.part', {
            count: change.count,
            value: name(change, change.field === 'team' ? (change.before ?? change.after) : change.before),
          }),
        )
        return (
          <li key={key}>
            {t('changes.line', {
              field: t(`changes.field.${first.field}`),
              before: before.join(t('common.listSeparator')),
              after: name(first, first.after),
            })}
          </li>
        )
      })}
      {moreValues > 0 ? <li className="text-muted">{t('changes.more', { count: moreValues })}</li> : null}
    </ul>
  )
}
