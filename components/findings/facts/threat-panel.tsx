import { useTranslations } from 'next-intl'
import type { Remote } from '@/lib/domain/findings/facts'
import { visibleText } from '@/lib/domain/text/visible-text'
import { consoleLinks } from '@/lib/domain/threats/console-link'
import type { FindingDetail } from '@/lib/domain/views'
import { CopyButton } from '../../ui/copy-button'
import { Panel } from '../../ui/layout/panel'
import { ExactTime, RelativeTime } from '../../ui/relative-time'
import { ConsoleLinks } from './console-links'
import { Fact, FactList } from './fact'
import { SequenceFacts } from './sequence-facts'

/** Who did what, from where, when and how often. Nothing for other findings. */
export function ThreatPanel({ finding }: { finding: FindingDetail }) {
  const t = useTranslations()
  const { facts } = finding
  if (finding.class !== 'threat') return null
  if (facts?.kind !== 'threat' && consoleLinks(finding.region, finding.sightings).length === 0) return null
  return (
    <Panel title={t('threat.title')}>
      {facts?.kind === 'threat' && facts.sample ? (
        <p className="mb-2 font-semibold text-warning">{t('threat.sample')}</p>
      ) : null}
      {facts?.kind === 'threat' ? <Facts facts={facts} /> : null}
      {facts?.kind === 'threat' && facts.sequence ? <SequenceFacts sequence={facts.sequence} /> : null}
      <ConsoleLinks finding={finding} />
    </Panel>
  )
}

function Facts({ facts }: { facts: Extract<FindingDetail['facts'], { kind: 'threat' }> }) {
  const t = useTranslations('threat')
  const target = [facts.port === null ? null : t('port', { port: facts.port }), facts.protocol, facts.direction]
  const connection = target.filter(part => part !== null).map(visibleText)
  return (
    <FactList>
      {facts.principal ? (
        <Fact name={t('principal')}>
          <Code text={facts.principal} />
          {facts.principalType ? <span className="text-muted"> {visibleText(facts.principalType)}</span> : null}
        </Fact>
      ) : null}
      {facts.accessKeyId ? (
        <Fact name={t('key')}>
          <Code text={facts.accessKeyId} />
        </Fact>
      ) : null}
      {facts.remotes.length > 0 ? (
        <Fact name={t('from')}>
          <ul>
            {facts.remotes.map(remote => (
              <li key={JSON.stringify(remote)}>
                <Origin remote={remote} />
              </li>
            ))}
          </ul>
        </Fact>
      ) : null}
      {facts.api || facts.action ? (
        <Fact name={t('action')}>
          {facts.api ? <Code text={[facts.service, facts.api].filter(Boolean).join(' ')} /> : null}{' '}
          {facts.action ? <span className="text-muted">{visibleText(facts.action)}</span> : null}
        </Fact>
      ) : null}
      {facts.domain ? (
        <Fact name={t('domain')}>
          <Code text={facts.domain} />
        </Fact>
      ) : null}
      {connection.length > 0 ? <Fact name={t('connection')}>{connection.join(' · ')}</Fact> : null}
      {facts.userAgent ? (
        <Fact name={t('userAgent')}>
          <Code text={facts.userAgent} />
        </Fact>
      ) : null}
      {facts.threatLists.length > 0 ? (
        <Fact name={t('lists')}>{facts.threatLists.map(visibleText).join(', ')}</Fact>
      ) : null}
      <Time name={t('first')} at={facts.firstSeen} />
      <Time name={t('last')} at={facts.lastSeen} />
      {facts.count === null ? null : <Fact name={t('count')}>{t('events', { count: facts.count })}</Fact>}
    </FactList>
  )
}

function Code({ text }: { text: string }) {
  const t = useTranslations('threat')
  return (
    <span className="inline-flex max-w-full items-start gap-1">
      <span className="break-all font-mono text-xs leading-6">{visibleText(text)}</span>
      <CopyButton text={text} label={t('copy', { value: visibleText(text) })} />
    </span>
  )
}

function Origin({ remote: { ip, asn, organization, country, city } }: { remote: Remote }) {
  const place = [asn === null ? null : `AS${asn}`, organization, city, country].filter(part => part !== null)
  return (
    <>
      {ip ? <Code text={ip} /> : null} <span className="text-muted">{place.map(visibleText).join(', ')}</span>
    </>
  )
}

function Time({ name, at }: { name: string; at: string | null }) {
  if (at === null) return null
  const date = new Date(at)
  return (
    <Fact name={name}>
      <ExactTime date={date} /> <RelativeTime date={date} className="text-muted" />
    </Fact>
  )
}
