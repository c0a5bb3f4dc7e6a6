import Link from 'next/link'
import { notFound } from 'next/navigation'
import { getFormatter, getLocale, getTranslations } from 'next-intl/server'
import { CheckFacts } from '@/components/standard/check/check-facts'
import { CheckResultTable, StateChoice } from '@/components/standard/check/check-results'
import { ControlList } from '@/components/standard/check/control-list'
import { checkHref, readCheck, standardHref } from '@/components/standard/standard-params'
import { Panel } from '@/components/ui/layout/panel'
import { LinkButton } from '@/components/ui/link-button'
import { Pagination } from '@/components/ui/lists/pagination'
import { requireAccess } from '@/lib/access/access'
import { holds } from '@/lib/access/proof'
import { now } from '@/lib/clock'
import { controlExplanation } from '@/lib/domain/controls/text/explanations'
import { canonicalTitle } from '@/lib/domain/controls/text/titles'
import { type StandardRow, standardRow } from '@/lib/domain/standard/rows'
import type { CheckedControl } from '@/lib/domain/standard/views'
import { listCheckResults } from '@/lib/queries/standard/check'
import { getStandardPolicy } from '@/lib/queries/standard/settings'

type Params = Promise<{ check: string }>

const PAGE = 100

async function load(params: Params): Promise<StandardRow> {
  const { check } = await params
  return standardRow(check) ?? notFound()
}

export async function title(params: Params): Promise<string> {
  const [row, locale] = await Promise.all([load(params), getLocale()])
  return row.title[locale === 'ja' ? 'ja' : 'en']
}

export async function Heading({ params }: { params: Params }) {
  return <>{await title(params)}</>
}

export async function Lead() {
  const t = await getTranslations('standard.checkPage')
  return (
    <Link href={standardHref()} className="text-accent text-xs hover:underline">
      {t('toAll')}
    </Link>
  )
}

/** For those who may change its threshold or switch it off. */
export async function CheckActions() {
  const access = await requireAccess('findings:read')
  if (!holds(access, 'accounts:manage') || access.accounts !== 'all') return null
  const t = await getTranslations('standard')
  return <LinkButton href="/settings/standard">{t('settings')}</LinkButton>
}

export async function CheckSection({
  params,
  searchParams,
}: {
  params: Params
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const [access, row, { states, after }, t, format] = await Promise.all([
    requireAccess('findings:read'),
    load(params),
    readCheck(searchParams),
    getTranslations(),
    getFormatter(),
  ])
  const [controls, policy, { rows, next, totals }] = await Promise.all([
    controlsOf(row),
    getStandardPolicy(access),
    listCheckResults(access, row, { states, cursor: after.at(-1) ?? null, limit: PAGE }),
  ])
  return (
    <>
      <ControlList controls={controls} />
      <CheckFacts row={row} policy={policy.value} totals={totals} />
      <Panel
        title={t('standard.checkPage.results')}
        aside={t('common.asOf', { time: format.dateTime(now(), { dateStyle: 'medium', timeStyle: 'short' }) })}
        className="flex flex-col gap-2"
      >
        <StateChoice check={row.id} totals={totals} chosen={states} />
        {rows.length > 0 ? (
          <CheckResultTable rows={rows} />
        ) : (
          <p className="py-6 text-center text-muted">{t(states.length > 0 ? 'accounts.noneMatch' : 'standard.none')}</p>
        )}
        <Pagination
          previous={after.length > 0 ? checkHref(row.id, states, after.slice(0, -1)) : null}
          next={next ? checkHref(row.id, states, [...after, next]) : null}
        />
      </Panel>
    </>
  )
}

/** The controls of a check with their titles and reasons, in the reader's language. */
async function controlsOf(row: StandardRow): Promise<CheckedControl[]> {
  const locale = await getLocale()
  return Promise.all(
    row.controls.map(async id => ({
      id,
      title: canonicalTitle(locale, id) ?? id,
      why: await controlExplanation(locale, id),
    })),
  )
}
