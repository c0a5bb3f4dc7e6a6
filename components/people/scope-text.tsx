import { useTranslations } from 'next-intl'
import type { AccountName, Scope } from '@/lib/domain/people/views'

interface ScopeTextProps {
  scope: Scope
  accounts: readonly AccountName[]
}

/** Which accounts may be seen, in a cell; the names of many on hover. */
export function ScopeText({ scope, accounts }: ScopeTextProps) {
  const t = useTranslations('settings.scope')
  if (!scope.limited) return <span className="text-muted">{t('all')}</span>
  const names = scope.accounts.map(id => accounts.find(account => account.id === id)?.name || id)
  const separator = t('separator')
  return names.length <= 2 ? (
    <span>{names.join(separator)}</span>
  ) : (
    <span title={names.join(separator)}>{t('some', { count: names.length })}</span>
  )
}
