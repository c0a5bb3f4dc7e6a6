import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { frameworkNames } from '@/lib/domain/controls/frameworks'
import type { FindingDetail } from '@/lib/domain/views'
import { findingsHref } from '../list/finding-params'
import { Fact } from './fact'

/** What decides the severity, and what each tool says differently. */
export function Severities({ finding: { severity, severityBy, sightings } }: { finding: FindingDetail }) {
  const t = useTranslations()
  if (severityBy === 'report') return null
  const failing = sightings.filter(each => each.present && each.result === 'failed' && each.severity !== severity)
  const others = [...new Map(failing.map(each => [`${each.source} ${each.severity}`, each])).values()]
  return (
    <Fact name={t('finding.severityBy.label')}>
      {t(`finding.severityBy.${severityBy}`)}
      {others.map(each => (
        <span key={each.id} className="block text-muted text-xs">
          {t('finding.severityBy.says', {
            source: t(`source.${each.source}`),
            severity: t(`severity.${each.severity}`),
          })}
        </span>
      ))}
    </Fact>
  )
}

/** The requirements of frameworks that the control proves. */
export function Frameworks({ requirements }: Pick<FindingDetail, 'requirements'>) {
  const t = useTranslations('finding')
  if (requirements.length === 0) return null
  return (
    <Fact name={t('frameworks')}>
      <details>
        <summary className="cursor-pointer">{t('frameworkCount', { count: requirements.length })}</summary>
        <ul>
          {requirements.map(({ framework, ids }) => (
            <li key={framework}>
              <Link
                href={findingsHref({ framework: [framework] })}
                className="text-accent underline underline-offset-2"
              >
                {frameworkNames[framework]}
              </Link>{' '}
              <span className="text-muted text-xs">{ids.join(', ')}</span>
            </li>
          ))}
        </ul>
      </details>
    </Fact>
  )
}
