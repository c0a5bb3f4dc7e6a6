import { useFormatter, useTranslations } from 'next-intl'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { NextStep } from '@/lib/domain/waf/next-step'

/** The step that brings an entrance to the next rung, in words. */
export function NextStepText({ next: { step, values } }: { next: NextStep }) {
  const t = useTranslations('waf.next')
  const format = useFormatter()
  const shown = Object.entries(values).map(([name, value]): [string, string | number] => {
    if (typeof value === 'number') return [name, value]
    return [
      name,
      name === 'unchangedSince' ? format.dateTime(new Date(value), { dateStyle: 'medium' }) : visibleText(value),
    ]
  })
  return <>{t(step, Object.fromEntries(shown))}</>
}
