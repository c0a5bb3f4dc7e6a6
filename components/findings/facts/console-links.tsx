import { ExternalLink } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { consoleLinks } from '@/lib/domain/threats/console-link'
import type { FindingDetail } from '@/lib/domain/views'

/** What the links need. */
export type LinkedFinding = Pick<FindingDetail, 'accountId' | 'region' | 'sightings'>

/** Links to a finding in the consoles of the services that report it. Nothing if none has a page for it. */
export function ConsoleLinks({ finding }: { finding: LinkedFinding }) {
  const t = useTranslations()
  const links = consoleLinks(finding.region, finding.sightings)
  if (links.length === 0) return null
  return (
    <p className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1">
      {links.map(({ service, url }) => (
        <a
          key={service}
          href={url}
          target="_blank"
          rel="noreferrer noopener"
          className="inline-flex items-center gap-1 text-accent underline underline-offset-2"
        >
          {t('finding.console', { service })}
          <ExternalLink aria-hidden className="size-3.5" />
          <span className="sr-only">{t('finding.newTab')}</span>
        </a>
      ))}
      <span className="text-muted text-xs">{t('finding.consoleSignIn', { account: finding.accountId })}</span>
    </p>
  )
}
