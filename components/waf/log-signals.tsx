import { useTranslations } from 'next-intl'
import { Chip } from '../ui/chip'

const SIGNALS = ['falsePositives', 'silentLogs', 'vendorTraffic'] as const

/** Signals that need logs, so that nobody takes them for checked. */
export function LogSignals() {
  const t = useTranslations('waf')
  return (
    <ul className="grid gap-1.5 sm:grid-cols-2">
      {SIGNALS.map(id => (
        <li key={id} className="flex flex-wrap items-baseline gap-2">
          {t(`signals.${id}`)}
          <Chip>{t('needsLogs')}</Chip>
        </li>
      ))}
    </ul>
  )
}
