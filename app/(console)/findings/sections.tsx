import { getLocale, getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { FindingChips } from '@/components/findings/filters/finding-chips'
import { FindingFilters } from '@/components/findings/filters/finding-filters'
import { ListView } from '@/components/findings/filters/list-view'
import { findingsHref, isFiltered, readFindingList } from '@/components/findings/list/finding-params'
import { FindingTable } from '@/components/findings/list/finding-table'
import { GroupTable } from '@/components/findings/list/group-table'
import { ListSummary } from '@/components/findings/list/list-summary'
import { NoFindings } from '@/components/findings/list/no-findings'
import { RegionTable } from '@/components/findings/list/region-table'
import { ChangeBanner } from '@/components/findings/triage/change-banner'
import type { MayTriage } from '@/components/findings/triage/may-triage'
import { Panel } from '@/components/ui/layout/panel'
import { Pagination } from '@/components/ui/lists/pagination'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { requireAccess } from '@/lib/access/access'
import { type Access, holds } from '@/lib/access/proof'
import { now } from '@/lib/clock'
import { paidServicesOfControls } from '@/lib/domain/collection/paid-services/paid-services'
import { withCanonicalLabels, withCanonicalTitles } from '@/lib/domain/controls/text/titles'
import type { FindingFilter, FindingGrouping, GroupSort } from '@/lib/domain/findings/filter'
import type { FindingGroup } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import { getChange } from '@/lib/queries/findings/change-set'
import { isBulkExport } from '@/lib/queries/findings/export/size'
import { groupFindings } from '@/lib/queries/findings/groups/groups'
import { listFindings } from '@/lib/queries/findings/list'
import { listAssignable } from '@/lib/queries/people/assignable-members'
import { listAccountNames } from '@/lib/queries/people/members'
import { listControls } from '@/lib/queries/search'
import { proveRecent, search } from '../actions'
import { askForRule, preview } from '../exceptions/actions'
import { noteOpening } from '../note-opening'
import {
  assign,
  listAssignable as assignable,
  previewChange,
  setDueAt,
  setStatus,
  setTeam,
  setVerdict,
  take,
  undo,
} from './actions'

type Search = Promise<Record<string, string | string[] | undefined>>

const PAGE_ROWS = 50

/** The server actions of a table of findings. */
export const findingActions = {
  assign,
  setStatus,
  setTeam,
  setVerdict,
  setDueAt,
  take,
  undo,
  previewChange,
  listAssignable: assignable,
}

/** Which findings the reader may change, to hide buttons. */
export function toMayTriage(access: Access): MayTriage {
  const { actor } = access
  return {
    me: actor.id,
    teams: actor.kind === 'member' ? [...actor.teams] : [],
    own: holds(access, 'findings:triage'),
    any: holds(access, 'findings:triage-any'),
  }
}

export async function FindingsTitle({ searchParams }: { searchParams: Search }) {
  const [t, { filter }] = await Promise.all([getTranslations(), readFindingList(searchParams)])
  const mine = filter.owner.length === 1 && filter.owner[0] === 'me'
  return <>{mine ? t('nav.mine') : t('findings.title')}</>
}

export async function FindingsSection({ searchParams }: { searchParams: Search }) {
  const [access, { filter, after, group, order }, t] = await Promise.all([
    requireAccess('findings:read'),
    readFindingList(searchParams),
    getTranslations('findings'),
  ])
  await noteOpening(access, [...filter.source, ...paidServicesOfControls(filter.control)])
  const [locale, page, accounts, people, controls] = await Promise.all([
    getLocale(),
    pageOf(access, filter, group ? null : (after.at(-1) ?? null)),
    listAccountNames(access),
    listAssignable(access, []),
    listControls(access),
  ])
  const bulk = holds(access, 'export:read') && (await isBulkExport(access, filter, page))
  const options = {
    accounts: accounts.map(account => ({
      id: account.id,
      label: account.name ? `${account.name} (${account.id})` : account.id,
    })),
    people: people.map(person => ({ id: person.id, label: person.name || person.email })),
    controls: controls.map(id => ({ id, label: id })),
  }
  const { owner, ...others } = filter
  const mineOnly = owner.length === 1 && owner[0] === 'me' && !isFiltered({ ...others, owner: [] })
  const why = mineOnly ? 'mine' : isFiltered(filter) ? 'filter' : accounts.length === 0 ? 'unreported' : 'quiet'
  const change = filter.changeset ? await getChange(access, filter.changeset) : null
  return (
    <>
      {change ? <ChangeBanner change={change} left={filter.leftBy !== null} undo={undo} /> : null}
      <FindingFilters filter={filter} options={options} search={search} />
      <FindingChips filter={filter} options={options} />
      <div className="flex flex-wrap items-center justify-between gap-2">
        <ListSummary
          total={page.total}
          exact={page.exact}
          asOf={now()}
          exportHref={holds(access, 'export:read') ? findingsHref(filter, [], '/api/v1/findings/export') : null}
          prove={bulk ? proveRecent : null}
        />
        <ListView filter={filter} group={group} />
      </div>
      {group ? (
        <Suspense fallback={<PanelSkeleton lines={8} />}>
          <GroupsSection filter={filter} by={group} order={order} after={after} />
        </Suspense>
      ) : (
        <Panel>
          {page.rows.length === 0 ? (
            <NoFindings why={page.tooMany ? 'tooMany' : why} />
          ) : (
            <FindingTable
              caption={t('title')}
              rows={withCanonicalTitles(locale, page.rows)}
              total={page.total}
              exact={page.exact}
              filter={filter}
              may={toMayTriage(access)}
              actions={findingActions}
            />
          )}
          <Pagination
            previous={after.length > 0 ? findingsHref(filter, after.slice(0, -1)) : null}
            next={page.next ? findingsHref(filter, [...after, page.next]) : null}
          />
        </Panel>
      )}
    </>
  )
}

/** A page of the list. Where too many match to be sorted as asked, it has no rows and says so. */
async function pageOf(access: Access<'findings:read'>, filter: FindingFilter, cursor: string | null) {
  try {
    return { ...(await listFindings(access, filter, { cursor, limit: PAGE_ROWS })), tooMany: false }
  } catch (error) {
    if (!(error instanceof AppError && error.reason === 'tooManyToSort')) throw error
    const { total, exact } = await listFindings(access, { ...filter, sort: 'severity' }, { cursor: null, limit: 1 })
    return { rows: [], next: null, total, exact, tooMany: true }
  }
}

/** Groups under the canonical titles of their controls. */
function withControlLabels(locale: string, groups: readonly FindingGroup[]): FindingGroup[] {
  return groups.map(group => {
    const key = group.place?.control ?? group.key
    return { ...group, label: withCanonicalLabels(locale, [{ key, label: group.label }])[0]?.label ?? group.label }
  })
}

interface GroupsSectionProps {
  filter: FindingFilter
  by: FindingGrouping
  order: GroupSort
  after: string[]
}

async function GroupsSection({ filter, by, order, after }: GroupsSectionProps) {
  const access = await requireAccess('findings:read')
  const [locale, { rows: found, next }] = await Promise.all([
    getLocale(),
    groupFindings(access, filter, by, after.at(-1) ?? null, order),
  ])
  const rows = by === 'control' || by === 'regions' ? withControlLabels(locale, found) : found
  const page = { ...filter, group: by, order }
  return (
    <Panel>
      {rows.length === 0 ? (
        <NoFindings why="filter" />
      ) : by === 'regions' ? (
        <RegionTable
          rows={rows}
          filter={filter}
          may={toMayTriage(access)}
          actions={findingActions}
          exceptions={holds(access, 'exceptions:request') ? { ask: askForRule, preview } : null}
        />
      ) : (
        <GroupTable rows={rows} by={by} order={order} filter={filter} />
      )}
      <Pagination
        previous={after.length > 0 ? findingsHref(page, after.slice(0, -1)) : null}
        next={next ? findingsHref(page, [...after, next]) : null}
      />
    </Panel>
  )
}
