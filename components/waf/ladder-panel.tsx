import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { type EntranceFilter, environmentChoices, type RungChoice, rungChoices } from '@/lib/domain/waf/filter'
import type { Ladder } from '@/lib/domain/waf/views'
import { ScrollArea } from '../ui/layout/scroll-area'
import { RungText } from './rung-text'
import { wafHref } from './waf-params'

const FILLS: Record<RungChoice, string> = {
  none: 'fill-severity-critical',
  other_vendor: 'fill-severity-high',
  empty: 'fill-severity-high',
  counting: 'fill-severity-medium',
  partly_blocking: 'fill-severity-low',
  blocking: 'fill-muted',
  operated: 'fill-good',
  unknown: 'fill-quiet',
}

interface LadderPanelProps {
  ladder: Ladder
  filter: EntranceFilter
}

/** The ladder as a picture: how many entrances stand on which rung, the best on top, by environment. */
export function LadderTable({ ladder: { counts }, filter }: LadderPanelProps) {
  const t = useTranslations()
  const totalOf = (rung: RungChoice) => Object.values(counts[rung]).reduce((sum, n) => sum + n, 0)
  const largest = Math.max(1, ...rungChoices.map(totalOf))
  const shown = environmentChoices.filter(one => rungChoices.some(rung => (counts[rung][one] ?? 0) > 0))
  const ladder = rungChoices.toReversed().filter(rung => rung !== 'unknown' || totalOf(rung) > 0)
  const count = (rung: RungChoice, environment: (typeof environmentChoices)[number]) => (
    <Count n={counts[rung][environment] ?? 0} href={wafHref({ ...filter, rung: [rung], environment: [environment] })} />
  )
  const bar = (rung: RungChoice) => (
    <svg viewBox="0 0 100 10" preserveAspectRatio="none" className="block h-3 w-full" role="presentation">
      <rect width={(totalOf(rung) / largest) * 100} height="10" rx="0.4" className={FILLS[rung]} />
    </svg>
  )
  return (
    <ScrollArea label={t('waf.ladder')} className="">
      <table className="data-table">
        <caption className="sr-only">{t('waf.ladder')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('waf.columns.rung')}</th>
            <th scope="col" className="numeric">
              {t('waf.columns.entrances')}
            </th>
            <th scope="col" aria-hidden className="hidden w-full min-w-24 sm:table-cell" />
            {shown.map(environment => (
              <th key={environment} scope="col" className="numeric whitespace-nowrap max-sm:hidden">
                {t(`environment.${environment}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ladder.map(rung => (
            <tr key={rung}>
              <th scope="row" title={t(`waf.meanings.${rung}`)}>
                <RungText rung={rung} />
                <div className="mt-1 flex flex-col gap-1 sm:hidden">
                  <div aria-hidden>{bar(rung)}</div>
                  <ul className="flex flex-wrap gap-x-3 gap-y-0.5 text-xs">
                    {shown
                      .filter(environment => (counts[rung][environment] ?? 0) > 0)
                      .map(environment => (
                        <li key={environment} className="whitespace-nowrap">
                          <span className="text-muted">{t(`environment.${environment}`)}</span>{' '}
                          {count(rung, environment)}
                        </li>
                      ))}
                  </ul>
                </div>
              </th>
              <td className="numeric">
                <Count n={totalOf(rung)} href={wafHref({ ...filter, rung: [rung] })} />
              </td>
              <td aria-hidden className="hidden sm:table-cell">
                {bar(rung)}
              </td>
              {shown.map(environment => (
                <td key={environment} className="numeric max-sm:hidden">
                  {count(rung, environment)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}

function Count({ n, href }: { n: number; href: string }) {
  const format = useFormatter()
  if (n === 0) return <span className="text-muted">0</span>
  return (
    <Link href={href} scroll={false} className="font-semibold hover:text-accent hover:underline">
      {format.number(n)}
    </Link>
  )
}

/** The shares of the rungs of one account, the worst first. */
export function RungBar({ counts }: { counts: Partial<Record<RungChoice, number>> }) {
  const t = useTranslations()
  const shown = rungChoices.filter(rung => (counts[rung] ?? 0) > 0)
  const total = shown.reduce((sum, rung) => sum + (counts[rung] ?? 0), 0)
  const words = shown.map(rung => t('waf.ofRung', { rung: t(`waf.rungs.${rung}`), count: counts[rung] ?? 0 }))
  let from = 0
  return (
    <svg
      viewBox="0 0 100 8"
      preserveAspectRatio="none"
      role="img"
      aria-label={words.join(t('common.listSeparator'))}
      className="h-2 w-full min-w-24 rounded-sm bg-surface-tertiary"
    >
      {shown.map(rung => {
        const width = ((counts[rung] ?? 0) / total) * 100
        const x = from
        from += width
        return <rect key={rung} x={x} y="0" width={Math.max(width - 0.6, 0.6)} height="8" className={FILLS[rung]} />
      })}
    </svg>
  )
}
