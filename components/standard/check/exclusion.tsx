import { useTranslations } from 'next-intl'
import type { StandardSwitch } from '@/lib/domain/standard/settings'
import { visibleText } from '@/lib/domain/text/visible-text'

/** Where a check is switched off, and why. */
export function Exclusion({ off: { environment, reason } }: { off: StandardSwitch }) {
  const t = useTranslations()
  const name = environment === null ? t('standard.document.everywhere') : t(`environment.${environment}`)
  return (
    <div className="text-muted text-xs">
      {t('standard.document.offIn', { environment: name, reason: visibleText(reason) })}
    </div>
  )
}
