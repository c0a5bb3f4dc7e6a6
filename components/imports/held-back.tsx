import { useTranslations } from 'next-intl'
import type { ImportDetail } from '@/lib/domain/views'
import { Panel } from '../ui/panel'

/** Parts of a complete import that closed nothing, and why. */
export function HeldBack({ scopes }: { scopes: ImportDetail['heldBack'] }) {
  const t = useTranslations()
  if (scopes.length === 0) return null
  return (
    <Panel title={t('imports.heldBack')}>
      <ul className="flex flex-col gap-1">
        {scopes.map(scope => (
          <li key={`${scope.accountId}-${scope.source}-${scope.reason}`}>
            <span className="font-semibold">
              {scope.accountId ?? t('imports.everyAccount')}
              {scope.source ? ` · ${t(`source.${scope.source}`)}` : ''}
            </span>{' '}
            {t(`imports.heldBackReasons.${scope.reason}`)}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
