import { useTranslations } from 'next-intl'
import type { SightingView } from '@/lib/domain/views'
import { Panel } from '../../ui/layout/panel'
import { Sighting, type SightingContext, useProductName } from './sighting'

/** More sightings of one product than this are folded, because a check of every Region repeats itself. */
const SHOWN = 3

/** The sightings of each product of each feed, in order. */
function byProduct(sightings: readonly SightingView[]): SightingView[][] {
  const groups = new Map<string, SightingView[]>()
  for (const sighting of sightings) {
    const key = `${sighting.source} ${sighting.product}`
    const group = groups.get(key)
    if (group) group.push(sighting)
    else groups.set(key, [sighting])
  }
  return [...groups.values()]
}

/** The sightings of a finding by source, with their times. */
export function Sightings({ sightings, ...context }: SightingContext & { sightings: SightingView[] }) {
  const t = useTranslations('finding')
  const nameOf = useProductName()
  return (
    <Panel title={t('sightings', { count: sightings.length })}>
      <div className="flex flex-col divide-y divide-separator *:py-2 *:first:pt-0 *:last:pb-0">
        {byProduct(sightings).map(([first, ...others]) =>
          first ? (
            <div key={first.id}>
              <List {...context} sightings={[first, ...others.slice(0, SHOWN - 1)]} />
              {others.length >= SHOWN ? (
                <details className="mt-2 border-separator border-t pt-2">
                  <summary className="cursor-pointer text-muted">
                    {t('moreSightings', { count: others.length + 1 - SHOWN, source: nameOf(first) })}
                  </summary>
                  <div className="pt-3">
                    <List {...context} sightings={others.slice(SHOWN - 1)} />
                  </div>
                </details>
              ) : null}
            </div>
          ) : null,
        )}
      </div>
    </Panel>
  )
}

function List({ sightings, ...context }: SightingContext & { sightings: SightingView[] }) {
  return (
    <ul className="flex flex-col divide-y divide-separator">
      {sightings.map(sighting => (
        <Sighting key={sighting.id} {...context} sighting={sighting} />
      ))}
    </ul>
  )
}
