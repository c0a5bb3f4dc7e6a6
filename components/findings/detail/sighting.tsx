import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { FindingId } from '@/lib/domain/findings/filter'
import type { FindingClass } from '@/lib/domain/imports/outcome'
import { resultWord } from '@/lib/domain/policies/problem-kind'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { SightingView } from '@/lib/domain/views'
import { RelativeTime } from '../../ui/relative-time'
import { SeverityBadge } from '../../ui/severity-badge'
import { importHref } from '../finding-links'
import { RawRecord, type ShowRaw } from './raw-record'

export interface SightingContext {
  finding: FindingId
  /** The name and class of the finding's control. */
  control: string
  kind: FindingClass
  showRaw: ShowRaw
}

/** The differences between a sighting and its finding. */
function placeOf({ ownRegion, ownResourceId, ownPackage }: SightingView): string {
  return [ownRegion, ownResourceId, ownPackage].filter(Boolean).join(' · ')
}

/** The tool of a sighting; the feed if it names none. */
export function useProductName(): (sighting: SightingView) => string {
  const t = useTranslations('source')
  return ({ product, source }) => visibleText(product) || t(source)
}

/** One sighting. */
export function Sighting({ finding, control, kind, showRaw, sighting }: SightingContext & { sighting: SightingView }) {
  const t = useTranslations()
  const name = useProductName()(sighting)
  const feed = t(`source.${sighting.source}`)
  return (
    <li className="flex flex-col gap-1 py-2 first:pt-0 last:pb-0">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
        <strong className="font-semibold">
          {name}
          {name === feed ? null : <span className="font-normal text-muted"> {feed}</span>}
        </strong>
        <SeverityBadge severity={sighting.severity} />
        <span>{t(`result.${resultWord(kind, sighting.result, sighting.control)}`)}</span>
        {sighting.present ? null : <span className="font-semibold text-good">{t('finding.gone')}</span>}
      </div>
      {sighting.title === sighting.control ? null : <p>{visibleText(sighting.title)}</p>}
      {sighting.control === control && placeOf(sighting) === '' ? null : (
        <p className="text-muted text-xs">
          {t('finding.ownName')}{' '}
          <span className="break-all font-mono text-2xs">
            {visibleText([sighting.control, placeOf(sighting)].filter(Boolean).join(' · '))}
          </span>
        </p>
      )}
      <p className="flex flex-wrap gap-x-3 text-muted text-xs">
        <span>
          {t('finding.confirmed')} <RelativeTime date={sighting.confirmedAt} />
        </span>
        <Link href={importHref(sighting.importId)} className="underline underline-offset-2 hover:text-foreground">
          {t('finding.fromImport', { id: sighting.importId })}
        </Link>
        <span className="break-all font-mono text-2xs leading-[1.65]">{visibleText(sighting.nativeId)}</span>
      </p>
      {sighting.absent ? <Absent absent={sighting.absent} /> : null}
      {sighting.suppression ? <Suppressed suppression={sighting.suppression} /> : null}
      <RawRecord finding={finding} sighting={sighting.id} showRaw={showRaw} />
    </li>
  )
}

/** Why the last complete report, which lacks the sighting, did not resolve the finding. */
function Absent({ absent: { reason, importId, sender } }: { absent: NonNullable<SightingView['absent']> }) {
  const t = useTranslations('finding.absent')
  return (
    <p className="text-warning">
      {t.rich(reason, {
        id: importId,
        sender,
        link: words => (
          <Link href={importHref(importId)} className="underline underline-offset-2">
            {words}
          </Link>
        ),
      })}
    </p>
  )
}

/** Who suppressed the record in its source, when and why. */
function Suppressed({
  suppression: { by, at, note, means },
}: {
  suppression: NonNullable<SightingView['suppression']>
}) {
  const t = useTranslations('finding.suppression')
  return (
    <p className="text-muted text-xs">
      {means ? t(`means.${means}`) : t('by', { by: visibleText(by) || t('unknown') })}
      {at ? (
        <>
          {' '}
          <RelativeTime date={at} />
        </>
      ) : null}
      {note ? <span className="block whitespace-pre-wrap">{visibleText(note)}</span> : null}
    </p>
  )
}
