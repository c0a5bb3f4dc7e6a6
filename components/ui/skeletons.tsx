import { useTranslations } from 'next-intl'

/** A grey bar where a line of text will be. */
export function SkeletonLine({ className = 'w-full' }: { className?: string }) {
  return <div aria-hidden className={`h-3.5 animate-pulse rounded bg-surface-tertiary ${className}`} />
}

/** A panel whose content is loading. */
export function PanelSkeleton({ lines = 4, className = '' }: { lines?: number; className?: string }) {
  const t = useTranslations('common')
  const rows = Array.from({ length: lines }, (_, index) => `line-${index}`)
  return (
    <div className={`rounded-2xl border border-border bg-surface px-4 py-3.5 ${className}`} role="status">
      <span className="sr-only">{t('loading')}</span>
      <div className="flex flex-col gap-3">
        {rows.map((row, index) => (
          <SkeletonLine key={row} className={index === 0 ? 'w-1/4' : index % 2 === 0 ? 'w-5/6' : 'w-full'} />
        ))}
      </div>
    </div>
  )
}

/** Four figures whose values are loading. */
export function StatsSkeleton() {
  return (
    <div className="grid gap-3.5 sm:grid-cols-2 lg:grid-cols-4">
      <PanelSkeleton lines={3} />
      <PanelSkeleton lines={3} />
      <PanelSkeleton lines={3} />
      <PanelSkeleton lines={3} />
    </div>
  )
}
