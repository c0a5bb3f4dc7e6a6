'use client'

import { ArrowDown, ArrowUp } from 'lucide-react'
import { useFormatter, useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Button } from '../button'

interface RuleListProps<Rule extends { name: string }> {
  rules: readonly Rule[]
  /** What a rule matches, and what it does. */
  matches: (rule: Rule) => ReactNode
  does: (rule: Rule) => ReactNode
  onChange: (rules: Rule[]) => void
  onEdit: (at: number) => void
}

/** Rules in order, to move, edit and remove. */
export function RuleList<Rule extends { name: string }>(props: RuleListProps<Rule>) {
  const { rules, matches, does, onChange, onEdit } = props
  const t = useTranslations('settings.routing')
  const format = useFormatter()
  function move(at: number, by: number) {
    const next = [...rules]
    const [rule] = next.splice(at, 1)
    if (rule) next.splice(at + by, 0, rule)
    onChange(next)
  }
  return (
    <ol className="flex flex-col divide-y divide-separator">
      {rules.map((rule, at) => (
        <li key={JSON.stringify(rule)} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
          <span className="w-6 text-muted tabular-nums">{format.number(at + 1)}</span>
          <span className="flex min-w-48 flex-1 flex-col">
            <span className="font-semibold">{rule.name}</span>
            <span className="text-muted text-xs">{matches(rule)}</span>
          </span>
          <span>{does(rule)}</span>
          <span className="flex gap-1">
            <Button
              size="sm"
              variant="ghost"
              isIconOnly
              aria-label={t('up', { name: rule.name })}
              isDisabled={at === 0}
              onPress={() => move(at, -1)}
            >
              <ArrowUp aria-hidden />
            </Button>
            <Button
              size="sm"
              variant="ghost"
              isIconOnly
              aria-label={t('down', { name: rule.name })}
              isDisabled={at === rules.length - 1}
              onPress={() => move(at, 1)}
            >
              <ArrowDown aria-hidden />
            </Button>
            <Button size="sm" aria-label={t('editOf', { name: rule.name })} onPress={() => onEdit(at)}>
              {t('edit')}
            </Button>
            <Button
              size="sm"
              variant="ghost"
              aria-label={t('removeOf', { name: rule.name })}
              onPress={() => onChange(rules.filter((_, other) => other !== at))}
            >
              {t('remove')}
            </Button>
          </span>
        </li>
      ))}
    </ol>
  )
}
