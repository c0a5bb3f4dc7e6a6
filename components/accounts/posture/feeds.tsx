import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { FeedView } from '@/lib/domain/views'
import { importHref, sourceHref } from '../../findings/finding-links'
import { Panel } from '../../ui/layout/panel'
import { LinkButton } from '../../ui/link-button'
import { RelativeTime } from '../../ui/relative-time'

/** The sources that report an account, with the time of the last report. */
export function Feeds({ feeds }: { feeds: FeedView[] }) {
  const t = useTranslations()
  return (
    <Panel title={t('account.feeds')}>
      {feeds.length === 0 ? (
        <div className="flex flex-col items-start gap-2">
          <p className="text-muted">{t('account.noFeeds')}</p>
          <LinkButton href="/imports" size="sm">
            {t('findings.empty.unreported.action')}
          </LinkButton>
        </div>
      ) : (
        <ul className="flex flex-col gap-1.5">
          {feeds.map(feed => (
            <li
              key={`${feed.source}-${feed.product}`}
              className="flex flex-wrap items-baseline justify-between gap-x-3"
            >
              <span className="min-w-0">
                <Link href={sourceHref(feed.source)} prefetch={false} className="hover:text-accent hover:underline">
                  {visibleText(feed.product) || t(`source.${feed.source}`)}
                </Link>
                {feed.product && feed.product !== t(`source.${feed.source}`) ? (
                  <span className="text-muted text-xs"> {t(`source.${feed.source}`)}</span>
                ) : null}
              </span>
              <span className="ms-auto text-end">
                <Link href={importHref(feed.lastImportId)} className="hover:text-accent hover:underline">
                  <RelativeTime date={feed.lastAt} />
                </Link>
                {feed.silent ? (
                  <span className="block text-bad text-xs">
                    {t('account.silentSince')} <RelativeTime date={feed.silentAfter} />
                  </span>
                ) : null}
                {feed.lastCompleteAt ? null : (
                  <span className="block text-muted text-xs">{t('account.neverComplete')}</span>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
