'use client'

import { ChevronDown, Ellipsis } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ReactNode, useState } from 'react'
import { settableStatuses } from '@/lib/domain/findings/status'
import { useTeamOptions } from '../../teams/teams-context'
import { Button } from '../../ui/button'
import { Menu } from '../../ui/overlays/menu'
import { useDayName } from '../day-name'
import { AssigneeDialog } from '../triage/assignee-dialog'
import { ConfirmChange } from '../triage/confirm-change'
import { DueDialog } from '../triage/dialogs/due-dialog'
import { ReasonDialog } from '../triage/dialogs/reason-dialog'
import type { FindingActions, Selection } from '../triage/finding-actions'
import type { FindingChanges } from '../triage/use-finding-changes'
import { VerdictDialog } from '../triage/verdict-dialog'
import { useBarShortcut } from './use-bar-shortcut'

interface BulkBarProps {
  count: number
  selection: Selection
  /** Accounts of the selected findings; empty if not all are known. */
  accounts: string[]
  /** Whether there are threats among the selected findings that the page knows. */
  threats: boolean
  /** The number of findings of the filter, if not all of them are selected. */
  selectAll: { total: number; exact: boolean; run: () => void } | null
  changes: FindingChanges
  actions: FindingActions
  me: string
  onDone: () => void
  /** Other actions on the same findings. */
  children?: ReactNode
}

/** Actions on the selected findings. Stays visible while rows scroll; F6 moves the focus to it. */
export function BulkBar(props: BulkBarProps) {
  const { count, selection, accounts, threats, selectAll, changes, actions, me, onDone, children } = props
  const t = useTranslations()
  const dayName = useDayName()
  const teams = useTeamOptions()
  const bar = useBarShortcut()
  const [dialog, setDialog] = useState<'assign' | 'due' | 'resolve' | 'verdict' | null>(null)
  async function after(work: Promise<boolean>) {
    setDialog(null)
    if (await work) onDone()
  }
  return (
    <section
      ref={bar}
      tabIndex={-1}
      aria-label={t('findings.bulk')}
      aria-keyshortcuts="F6"
      className="sticky bottom-2 z-20 order-last mt-2 flex flex-wrap items-center gap-2 rounded-2xl border border-accent bg-overlay px-3 py-2 shadow-overlay"
    >
      <p role="status" className="font-semibold">
        {t('findings.selected', { count })} <span className="sr-only">{t('findings.bulkKey')}</span>
      </p>
      <kbd
        aria-hidden
        title={t('findings.bulkKey')}
        className="rounded border border-border px-1 text-2xs text-muted max-sm:hidden"
      >
        F6
      </kbd>
      {selectAll ? (
        <Button variant="ghost" size="sm" onPress={selectAll.run}>
          {t(selectAll.exact ? 'findings.selectAll' : 'findings.selectAllMany', { count: selectAll.total })}
        </Button>
      ) : null}
      <span className="flex-1" />
      <Button
        data-first-action
        variant="primary"
        size="sm"
        isPending={changes.pending}
        onPress={() => setDialog('assign')}
      >
        {t('findings.assign')}
      </Button>
      <Menu
        label={t('findings.changeStatus')}
        trigger={
          <>
            {t('findings.changeStatus')}
            <ChevronDown aria-hidden />
          </>
        }
        items={settableStatuses.map(status => ({
          id: status,
          label: t(`status.${status}`),
          onAction: () =>
            status === 'resolved'
              ? setDialog('resolve')
              : void after(changes.setStatus(selection, count, status, t(`status.${status}`))),
        }))}
      />
      <span className="sm:hidden">
        <Menu
          label={t('findings.moreActions')}
          iconOnly
          trigger={<Ellipsis aria-hidden />}
          items={[
            ...(threats
              ? [{ id: 'verdict', label: t('verdict.give'), onAction: () => setDialog('verdict' as const) }]
              : []),
            { id: 'due', label: t('findings.setDue'), onAction: () => setDialog('due') },
            ...teams.map(({ id, label }) => ({
              id: `team-${id}`,
              label: t('findings.toTeam', { team: label }),
              onAction: () => void after(changes.setTeam(selection, count, id, label)),
            })),
            { id: 'clear', label: t('findings.clearSelection'), onAction: onDone },
          ]}
        />
      </span>
      {threats ? (
        <Button variant="ghost" size="sm" className="max-sm:hidden" onPress={() => setDialog('verdict')}>
          {t('verdict.give')}
        </Button>
      ) : null}
      <Button variant="ghost" size="sm" className="max-sm:hidden" onPress={() => setDialog('due')}>
        {t('findings.setDue')}
      </Button>
      <Menu
        triggerClassName="max-sm:hidden"
        label={t('findings.changeTeam')}
        trigger={
          <>
            {t('findings.changeTeam')}
            <ChevronDown aria-hidden />
          </>
        }
        items={teams.map(({ id, label }) => ({
          id,
          label,
          onAction: () => void after(changes.setTeam(selection, count, id, label)),
        }))}
      />
      {children}
      <Button variant="ghost" size="sm" className="max-sm:hidden" onPress={onDone}>
        {t('findings.clearSelection')}
      </Button>
      <AssigneeDialog
        open={dialog === 'assign'}
        onOpenChange={open => setDialog(open ? 'assign' : null)}
        accounts={accounts}
        listAssignable={actions.listAssignable}
        me={me}
        onChoose={owner => void after(changes.assign(selection, count, owner))}
      />
      <ConfirmChange asked={changes.asked} previewChange={actions.previewChange} />
      <ReasonDialog
        open={dialog === 'resolve'}
        onOpenChange={open => setDialog(open ? 'resolve' : null)}
        onChoose={reason => void after(changes.setStatus(selection, count, 'resolved', t('status.resolved'), reason))}
      />
      <VerdictDialog
        open={dialog === 'verdict'}
        onOpenChange={open => setDialog(open ? 'verdict' : null)}
        onChoose={(verdict, name) => void after(changes.setVerdict(selection, count, verdict, name))}
      />
      <DueDialog
        open={dialog === 'due'}
        onOpenChange={open => setDialog(open ? 'due' : null)}
        onChoose={(day, reason) => void after(changes.setDueAt(selection, count, day, dayName(day), reason))}
      />
    </section>
  )
}
