import { getFormatter, getTranslations } from 'next-intl/server'
import { Panel } from '@/components/ui/layout/panel'
import { LinkButton } from '@/components/ui/link-button'
import { EmptyState } from '@/components/ui/lists/empty-state'
import { Pagination } from '@/components/ui/lists/pagination'
import { EntranceChips, EntranceFilters } from '@/components/waf/entrance-filters'
import { EntranceTable } from '@/components/waf/entrance-table'
import { LadderAccounts } from '@/components/waf/ladder-accounts'
import { LadderTable } from '@/components/waf/ladder-panel'
import { ProtectionPanel } from '@/components/waf/protection-panel'
import { readEntrances, wafHref } from '@/components/waf/waf-params'
import { requireAccess } from '@/lib/access/access'
import { paidServicesOfPage } from '@/lib/domain/collection/paid-services/paid-services'
import { listEntrances } from '@/lib/queries/waf/entrances'
import { getLadder } from '@/lib/queries/waf/ladder'
import { getProtection } from '@/lib/queries/waf/protection'
import { noteOpening } from '../note-opening'

type Search = Promise<Record<string, string | string[] | undefined>>

const PAGE_ROWS = 50

/** The ladder of the list without its choice of rungs and environments, which the ladder itself offers. */
export async function LadderSection({ searchParams }: { searchParams: Search }) {
  const [access, { filter }, t, format] = await Promise.all([
    requireAccess('findings:read'),
    readEntrances(searchParams),
    getTranslations('waf'),
    getFormatter(),
  ])
  const whole = { ...filter, rung: [], environment: [] }
  const ladder = await getLadder(access, whole)
  if (ladder.total === 0 || ladder.judgedAt === null) return null
  const time = format.dateTime(ladder.judgedAt, { dateStyle: 'medium', timeStyle: 'short' })
  return (
    <>
      <Panel title={t('ladder')} aside={t('asOf', { time })}>
        <LadderTable ladder={ladder} filter={whole} />
      </Panel>
      <Panel title={t('byAccount')}>
        <LadderAccounts accounts={ladder.accounts} filter={whole} />
      </Panel>
    </>
  )
}

export async function EntrancesSection({ searchParams }: { searchParams: Search }) {
  const [access, { filter, after }, t] = await Promise.all([
    requireAccess('findings:read'),
    readEntrances(searchParams),
    getTranslations(),
  ])
  const { rows, next, total } = await listEntrances(access, filter, { cursor: after.at(-1) ?? null, limit: PAGE_ROWS })
  const { text, ...choices } = filter
  const filtered = text !== '' || Object.values(choices).some(values => values.length > 0)
  if (rows.length === 0 && !filtered) {
    return (
      <Panel>
        <EmptyState title={t('waf.none')} action={<LinkButton href="/coverage">{t('waf.toCoverage')}</LinkButton>}>
          {t('waf.noneText')}
        </EmptyState>
      </Panel>
    )
  }
  return (
    <>
      <EntranceFilters filter={filter} />
      <EntranceChips filter={filter} />
      <Panel title={t('waf.count', { count: total })} aside={t('waf.last30')}>
        {rows.length > 0 ? (
          <EntranceTable rows={rows} />
        ) : (
          <EmptyState
            title={t('waf.noneMatch')}
            action={<LinkButton href={wafHref()}>{t('findings.empty.filter.action')}</LinkButton>}
          />
        )}
        <Pagination
          previous={after.length > 0 ? wafHref(filter, after.slice(0, -1)) : null}
          next={next ? wafHref(filter, [...after, next]) : null}
        />
      </Panel>
    </>
  )
}

/** Shield Advanced and Firewall Manager. Whoever reads the page has opened all services that it shows. */
export async function ProtectionSection() {
  const access = await requireAccess('findings:read')
  const [protection] = await Promise.all([getProtection(access), noteOpening(access, paidServicesOfPage('/waf'))])
  return protection && <ProtectionPanel {...protection} />
}
