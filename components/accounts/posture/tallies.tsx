import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { Tally } from '@/lib/domain/views'
import { Panel } from '../../ui/layout/panel'
import { SeverityShape } from '../../ui/severity-badge'
import { SourceText } from '../../ui/source-text'

interface TalliesProps {
  title: string
  tallies: Tally[]
  /** The list of a line; lines without a name have no link. */
  href: (tally: Tally) => string
}

/** The largest groups, each with its count and a link to its list. */
export function Tallies({ title, tallies, href }: TalliesProps) {
  const t = useTranslations()
  return (
    <Panel title={title}>
      {tallies.length === 0 ? <p className="text-muted">{t('counts.noneOpen')}</p> : null}
      <ul className="flex flex-col">
        {tallies.map(tally => (
          <li key={tally.key} className="border-separator border-b last:border-0">
            {tally.key === '' ? (
              <span className={line}>
                <Line tally={tally} />
              </span>
            ) : (
              <Link href={href(tally)} className={`${line} hover:text-accent`}>
                <Line tally={tally} />
              </Link>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

const line = 'flex items-baseline gap-2 py-1'

function Line({ tally }: { tally: Tally }) {
  const t = useTranslations()
  const format = useFormatter()
  const words = withoutKey(tally)
  return (
    <>
      <SeverityShape severity={tally.severity} />
      <span className="sr-only">{t(`severity.${tally.severity}`)}</span>
      <span className="min-w-0 flex-1 truncate" title={visibleText(tally.label)}>
        <span className="font-semibold">{visibleText(tally.key) || t('common.unknown')}</span>
        {words ? <SourceText text={words} className="ms-2 text-muted text-xs" /> : null}
      </span>
      <b className="font-semibold">{format.number(tally.count)}</b>
    </>
  )
}

/** The label without the key, which many titles begin with and which is shown before it. */
function withoutKey({ key, label }: Tally): string {
  return label.startsWith(key) ? label.slice(key.length).replace(/^[\s:-]+/, '') : label
}
