import { notFound } from 'next/navigation'
import { getFormatter, getTranslations } from 'next-intl/server'
import { AccountTable } from '@/components/accounts/account-table'
import { findingsHref } from '@/components/findings/list/finding-params'
import { FindingTable } from '@/components/findings/list/finding-table'
import { NoFindings } from '@/components/findings/list/no-findings'
import { HomeStats } from '@/components/home/home-stats'
import { LinkButton } from '@/components/ui/link-button'
import { PageShell } from '@/components/ui/page-shell'
import { Panel } from '@/components/ui/panel'
import { requireAccess } from '@/lib/access/access'
import { everyFinding, type FindingFilter } from '@/lib/domain/findings/filter'
import { Team } from '@/lib/domain/people/team'
import { getHome } from '@/lib/queries/home'
import { findingActions, toMayTriage } from '../findings/sections'

type Params = Promise<{ team: string }>

async function toTeam(params: Params): Promise<Team> {
  const parsed = Team.safeParse((await params).team)
  if (!parsed.success) notFound()
  return parsed.data
}

export async function homeTitle(params: Params): Promise<string> {
  const [team, t] = await Promise.all([toTeam(params), getTranslations()])
  return t('nav.home', { team: t(`teams.${team}`) })
}

export async function HomeSection({ params }: { params: Params }) {
  const [access, team, t, format] = await Promise.all([
    requireAccess('findings:read'),
    toTeam(params),
    getTranslations(),
    getFormatter(),
  ])
  const home = await getHome(access, team)
  const may = toMayTriage(access)
  const empty = home.reported ? 'quiet' : 'unreported'
  const lists: { key: 'urgent' | 'newest'; filter: Partial<FindingFilter> }[] = [
    { key: 'urgent', filter: { team: [team], severity: ['critical', 'high'], sort: 'due' } },
    { key: 'newest', filter: { team: [team], sort: 'newest' } },
  ]
  return (
    <PageShell
      title={t('home.title', { team: t(`teams.${team}`) })}
      lead={t('common.asOf', { time: format.dateTime(home.asOf, { dateStyle: 'medium', timeStyle: 'short' }) })}
    >
      {home.reported ? <HomeStats home={home} /> : null}
      {home.openTotal === 0 ? (
        <Panel>
          <NoFindings why={empty} />
        </Panel>
      ) : (
        lists.map(({ key, filter }) => (
          <Panel
            key={key}
            id={key}
            title={t(`home.${key}`)}
            aside={
              <LinkButton href={findingsHref(filter)} size="sm" variant="ghost">
                {t('home.seeAll')}
              </LinkButton>
            }
          >
            {home[key].length === 0 ? (
              <p className="text-muted">{t(`home.${key}None`)}</p>
            ) : (
              <FindingTable
                caption={t(`home.${key}`)}
                rows={home[key]}
                total={home[key].length}
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
      {home.accounts.length > 0 ? (
        <Panel id="accounts" title={t('home.accounts')}>
          <AccountTable rows={home.accounts} />
        </Panel>
      ) : null}
    </PageShell>
  )
}
