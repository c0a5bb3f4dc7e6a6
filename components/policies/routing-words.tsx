import { useFormatter, useTranslations } from 'next-intl'
import type { RoutingRule } from '@/lib/domain/policies/routing'
import type { Option } from '../ui/forms/select'

/** The findings that a rule matches, in words. */
export function RuleWords({ rule, accounts }: { rule: RoutingRule; accounts: readonly Option[] }) {
  const t = useTranslations()
  const format = useFormatter()
  const list = (words: string[]) => format.list(words, { type: 'disjunction' })
  const parts = [
    rule.categories.length > 0 ? list(rule.categories.map(id => t(`category.${id}`))) : null,
    rule.control ? t('exceptions.onControl', { pattern: rule.control }) : null,
    rule.sources.length > 0 ? list(rule.sources.map(id => t(`source.${id}`))) : null,
    rule.accounts.length > 0
      ? list(rule.accounts.map(id => accounts.find(account => account.id === id)?.label ?? id))
      : null,
    rule.environments.length > 0 ? list(rule.environments.map(id => t(`environment.${id}`))) : null,
    rule.tag
      ? rule.tag.value === null
        ? t('exceptions.tagAny', { key: rule.tag.key })
        : t('exceptions.tagValue', { key: rule.tag.key, value: rule.tag.value })
      : null,
    rule.severityAtLeast ? t('settings.routing.orWorse', { severity: t(`severity.${rule.severityAtLeast}`) }) : null,
  ].filter(part => part !== null)
  return <span className="break-words">{parts.length > 0 ? parts.join(' · ') : t('settings.routing.everything')}</span>
}
