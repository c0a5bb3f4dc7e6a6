import {
  Ban,
  CircleAlert,
  CircleDashed,
  CircleHelp,
  Eye,
  type LucideIcon,
  ShieldCheck,
  ShieldHalf,
  ShieldPlus,
} from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { RungChoice } from '@/lib/domain/waf/filter'

const ICONS: Record<RungChoice, LucideIcon> = {
  none: Ban,
  other_vendor: CircleAlert,
  empty: CircleDashed,
  counting: Eye,
  partly_blocking: ShieldHalf,
  blocking: ShieldPlus,
  operated: ShieldCheck,
  unknown: CircleHelp,
}

const COLORS: Record<RungChoice, string> = {
  none: 'text-severity-critical',
  other_vendor: 'text-severity-high',
  empty: 'text-severity-high',
  counting: 'text-severity-medium',
  partly_blocking: 'text-severity-low',
  blocking: 'text-foreground',
  operated: 'text-good',
  unknown: 'text-muted',
}

/** A rung of the ladder: shape, word and colour. */
export function RungText({ rung }: { rung: RungChoice | null }) {
  const t = useTranslations('waf.rungs')
  const shown = rung ?? 'unknown'
  const Icon = ICONS[shown]
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <Icon aria-hidden className={`size-3.5 shrink-0 ${COLORS[shown]}`} />
      {t(shown)}
    </span>
  )
}
