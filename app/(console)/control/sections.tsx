import Link from 'next/link'
import { notFound } from 'next/navigation'
import { getLocale, getTranslations } from 'next-intl/server'
import { cache } from 'react'
import { ControlFacts } from '@/components/controls/control-facts'
import { ControlHistory } from '@/components/controls/control-history'
import { ExplanationPanel } from '@/components/findings/detail/explanation'
import { findingsHref } from '@/components/findings/list/finding-params'
import { GroupTable } from '@/components/findings/list/group-table'
import { PageShell } from '@/components/ui/layout/page-shell'
import { Panel } from '@/components/ui/layout/panel'
import { LinkButton } from '@/components/ui/link-button'
import { SourceText } from '@/components/ui/source-text'
import { requireAccess } from '@/lib/access/access'
import { controlExplanation } from '@/lib/domain/controls/text/explanations'
import { withCanonicalTitles } from '@/lib/domain/controls/text/titles'
import { FindingFilter, type FindingGrouping } from '@/lib/domain/findings/filter'
import { visibleText } from '@/lib/domain/text/visible-text'
import { NotFoundError } from '@/lib/errors'
import { getControl } from '@/lib/queries/controls/control'
import { groupFindings } from '@/lib/queries/findings/groups/groups'

export type Search = Promise<Record<string, string | string[] | undefined>>

/** The control of an address, read once for title and page. "Not found" for one that the reader may not see. */
const load = cache(async (id: string) => {
  const access = await requireAccess('findings:read')
  const parsed = FindingFilter.safeParse({ control: [id] })
  if (!parsed.success) notFound()
  const control = await getControl(access, id).catch((error: unknown) => {
    if (error instanceof NotFoundError) notFound()
    throw error
  })
  const [titled] = withCanonicalTitles(await getLocale(), [{ control: id, title: control.title }])
  return { access, filter: parsed.data, control: { ...control, title: titled?.title ?? control.title } }
})

async function loadFrom(searchParams: Search) {
  const { id } = await searchParams
  return load(typeof id === 'string' ? id : '')
}

export async function controlTitle(searchParams: Search): Promise<string> {
  return visibleText((await loadFrom(searchParams)).control.title)
}

export async function ControlSection({ searchParams }: { searchParams: Search }) {
  const [{ access, control, filter }, locale, t] = await Promise.all([
    loadFrom(searchParams),
    getLocale(),
    getTranslations('control'),
  ])
  const explanation = await controlExplanation(locale, control.id)
  const groups = (by: Exclude<FindingGrouping, 'regions'>) => groupFindings(access, filter, by, null)
  const [accounts, owners] = await Promise.all([groups('account'), groups('owner')])
  return (
    <PageShell
      title={<SourceText text={control.title} />}
      lead={t('lead', { open: control.open, accounts: control.accounts })}
      actions={<LinkButton href={findingsHref(filter)}>{t('list')}</LinkButton>}
    >
      <div className="grid items-start gap-3.5 lg:grid-cols-2">
        <ControlFacts control={control} />
        {explanation ? <ExplanationPanel explanation={{ ...explanation, commands: [] }} /> : null}
      </div>
      <Panel title={t('where')}>
        {accounts.rows.length === 0 ? (
          <p className="py-3 text-muted">{t('nowhere')}</p>
        ) : (
          <GroupTable rows={accounts.rows} by="account" order="severity" filter={filter} />
        )}
        {accounts.next ? (
          <Link
            href={findingsHref({ ...filter, group: 'account' })}
            className="text-accent text-xs underline underline-offset-2"
          >
            {t('allAccounts', { count: control.accounts })}
          </Link>
        ) : null}
      </Panel>
      {owners.rows.length > 0 ? (
        <Panel title={t('owners')}>
          <GroupTable rows={owners.rows} by="owner" order="severity" filter={filter} />
        </Panel>
      ) : null}
      <ControlHistory days={control.days} />
    </PageShell>
  )
}
