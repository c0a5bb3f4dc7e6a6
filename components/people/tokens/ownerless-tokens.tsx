import { TriangleAlert } from 'lucide-react'
import { useTranslations } from 'next-intl'

/** A warning about tokens without an owner; renders nothing if there are none. */
export function OwnerlessTokens({ count }: { count: number }) {
  const t = useTranslations('settings.tokens.takeOver')
  if (count === 0) return null
  return (
    <div className="flex gap-3 rounded-2xl border border-border bg-surface px-4 py-3.5">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warning" />
      <div>
        <p className="font-semibold">{t('ownerless', { count })}</p>
        <p className="text-muted">{t('ownerlessText')}</p>
      </div>
    </div>
  )
}
