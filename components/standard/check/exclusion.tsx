import { useTranslations } from 'next-intl'
import type { StandardSwitch } from '@/lib/domain/standard/settings'
import { visibleText } from '@/lib/domain/text/visible-text'

interface ExclusionProps {
  off: StandardSwitch
  /** Whether its place already says that it is about switched-off checks. */
  short?: boolean
}

/** Where a check is switched off, and why. */
export function Exclusion({ off: { environment, reason }, short = false }: ExclusionProps) {
  const t = useTranslations()
  const name = environment === null ? t('standard.document.everywhere') : t(`environment.${environment}`)
  const why = visibleText(reason)
  if (short) {
    return (
      <div>
        {name} <span className="text-muted text-xs">{why}</span>
      </div>
    )
  }
  return <div className="text-muted text-xs">{t('standard.document.offIn', { environment: name, reason: why })}</div>
}
