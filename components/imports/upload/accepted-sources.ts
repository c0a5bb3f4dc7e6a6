import { useFormatter, useTranslations } from 'next-intl'
import { recognisedFeeds } from '@/lib/domain/feeds/feed-definitions'

/** The sources whose reports are recognized without a mapping, as a list in words. */
export function useAcceptedSources(): string {
  const [t, format] = [useTranslations('source'), useFormatter()]
  return format.list(recognisedFeeds.map(id => t(id)))
}
