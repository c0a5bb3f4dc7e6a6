import { notFound } from 'next/navigation'
import { getFormatter, getLocale, getTranslations } from 'next-intl/server'
import { cache } from 'react'
import { AccountTable } from '@/components/accounts/account-table'
import { findingsHref } from '@/components/findings/list/finding-params'
import { FindingTable } from '@/components/findings/list/finding-table'
import { NoFindings } from '@/components/findings/list/no-findings'
import { Decisions } from '@/components/home/decisions'
import { HomeStats } from '@/components/home/home-stats'
import { PageShell } from '@/components/ui/layout/page-shell'
import { Panel } from '@/components/ui/layout/panel'
import { LinkButton } from '@/components/ui/link-button'
import { requireAccess } from '@/lib/access/access'
import { withCanonicalTitles } from '@/lib/domain/controls/text/titles'
import { everyFinding } from '@/lib/domain/findings/filter'
import { type Team, teamName } from '@/lib/domain/people/team'
import { getHome } from '@/lib/queries/home/home'
import { listTeams } from '@/lib/queries/teams/teams'
import { findingActions, toMayTriage } from '../../findings/sections'

type Params = Promise<{ team: string }>

/** The team of the address, also a retired one, so that old links still work. Read once for title and page. */
const loadTeam = cache(async (id: string): Promise<Team> => {
  const team = (await listTeams(await requireAccess('findings:read'))).find(each => each.id === id)
  return team ?? notFound()
})

async function toTeam(params: Params): Promise<Team> {
  return loadTeam((await params).team)
}

export async function homeTitle(params: Params): Promise<string> {
  const [team, locale, t] = await Promise.all([toTeam(params), getLocale(), getTranslations('nav')])
  return t('home', { team: teamName(team, locale) })
}

export async function HomeSection({ params }: { params: Params }) {
  const [access, team, locale, t, format] = await Promise.all([
    requireAccess('findings:read'),
    toTeam(params),
    getLocale(),
    getTranslations(),
    getFormatter(),
  ])
  const home = await getHome(access, team)
  const may = toMayTriage(access)
  const asOf = t('common.asOf', { time: format.dateTime(home.asOf, { dateStyle: 'medium', timeStyle: 'short' }) })
  return (
    <PageShell
      title={t('home.title', { team: teamName(team, locale) })}
      lead={team.retired ? t('home.retired', { asOf }) : t('home.lead', { kind: t(`teams.kinds.${team.kind}`), asOf })}
    >
      {home.reported ? <HomeStats home={home} /> : null}
      {home.waiting ? (
        <Panel
          id="exceptions"
          title={t('home.exceptions')}
          aside={
            <LinkButton href="/exceptions?list=waiting" size="sm" variant="ghost">
              {t('home.seeAll')}
            </LinkButton>
          }
        >
          <p>{t('home.waiting', { count: home.waiting })}</p>
        </Panel>
      ) : null}
      {home.reviews?.due ? (
        <Panel
          id="reviews"
          title={t('home.reviews')}
          aside={
            <LinkButton href="/exceptions?list=review" size="sm" variant="ghost">
              {t('home.seeAll')}
            </LinkButton>
          }
        >
          <p>
            {t('home.reviewsDue', { count: home.reviews.due })}
            {home.reviews.overdue > 0 ? (
              <span className="font-semibold text-bad">
                {' '}
                {t('home.reviewsOverdue', { count: home.reviews.overdue })}
              </span>
            ) : null}
          </p>
        </Panel>
      ) : null}
      {home.openTotal === 0 ? (
        <Panel>
          <NoFindings why={home.reported ? 'quiet' : 'unreported'} />
        </Panel>
      ) : (
        home.lists.map(({ list, filter, rows }) => (
          <Panel
            key={list}
            id={list}
            title={t(`home.${list}`)}
            aside={
              <LinkButton href={findingsHref(filter)} size="sm" variant="ghost">
                {t('home.seeAll')}
              </LinkButton>
            }
          >
            {rows.length === 0 ? (
              <p className="text-muted">{t(`home.${list}None`)}</p>
            ) : (
              <FindingTable
                caption={t(`home.${list}`)}
                rows={withCanonicalTitles(locale, rows)}
                total={rows.length}
                exact
                filter={{ ...everyFinding, ...filter }}
                may={may}
                actions={findingActions}
                selectable={false}
              />
            )}
          </Panel>
        ))
      )}
      {home.decisions.length > 0 ? <Decisions decisions={withCanonicalTitles(locale, home.decisions)} /> : null}
      {home.accounts.length > 0 ? (
        <Panel id="accounts" title={t('home.accounts')}>
          <AccountTable rows={home.accounts} />
        </Panel>
      ) : null}
    </PageShell>
  )
}
