import Link from 'next/link'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { cache } from 'react'
import { CellTable } from '@/components/collection/coverage/cell-table'
import { CellChips, CellFilters } from '@/components/collection/coverage/coverage-filters'
import { cellsHref, coverageHref, readCells } from '@/components/collection/coverage/coverage-params'
import { accountHref } from '@/components/findings/finding-links'
import { KeepFresh } from '@/components/imports/detail/keep-fresh'
import { Panel } from '@/components/ui/layout/panel'
import { LinkButton } from '@/components/ui/link-button'
import { EmptyState } from '@/components/ui/lists/empty-state'
import { requireAccess } from '@/lib/access/access'
import { holds } from '@/lib/access/proof'
import { AccountId } from '@/lib/domain/accounts/account-id'
import { compareCells } from '@/lib/domain/collection/coverage'
import { visibleText } from '@/lib/domain/text/visible-text'
import { NotFoundError } from '@/lib/errors'
import { accountCoverage } from '@/lib/queries/collection/coverage'
import { retry } from '../actions'

type Params = Promise<{ accountId: string }>
type Search = Promise<Record<string, string | string[] | undefined>>

/** The cells of this address, read once for all sections. "Not found" for an account that the reader may not see. */
const loadCoverage = cache(async (id: string) => {
  const access = await requireAccess('findings:read')
  const parsed = AccountId.safeParse(id)
  if (!parsed.success) notFound()
  try {
    return { access, ...(await accountCoverage(access, parsed.data)) }
  } catch (error) {
    if (error instanceof NotFoundError) notFound()
    throw error
  }
})

async function load(params: Params) {
  return loadCoverage((await params).accountId)
}

export async function title(params: Params): Promise<string> {
  const [{ account }, t] = await Promise.all([load(params), getTranslations('coverage')])
  return t('accountTitle', { name: visibleText(account.name || account.id) })
}

export async function Heading({ params }: { params: Params }) {
  return <>{await title(params)}</>
}

export async function Lead({ params }: { params: Params }) {
  const [{ account }, t] = await Promise.all([load(params), getTranslations('coverage')])
  return (
    <span className="flex flex-wrap items-center gap-x-3 text-xs">
      <span className="font-mono">{account.id}</span>
      <Link href={accountHref(account.id)} className="text-accent hover:underline">
        {t('toAccount')}
      </Link>
      <Link href={coverageHref()} className="text-accent hover:underline">
        {t('toAll')}
      </Link>
    </span>
  )
}

export async function CellsSection({ params, searchParams }: { params: Params; searchParams: Search }) {
  const [{ access, account, reader, cells, open }, choice, t] = await Promise.all([
    load(params),
    readCells(searchParams),
    getTranslations('coverage'),
  ])
  const chosen = cells
    .filter(({ collector }) => choice.collector.length === 0 || choice.collector.some(id => id === collector))
    .filter(({ state }) => choice.state.length === 0 || choice.state.includes(state))
    .sort(compareCells)
  const mayRetry = reader === 'active' && holds(access, 'accounts:manage')
  const [running, waiting] = [open.filter(task => task.running).length, open.filter(task => !task.running).length]
  return (
    <>
      <KeepFresh active={open.length > 0 && reader === 'active'} />
      {reader === 'active' ? null : <p className="max-w-3xl text-pretty">{t(`readers.${reader}`)}</p>}
      <CellFilters account={account.id} choice={choice} />
      <div className="flex flex-wrap items-center justify-between gap-2">
        <CellChips account={account.id} choice={choice} />
        <p className="text-muted text-xs" role="status">
          {open.length > 0 ? t('openTasks', { running, waiting }) : null}
        </p>
      </div>
      <Panel title={t('cellCount', { count: chosen.length })}>
        {chosen.length > 0 ? (
          <CellTable account={account.id} rows={chosen} open={open} {...(mayRetry && { retry })} />
        ) : cells.length > 0 ? (
          <EmptyState
            title={t('noCellMatches')}
            action={<LinkButton href={cellsHref(account.id)}>{t('allCells')}</LinkButton>}
          />
        ) : (
          <EmptyState title={t('noCells')}>{t('noCellsText')}</EmptyState>
        )}
      </Panel>
    </>
  )
}
