import { useTranslations } from 'next-intl'
import type { SourceId } from '@/lib/domain/imports/outcome'
import { Chip } from '../../ui/chip'

/** Which feeds report a finding. */
export function SourceChips({ sources }: { sources: readonly SourceId[] }) {
  const t = useTranslations('source')
  return (
    <span className="flex gap-1 max-sm:flex-wrap">
      {sources.map(source => (
        <Chip key={source} title={t(source)}>
          <span aria-hidden>{t(`short.${source}`)}</span>
          <span className="sr-only">{t(source)}</span>
        </Chip>
      ))}
    </span>
  )
}
