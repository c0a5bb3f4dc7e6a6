import { ExternalLink } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { toReportLink, visibleText } from '@/lib/domain/text/visible-text'
import type { FindingDetail } from '@/lib/domain/views'
import { Panel } from '../../ui/layout/panel'
import { SourceText } from '../../ui/source-text'

/** The description and remediation of the source. Always shown as text. */
export function FindingText({ finding }: { finding: FindingDetail }) {
  const t = useTranslations('finding')
  const link = toReportLink(finding.remediationUrl)
  const silent = !finding.remediationText && !link
  // Hinomi's own checks say what they saw as facts.
  if (finding.facts?.kind === 'observed' && silent && !finding.description) return null
  return (
    <Panel title={t('sourceText')}>
      <p className="whitespace-pre-wrap">
        {finding.description ? (
          <SourceText text={finding.description} />
        ) : (
          <span className="text-muted">{t('noDescription')}</span>
        )}
      </p>
      {/* Hinomi's steps stand above every threat: no need to say that its source has none. */}
      {silent && finding.class === 'threat' ? null : (
        <h3 className="mt-3 font-semibold text-muted text-xs">{t('howToFix')}</h3>
      )}
      {finding.remediationText ? (
        <p className="whitespace-pre-wrap">
          <SourceText text={finding.remediationText} />
        </p>
      ) : null}
      {link?.href ? (
        <p>
          <a
            href={link.href}
            target="_blank"
            rel="noreferrer noopener"
            className="inline-flex items-center gap-1 text-accent underline underline-offset-2"
          >
            {t('sourceLink', { host: link.host })}
            <ExternalLink aria-hidden className="size-3.5" />
            <span className="sr-only">{t('newTab')}</span>
          </a>
        </p>
      ) : null}
      {link && !link.href ? (
        <p>
          <span className="text-muted">{t('unsafeLink', { host: link.host })}</span>{' '}
          <span className="break-all font-mono text-xs">{visibleText(finding.remediationUrl)}</span>
        </p>
      ) : null}
      {silent && finding.class !== 'threat' ? <p className="text-muted">{t('noRemediation')}</p> : null}
    </Panel>
  )
}
