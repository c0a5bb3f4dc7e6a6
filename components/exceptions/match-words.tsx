import { useFormatter, useTranslations } from 'next-intl'
import type { ExceptionCondition, ExceptionMatch } from '@/lib/domain/exceptions/exception'
import { visibleText } from '@/lib/domain/text/visible-text'

function useTagWords() {
  const t = useTranslations('exceptions')
  return (tag: { key: string; value: string | null }) =>
    tag.value === null ? t('tagAny', { key: tag.key }) : t('tagValue', { key: tag.key, value: tag.value })
}

/** The match of a rule in words. */
export function MatchWords({ match }: { match: ExceptionMatch }) {
  const t = useTranslations()
  const format = useFormatter()
  const tag = useTagWords()
  const parts = [
    match.control ? t('exceptions.onControl', { pattern: match.control }) : null,
    match.accounts.length > 0 ? t('exceptions.onAccounts', { ids: format.list(match.accounts) }) : null,
    match.environments.length > 0
      ? t('exceptions.onEnvironments', { names: format.list(match.environments.map(id => t(`environment.${id}`))) })
      : null,
    match.resource ? t('exceptions.onResource', { pattern: match.resource }) : null,
    match.tag ? tag(match.tag) : null,
  ].filter(part => part !== null)
  return <span className="break-words">{visibleText(parts.join(' · '))}</span>
}

/** The condition that is checked at every report; nothing without a condition. */
export function ConditionWords({ condition }: { condition: ExceptionCondition }) {
  const t = useTranslations()
  const tag = useTagWords()
  const parts = [
    condition.tag ? t('exceptions.whileTag', { tag: tag(condition.tag) }) : null,
    condition.severityAtMost
      ? t('exceptions.whileSeverity', { severity: t(`severity.${condition.severityAtMost}`) })
      : null,
  ].filter(part => part !== null)
  return parts.length === 0 ? null : <span className="break-words">{visibleText(parts.join(' · '))}</span>
}
