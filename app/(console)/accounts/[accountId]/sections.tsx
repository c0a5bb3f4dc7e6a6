import { notFound } from 'next/navigation'
import { getLocale, getTranslations } from 'next-intl/server'
import { cache } from 'react'
import { AccountDialog } from '@/components/accounts/account-dialog'
import { AccountState } from '@/components/accounts/account-state'
import { CloseAccountButton } from '@/components/accounts/close-account-button'
import { ContactsPanel } from '@/components/accounts/contacts-panel'
import { AccountStats } from '@/components/accounts/posture/account-stats'
import { Feeds } from '@/components/accounts/posture/feeds'
import { ScoreParts } from '@/components/accounts/posture/score-parts'
import { Tallies } from '@/components/accounts/posture/tallies'
import { FlowTrendPanel, OpenTrendPanel, ScoreTrendPanel } from '@/components/accounts/posture/trend-panels'
import { Updates } from '@/components/accounts/posture/updates'
import { Decided } from '@/components/accounts/rules/decided'
import { accountHref } from '@/components/findings/finding-links'
import { findingsHref, readFindingList } from '@/components/findings/list/finding-params'
import { FindingTable } from '@/components/findings/list/finding-table'
import { ListSummary } from '@/components/findings/list/list-summary'
import { NoFindings } from '@/components/findings/list/no-findings'
import { StandardChecklist } from '@/components/standard/standard-checklist'
import { Chip } from '@/components/ui/chip'
import { Panel } from '@/components/ui/layout/panel'
import { LinkButton } from '@/components/ui/link-button'
import { Pagination } from '@/components/ui/lists/pagination'
import { requireAccess } from '@/lib/access/access'
import { holds } from '@/lib/access/proof'
import { now } from '@/lib/clock'
import { AccountId } from '@/lib/domain/accounts/account-id'
import { isContactReviewDue } from '@/lib/domain/accounts/contacts'
import { withCanonicalChanges, withCanonicalLabels, withCanonicalTitles } from '@/lib/domain/controls/text/titles'
import { FindingFilter } from '@/lib/domain/findings/filter'
import { visibleText } from '@/lib/domain/text/visible-text'
import { NotFoundError } from '@/lib/errors'
import { getAccount } from '@/lib/queries/accounts/account'
import { accountContacts } from '@/lib/queries/accounts/contacts'
import { accountDecisions } from '@/lib/queries/accounts/rules'
import { isBulkExport } from '@/lib/queries/findings/export/size'
import { listFindings } from '@/lib/queries/findings/list'
import { accountStandard } from '@/lib/queries/standard/matrix'
import { proveRecent } from '../../actions'
import { findingActions, toMayTriage } from '../../findings/sections'
import { nameOfTeam } from '../../team-name'
import { changeAccount, closeAccount, confirmContacts, reopenAccount } from '../actions'

type Params = Promise<{ accountId: string }>

const PAGE_ROWS = 25

/**
 * The account of this address, read once for all sections. "Not found" for an unknown account and for one that the
 * reader may not see.
 */
const loadAccount = cache(async (id: string) => {
  const access = await requireAccess('findings:read')
  const parsed = AccountId.safeParse(id)
  if (!parsed.success) notFound()
  try {
    const [account, decisions] = await Promise.all([
      getAccount(access, parsed.data),
      accountDecisions(access, parsed.data),
    ])
    return { access, account, decisions }
  } catch (error) {
    if (error instanceof NotFoundError) notFound()
    throw error
  }
})

async function load(params: Params) {
  return loadAccount((await params).accountId)
}

export async function name(params: Params): Promise<string> {
  const { account } = await load(params)
  return visibleText(account.name || account.id)
}

export async function Heading({ params }: { params: Params }) {
  return <>{await name(params)}</>
}

export async function Facts({ params }: { params: Params }) {
  const [{ account, decisions }, t] = await Promise.all([load(params), getTranslations()])
  return (
    <span className="flex flex-wrap items-center gap-1.5">
      {account.name ? <span className="font-mono text-xs">{account.id}</span> : null}
      <Decided by={decisions?.decidedBy.environment}>{t(`environment.${account.environment ?? 'unset'}`)}</Decided>
      <Decided by={decisions?.decidedBy.ownerTeam}>
        {t('account.owner', { team: await nameOfTeam(account.ownerTeam) })}
      </Decided>
      {decisions?.itScope ? <Decided by={decisions.decidedBy.itScope}>{t('account.itScopes.in')}</Decided> : null}
      {decisions?.unit ? <Chip>{t('account.unit', { unit: visibleText(decisions.unit) })}</Chip> : null}
      <AccountState account={account} />
      {account.closedAt ? (
        <span className="text-xs">
          {t('account.closedFor', { at: account.closedAt, reason: visibleText(account.closedReason) })}
        </span>
      ) : null}
      {Object.entries(account.tags).map(([key, value]) => (
        <Chip key={key}>{visibleText(value ? `${key}=${value}` : key)}</Chip>
      ))}
    </span>
  )
}

export async function EditButton({ params }: { params: Params }) {
  const { access, account, decisions } = await load(params)
  if (!holds(access, 'accounts:manage')) return null
  const { id, environment, ownerTeam, tags } = account
  return (
    <>
      <CloseAccountButton id={id} closed={account.closedAt !== null} close={closeAccount} reopen={reopenAccount} />
      <AccountDialog
        account={{ id, name: account.name, environment, ownerTeam, tags, itScope: decisions?.itScope ?? false }}
        decidedBy={decisions?.decidedBy ?? {}}
        save={changeAccount}
      />
    </>
  )
}

export async function Figures({ params }: { params: Params }) {
  const { account } = await load(params)
  return <AccountStats account={account} />
}

export async function Trends({ params }: { params: Params }) {
  const [{ account }, t, locale] = await Promise.all([load(params), getTranslations('account'), getLocale()])
  return (
    <>
      <ScoreParts account={{ ...account, scoreChanges: withCanonicalChanges(locale, account.scoreChanges) }} />
      <Updates account={account} />
      <div className="grid gap-3.5 lg:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)]">
        <div className="flex min-w-0 flex-col gap-3.5">
          <OpenTrendPanel trend={account.trend} />
          <FlowTrendPanel trend={account.trend} />
        </div>
        <div className="flex min-w-0 flex-col gap-3.5">
          <Feeds feeds={account.feeds} />
          <ScoreTrendPanel trend={account.trend} />
        </div>
      </div>
      <div className="grid items-start gap-3.5 lg:grid-cols-2">
        <Tallies
          title={t('byControl')}
          tallies={withCanonicalLabels(await getLocale(), account.byControl)}
          href={tally => findingsHref({ account: [account.id], control: [tally.key] })}
        />
        <Tallies
          title={t('byResourceType')}
          tallies={account.byResourceType}
          href={tally => findingsHref({ account: [account.id], resourceType: [tally.key] })}
        />
      </div>
    </>
  )
}

export async function StandardChecks({ params }: { params: Params }) {
  const { access, account } = await load(params)
  return <StandardChecklist account={await accountStandard(access, account.id)} />
}

/** The contacts, for those who may confirm them. */
export async function ContactsSection({ params }: { params: Params }) {
  const { access, account } = await load(params)
  if (!holds(access, 'accounts:manage')) return null
  const view = await accountContacts(await requireAccess('accounts:manage'), account.id)
  if (!view) return null
  const due = isContactReviewDue(view.confirmedAt, now())
  return <ContactsPanel id={account.id} view={view} due={due} confirm={confirmContacts} />
}

export async function AccountFindings({
  params,
  searchParams,
}: {
  params: Params
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const [{ access, account }, { filter: asked, after }, t] = await Promise.all([
    load(params),
    readFindingList(searchParams),
    getTranslations('account'),
  ])
  // This table shows no filters, so that filters in the address must not hide findings.
  const filter = FindingFilter.parse({ account: [account.id], sort: asked.sort })
  const page = await listFindings(access, filter, { cursor: after.at(-1) ?? null, limit: PAGE_ROWS })
  const bulk = holds(access, 'export:read') && (await isBulkExport(access, filter, page))
  const here = (cursors: string[]) => findingsHref({ ...filter, account: [] }, cursors, accountHref(account.id))
  return (
    <Panel
      id="findings"
      title={t('findings')}
      aside={
        <ListSummary
          total={page.total}
          exact={page.exact}
          asOf={now()}
          exportHref={holds(access, 'export:read') ? findingsHref(filter, [], '/api/v1/findings/export') : null}
          prove={bulk ? proveRecent : null}
        />
      }
    >
      {page.rows.length === 0 ? (
        <NoFindings why={account.feeds.length === 0 ? 'unreported' : 'quiet'} />
      ) : (
        <FindingTable
          caption={t('findings')}
          rows={withCanonicalTitles(await getLocale(), page.rows)}
          total={page.total}
          exact={page.exact}
          filter={filter}
          may={toMayTriage(access)}
          actions={findingActions}
          hideAccount
        />
      )}
      <div className="flex flex-wrap items-center justify-between gap-2 pt-2">
        <span className="flex flex-wrap gap-2">
          <LinkButton href={findingsHref(filter)} size="sm" variant="ghost">
            {t('filterAll')}
          </LinkButton>
          <LinkButton href={findingsHref({ account: [account.id], group: 'regions' })} size="sm" variant="ghost">
            {t('byRegions')}
          </LinkButton>
        </span>
        <Pagination
          previous={after.length > 0 ? here(after.slice(0, -1)) : null}
          next={page.next ? here([...after, page.next]) : null}
        />
      </div>
    </Panel>
  )
}
