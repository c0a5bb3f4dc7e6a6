'use client'

import { Ellipsis } from 'lucide-react'
import Link from 'next/link'
import { useFormatter, useLocale, useTranslations } from 'next-intl'
import { useState } from 'react'
import {
  type CreateTeam,
  defaultTeamOf,
  type RenameTeam,
  type Team,
  teamKinds,
  teamName,
} from '@/lib/domain/people/team'
import type { TeamUse } from '@/lib/domain/people/views'
import { accountsHref } from '../accounts/account-params'
import { findingsHref } from '../findings/list/finding-params'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { Chip } from '../ui/chip'
import { Panel } from '../ui/layout/panel'
import { type Column, DataTable } from '../ui/lists/data-table'
import { Menu } from '../ui/overlays/menu'
import { orSay, sayDone } from '../ui/overlays/toasts'
import { type Retire, RetireDialog } from './retire-dialog'
import { AddTeam, RenameDialog } from './team-dialog'
import { teamHref } from './team-param'
import { useTeamName, useTeams } from './teams-context'

interface TeamSettingsProps {
  uses: readonly TeamUse[]
  add: (input: CreateTeam) => Promise<ActionResult<unknown>>
  rename: (input: RenameTeam) => Promise<ActionResult<unknown>>
  makeDefault: (input: { id: string }) => Promise<ActionResult<unknown>>
  retire: Retire
  restore: (input: { id: string }) => Promise<ActionResult<unknown>>
}

/** The teams of the organization: to add, rename, make default, retire and restore. */
export function TeamSettings({ uses, add, rename, makeDefault, retire, restore }: TeamSettingsProps) {
  const t = useTranslations()
  const format = useFormatter()
  const locale = useLocale()
  const nameOf = useTeamName()
  const teams = useTeams()
  const [open, setOpen] = useState<{ what: 'add' } | { what: 'rename' | 'retire'; team: Team } | null>(null)
  const close = () => setOpen(null)
  const active = teams.filter(team => !team.retired)
  const retired = teams.filter(team => team.retired)
  const isDefault = (team: Team) => defaultTeamOf(teams, team.kind) === team.id
  const usageOf = (team: Team) => uses.find(use => use.id === team.id) ?? { findings: 0, accounts: 0, members: 0 }
  async function onDefault(team: Team) {
    const done = orSay(await makeDefault({ id: team.id }))
    const kind = t(`teams.kinds.${team.kind}`)
    if (done !== null) sayDone(t('settings.teams.madeDefault', { name: teamName(team, locale), kind }))
  }
  async function onRestore(team: Team) {
    const done = orSay(await restore({ id: team.id }))
    const next = nameOf(team.successor ?? '')
    if (done !== null) sayDone(t('settings.teams.restored', { name: teamName(team, locale), next }))
  }
  const number = (count: number, href: string) =>
    count === 0 ? (
      <span className="text-muted">{format.number(0)}</span>
    ) : (
      <Link href={href} className="font-semibold hover:text-accent hover:underline">
        {format.number(count)}
      </Link>
    )
  const columns: Column<Team>[] = [
    {
      key: 'name',
      header: t('settings.teams.name'),
      rowHeader: true,
      cell: team => <TeamTitle team={team} isDefault={isDefault(team)} />,
    },
    {
      key: 'kind',
      header: t('settings.teams.kind'),
      label: t('settings.teams.kind'),
      cell: team => t(`teams.kinds.${team.kind}`),
    },
    {
      key: 'findings',
      header: t('settings.teams.findings'),
      label: t('settings.teams.findings'),
      numeric: true,
      cell: team => number(usageOf(team).findings, findingsHref({ team: [team.id] })),
    },
    {
      key: 'accounts',
      header: t('settings.teams.accounts'),
      label: t('settings.teams.accounts'),
      numeric: true,
      cell: team => number(usageOf(team).accounts, accountsHref({ team: [team.id] })),
    },
    {
      key: 'members',
      header: t('settings.teams.members'),
      label: t('settings.teams.members'),
      numeric: true,
      cell: team => format.number(usageOf(team).members),
    },
    {
      key: 'actions',
      className: 'card-corner',
      header: <span className="sr-only">{t('settings.teams.actions')}</span>,
      cell: team => (
        <Menu
          label={t('settings.teams.actionsFor', { name: teamName(team, locale) })}
          iconOnly
          trigger={<Ellipsis aria-hidden />}
          items={[
            { id: 'rename', label: t('settings.teams.edit'), onAction: () => setOpen({ what: 'rename', team }) },
            ...(isDefault(team)
              ? []
              : [{ id: 'default', label: t('settings.teams.makeDefault'), onAction: () => void onDefault(team) }]),
            {
              id: 'retire',
              label: t('settings.teams.retire'),
              danger: true,
              onAction: () => setOpen({ what: 'retire', team }),
            },
          ]}
        />
      ),
    },
  ]
  return (
    <div className="flex flex-col gap-3.5">
      <Panel id="active" title={t('settings.teams.active')}>
        <DataTable caption={t('settings.teams.active')} columns={columns} rows={active} rowKey={team => team.id} />
        <div className="mt-3">
          <Button variant="primary" onPress={() => setOpen({ what: 'add' })}>
            {t('settings.teams.add')}
          </Button>
        </div>
      </Panel>
      {retired.length > 0 ? (
        <Panel id="retired" title={t('settings.teams.retired')}>
          <ul className="flex flex-col divide-y divide-separator">
            {retired.map(team => (
              <li key={team.id} className="flex flex-wrap items-center justify-between gap-2 py-2">
                <div className="min-w-0">
                  <TeamTitle team={team} isDefault={false} />
                  <p className="text-muted text-xs">
                    {t('settings.teams.tookOver', { name: nameOf(team.successor ?? '') })}
                  </p>
                </div>
                <Button
                  size="sm"
                  aria-label={t('settings.teams.restoreOf', { name: teamName(team, locale) })}
                  onPress={() => void onRestore(team)}
                >
                  {t('settings.teams.restore')}
                </Button>
              </li>
            ))}
          </ul>
        </Panel>
      ) : null}
      <Panel id="kinds" title={t('settings.teams.kinds')}>
        <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[max-content_minmax(0,1fr)] sm:gap-y-1">
          {teamKinds.map(kind => (
            <div key={kind} className="contents">
              <dt className="font-semibold">{t(`teams.kinds.${kind}`)}</dt>
              <dd className="text-muted">{t(`teams.explain.${kind}`)}</dd>
            </div>
          ))}
        </dl>
      </Panel>
      {open?.what === 'add' ? <AddTeam add={add} onClose={close} /> : null}
      {open?.what === 'rename' ? <RenameDialog team={open.team} rename={rename} onClose={close} /> : null}
      {open?.what === 'retire' ? (
        <RetireDialog
          team={open.team}
          successors={active.filter(({ id, kind }) => kind === open.team.kind && id !== open.team.id)}
          retire={retire}
          onClose={close}
        />
      ) : null}
    </div>
  )
}

/** The name in the reader's language, in the other one if it differs, and the id. */
function TeamTitle({ team, isDefault }: { team: Team; isDefault: boolean }) {
  const t = useTranslations('settings.teams')
  const locale = useLocale()
  const name = teamName(team, locale)
  const other = teamName(team, locale === 'ja' ? 'en' : 'ja')
  return (
    <div className="min-w-0">
      <Link href={teamHref(team.id)} className="break-words font-semibold hover:text-accent hover:underline">
        {name}
      </Link>
      {isDefault ? (
        <span className="ms-2">
          <Chip title={t('defaultHint')}>{t('isDefault')}</Chip>
        </span>
      ) : null}
      <div className="break-words text-muted text-xs">
        {other === name ? null : `${other} · `}
        <code>{team.id}</code>
      </div>
    </div>
  )
}
