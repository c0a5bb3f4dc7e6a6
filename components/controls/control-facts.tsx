import Link from 'next/link'
import { useLocale, useTranslations } from 'next-intl'
import type { ControlView } from '@/lib/domain/controls/control-view'
import { standardRow } from '@/lib/domain/standard/rows'
import { visibleText } from '@/lib/domain/text/visible-text'
import { Frameworks } from '../findings/facts/control-facts'
import { Fact, FactList } from '../findings/facts/fact'
import { findingsHref } from '../findings/list/finding-params'
import { checkHref } from '../standard/standard-params'
import { CopyButton } from '../ui/copy-button'
import { Panel } from '../ui/layout/panel'
import { SeverityBadge } from '../ui/severity-badge'

/** What a control is, and what other tools call it. */
export function ControlFacts({ control }: { control: ControlView }) {
  const t = useTranslations()
  return (
    <Panel title={t('control.facts')}>
      <FactList>
        <Fact name={t('control.id')}>
          <span className="flex items-start gap-1">
            <span className="break-all font-mono text-xs leading-6">{visibleText(control.id)}</span>
            <CopyButton text={control.id} label={t('control.copy')} />
          </span>
        </Fact>
        <Fact name={t('findings.columns.severity')}>
          {control.severity ? <SeverityBadge severity={control.severity} /> : t('control.byReport')}
        </Fact>
        <Fact name={t('settings.routing.category')}>{t(`category.${control.category}`)}</Fact>
        <Fact name={t('findings.overdue')}>
          <Count n={control.overdue} href={findingsHref({ control: [control.id], overdue: true })} />
        </Fact>
        <Fact name={t('control.excepted')}>
          <Count
            n={control.excepted}
            href={findingsHref({ control: [control.id], status: ['accepted', 'false_positive'] })}
          />
        </Fact>
        <Checks checks={control.checks} />
        <Frameworks requirements={control.requirements} />
        {control.otherNames.length > 0 ? (
          <Fact name={t('control.otherNames')}>
            <details>
              <summary className="w-fit cursor-pointer py-0.5">
                {t('control.nameCount', { count: control.otherNames.length })}
              </summary>
              <ul className="break-all font-mono text-xs">
                {control.otherNames.map(name => (
                  <li key={name}>{name}</li>
                ))}
              </ul>
            </details>
          </Fact>
        ) : null}
      </FactList>
    </Panel>
  )
}

function Count({ n, href }: { n: number; href: string }) {
  const t = useTranslations('counts')
  if (n === 0) return <>{t('findings', { count: 0 })}</>
  return (
    <Link href={href} className="text-accent underline underline-offset-2">
      {t('findings', { count: n })}
    </Link>
  )
}

function Checks({ checks }: Pick<ControlView, 'checks'>) {
  const t = useTranslations('control')
  const locale = useLocale() === 'ja' ? 'ja' : 'en'
  const rows = checks.flatMap(id => standardRow(id) ?? [])
  if (rows.length === 0) return null
  return (
    <Fact name={t('checks')}>
      <ul>
        {rows.map(row => (
          <li key={row.id}>
            <Link href={checkHref(row.id)} className="text-accent underline underline-offset-2">
              {row.title[locale]}
            </Link>
          </li>
        ))}
      </ul>
    </Fact>
  )
}
