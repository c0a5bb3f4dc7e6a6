'use client'

import { ChevronDown } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ReactNode, useState } from 'react'
import { isOpen, settableStatuses } from '@/lib/domain/findings/status'
import type { FindingDetail } from '@/lib/domain/views'
import { useTeamName, useTeamOptions } from '../../teams/teams-context'
import { Button } from '../../ui/button'
import { Panel } from '../../ui/layout/panel'
import { Menu } from '../../ui/overlays/menu'
import { ExactTime, RelativeTime } from '../../ui/relative-time'
import { CountedAs, CountedFrom } from '../counted-as'
import { DueDate, ResponseDue } from '../due-text'
import { OwnerText } from '../owner-text'
import { StatusText } from '../status-text'
import { AssigneeDialog } from './assignee-dialog'
import { DueDialog } from './dialogs/due-dialog'
import { ReasonDialog } from './dialogs/reason-dialog'
import type { FindingActions } from './finding-actions'
import { useFindingChanges } from './use-finding-changes'
import { VerdictDialog, VerdictText } from './verdict-dialog'

function Line({ name, children, control }: { name: string; children: ReactNode; control: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-2 border-separator border-b py-1.5 last:border-0">
      <dt className="w-20 text-muted text-xs">{name}</dt>
      <dd className="flex min-w-0 flex-1 items-center justify-between gap-x-2">
        <span className="min-w-0">{children}</span>
        <span className="shrink-0">{control}</span>
      </dd>
    </div>
  )
}

/** Owner, due date and status of a finding, with the controls to change them. */
export function TriagePanel({ finding, actions, me }: { finding: FindingDetail; actions: FindingActions; me: string }) {
  const t = useTranslations()
  const teams = useTeamOptions()
  const teamName = useTeamName()
  const [dialog, setDialog] = useState<'assign' | 'due' | 'resolve' | 'verdict' | null>(null)
  const changes = useFindingChanges(actions)
  const selection = { ids: [finding.id] }
  const may = finding.may.triage
  const isThreat = finding.class === 'threat'
  // A threat is closed by a verdict.
  const settable = settableStatuses.filter(status => !isThreat || isOpen(status))
  const change = (
    <>
      {t('finding.change')}
      <ChevronDown aria-hidden />
    </>
  )
  // An exception has its own buttons, which return the finding to work.
  const covered = !isOpen(finding.status) && finding.status !== 'resolved'
  return (
    <Panel title={t('finding.triage')}>
      <dl>
        <Line
          name={t('findings.columns.owner')}
          control={
            may ? (
              <Button
                variant="ghost"
                size="sm"
                aria-label={t('finding.changeOf', { name: t('findings.columns.owner') })}
                onPress={() => setDialog('assign')}
              >
                {t('finding.change')}
              </Button>
            ) : null
          }
        >
          <OwnerText owner={finding.owner} me={me} />
        </Line>
        <Line
          name={t('findings.columns.status')}
          control={
            may && !covered ? (
              <Menu
                label={t('finding.changeOf', { name: t('findings.columns.status') })}
                choice
                trigger={change}
                items={settable.map(status => ({
                  id: status,
                  label: t(`status.${status}`),
                  chosen: status === finding.status,
                  onAction: () =>
                    status === 'resolved'
                      ? setDialog('resolve')
                      : void changes.setStatus(selection, 1, status, t(`status.${status}`)),
                }))}
              />
            ) : null
          }
        >
          <StatusText status={finding.status} />
          {finding.status === 'resolved' && finding.resolvedReason ? (
            <span className="block text-muted text-xs">{t(`finding.resolvedReason.${finding.resolvedReason}`)}</span>
          ) : null}
        </Line>
        {isThreat ? (
          <Line
            name={t('verdict.title')}
            control={
              may && !covered ? (
                <Button size="sm" isPending={changes.pending} onPress={() => setDialog('verdict')}>
                  {t(finding.verdict ? 'verdict.change' : 'verdict.give')}
                </Button>
              ) : null
            }
          >
            {finding.verdict ? (
              <VerdictText verdict={finding.verdict} />
            ) : (
              <span className="text-muted">{t('verdict.none')}</span>
            )}
          </Line>
        ) : null}
        {finding.respondBy ? (
          <Line name={t('findings.respond')} control={null}>
            {finding.respondedAt ? (
              <>
                {t('findings.responded')} <RelativeTime date={finding.respondedAt} />
              </>
            ) : (
              <ResponseDue respondBy={finding.respondBy} />
            )}
            <span className="block text-muted text-xs">
              <ExactTime date={finding.respondBy} />
            </span>
          </Line>
        ) : null}
        <Line
          name={t('findings.columns.due')}
          control={
            may ? (
              <Button
                variant="ghost"
                size="sm"
                aria-label={t('finding.changeOf', { name: t('findings.columns.due') })}
                onPress={() => setDialog('due')}
              >
                {t('finding.change')}
              </Button>
            ) : null
          }
        >
          <DueDate {...finding} />
          {finding.dueAt ? (
            <span className="block text-muted text-xs">{t(`finding.dueBy.${finding.dueBy}`)}</span>
          ) : null}
          <CountedFrom finding={finding} />
          <CountedAs finding={finding} />
        </Line>
        <Line
          name={t('findings.columns.team')}
          control={
            may ? (
              <Menu
                label={t('finding.changeOf', { name: t('findings.columns.team') })}
                choice
                trigger={change}
                items={teams.map(({ id, label }) => ({
                  id,
                  label,
                  chosen: id === finding.team,
                  onAction: () => void changes.setTeam(selection, 1, id, label),
                }))}
              />
            ) : null
          }
        >
          {teamName(finding.team)}
          <span className="block text-muted text-xs">{t(`finding.teamBy.${finding.teamBy}`)}</span>
        </Line>
      </dl>
      {may && !covered && finding.owner?.id !== me ? (
        <Button
          variant="primary"
          fullWidth
          className="mt-3"
          isPending={changes.pending}
          onPress={() => void changes.take(finding, me)}
        >
          {t('findings.take')}
        </Button>
      ) : null}
      {may ? null : <p className="mt-2 text-muted text-xs">{t('finding.readOnly')}</p>}
      <AssigneeDialog
        open={dialog === 'assign'}
        onOpenChange={open => setDialog(open ? 'assign' : null)}
        accounts={[finding.accountId]}
        listAssignable={actions.listAssignable}
        me={me}
        onChoose={owner => {
          setDialog(null)
          void changes.assign(selection, 1, owner)
        }}
      />
      <ReasonDialog
        open={dialog === 'resolve'}
        onOpenChange={open => setDialog(open ? 'resolve' : null)}
        onChoose={reason => {
          setDialog(null)
          void changes.setStatus(selection, 1, 'resolved', t('status.resolved'), reason)
        }}
      />
      <VerdictDialog
        key={finding.verdict?.at.getTime() ?? 0}
        open={dialog === 'verdict'}
        onOpenChange={open => setDialog(open ? 'verdict' : null)}
        onChoose={(verdict, name) => {
          setDialog(null)
          void changes.setVerdict(selection, 1, verdict, name)
        }}
      />
      <DueDialog
        open={dialog === 'due'}
        onOpenChange={open => setDialog(open ? 'due' : null)}
        onChoose={(day, reason) => {
          setDialog(null)
          void changes.setDueAt(selection, 1, day, '', reason)
        }}
      />
    </Panel>
  )
}
