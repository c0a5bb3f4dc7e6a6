import { useLocale } from 'next-intl'
import { collectorDefinition } from '@/lib/domain/collection/collectors'

/** Names of collectors in the reader's language; a collector of another version has its id. */
export function useCollectorName(): (id: string) => string {
  const locale = useLocale()
  return id => collectorDefinition(id)?.name[locale === 'ja' ? 'ja' : 'en'] ?? id
}
