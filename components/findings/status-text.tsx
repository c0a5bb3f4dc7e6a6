import { Circle, CircleCheck, CircleDot, CircleSlash, Eye, EyeOff, ShieldOff } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { Status } from '@/lib/domain/findings/status'

const ICONS = {
  new: Circle,
  acknowledged: Eye,
  in_progress: CircleDot,
  suppressed: EyeOff,
  resolved: CircleCheck,
  accepted: ShieldOff,
  false_positive: CircleSlash,
} as const satisfies Record<Status, unknown>

/** A status as shape and word. */
export function StatusText({ status }: { status: Status }) {
  const t = useTranslations('status')
  const Icon = ICONS[status]
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <Icon aria-hidden className={`size-3.5 ${status === 'resolved' ? 'text-good' : 'text-muted'}`} />
      {t(status)}
    </span>
  )
}
