'use client'

import { Ellipsis } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import type { AccountName, MemberRow } from '@/lib/domain/people/views'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { ConfirmDialog } from '../ui/overlays/confirm-dialog'
import { Dialog, DialogActions } from '../ui/overlays/dialog'
import { Menu } from '../ui/overlays/menu'
import { orSay, sayDone } from '../ui/overlays/toasts'
import { verifyFirst } from '../verify/verify-first'
import { InviteLink } from './invites/invite-link'
import { type Standing, StandingFields } from './standing-fields'

export interface MemberActionSet {
  change: (input: Standing & { id: string }) => Promise<ActionResult<{ released: number }>>
  remove: (input: { id: string }) => Promise<ActionResult<{ released: number }>>
  /** Null if passwords are switched off. */
  reset: ((input: { id: string }) => Promise<ActionResult<{ token: string }>>) | null
  resetFactors: (input: { id: string }) => Promise<ActionResult<unknown>>
  unlock: (input: { id: string }) => Promise<ActionResult<void>>
  unbind: (input: { id: string }) => Promise<ActionResult<unknown>>
  endSessions: (input: { id: string }) => Promise<ActionResult<{ ended: number }>>
}

interface MemberActionsProps {
  member: MemberRow
  isSelf: boolean
  accounts: readonly AccountName[]
  actions: MemberActionSet
}

/** The actions of an administrator on a member. */
export function MemberActions({ member, isSelf, accounts, actions }: MemberActionsProps) {
  const t = useTranslations('settings.members')
  const name = member.name || member.email
  const [shown, setShown] = useState<'edit' | 'remove' | 'reset' | 'link' | 'sessions' | 'unbind' | 'factors' | null>(
    null,
  )
  const [token, setToken] = useState<string | null>(null)
  const close = () => setShown(null)
  async function remove() {
    const done = orSay(await verifyFirst(actions.remove)({ id: member.id }))
    close()
    if (done) sayDone(t('removed', { name, count: done.released }))
  }
  async function reset() {
    const made = actions.reset ? orSay(await verifyFirst(actions.reset)({ id: member.id })) : null
    if (made) setToken(made.token)
    setShown(made ? 'link' : null)
  }
  async function unlock() {
    const result = await actions.unlock({ id: member.id })
    if (result.ok) sayDone(t('unlocked', { name }))
    else orSay(result)
  }
  async function unbind() {
    const done = orSay(await verifyFirst(actions.unbind)({ id: member.id }))
    close()
    if (done !== null) sayDone(t('unbound', { name }))
  }
  async function resetFactors() {
    const done = orSay(await verifyFirst(actions.resetFactors)({ id: member.id }))
    close()
    if (done !== null) sayDone(t('factorsReset', { name }))
  }
  async function endSessions() {
    const done = orSay(await verifyFirst(actions.endSessions)({ id: member.id }))
    close()
    if (done) sayDone(t('sessionsEnded', { name, count: done.ended }))
  }
  return (
    <>
      <Menu
        label={t('actionsFor', { name })}
        iconOnly
        trigger={<Ellipsis aria-hidden />}
        items={[
          { id: 'edit', label: t('edit'), onAction: () => setShown('edit') },
          ...(actions.reset ? [{ id: 'reset', label: t('reset'), onAction: () => setShown('reset') }] : []),
          ...(member.locked ? [{ id: 'unlock', label: t('unlock'), onAction: unlock }] : []),
          ...(member.isBound ? [{ id: 'unbind', label: t('unbind'), onAction: () => setShown('unbind') }] : []),
          ...(member.factors.length > 0 && !isSelf
            ? [{ id: 'factors', label: t('resetFactors'), onAction: () => setShown('factors') }]
            : []),
          { id: 'sessions', label: t('endSessions'), onAction: () => setShown('sessions') },
          ...(isSelf ? [] : [{ id: 'remove', label: t('remove'), danger: true, onAction: () => setShown('remove') }]),
        ]}
      />
      {shown === 'edit' ? (
        <EditMember member={member} accounts={accounts} change={actions.change} onClose={close} />
      ) : null}
      <ConfirmDialog
        title={t('removeTitle', { name })}
        confirm={t('remove')}
        danger
        open={shown === 'remove'}
        onOpenChange={open => !open && close()}
        onConfirm={remove}
      >
        <p>{t('removeText', { count: member.openFindings })}</p>
        <MadeBy member={member} />
      </ConfirmDialog>
      <ConfirmDialog
        title={t('resetTitle', { name })}
        confirm={t('makeLink')}
        open={shown === 'reset'}
        onOpenChange={open => !open && close()}
        onConfirm={reset}
      >
        {t('resetText')}
      </ConfirmDialog>
      <ConfirmDialog
        title={t('unbindTitle', { name })}
        confirm={t('unbind')}
        open={shown === 'unbind'}
        onOpenChange={open => !open && close()}
        onConfirm={unbind}
      >
        {t('unbindText')}
      </ConfirmDialog>
      <ConfirmDialog
        title={t('resetFactorsTitle', { name })}
        confirm={t('resetFactors')}
        danger
        open={shown === 'factors'}
        onOpenChange={open => !open && close()}
        onConfirm={resetFactors}
      >
        {t('resetFactorsText')}
      </ConfirmDialog>
      <ConfirmDialog
        title={t('endSessionsTitle', { name })}
        confirm={t('endSessions')}
        open={shown === 'sessions'}
        onOpenChange={open => !open && close()}
        onConfirm={endSessions}
      >
        {t('endSessionsText')}
      </ConfirmDialog>
      <Dialog title={t('reset')} open={shown === 'link'} onOpenChange={open => !open && close()} alert>
        {token ? (
          <InviteLink token={token} onClose={close}>
            {t('resetLink', { name })}
          </InviteLink>
        ) : null}
      </Dialog>
    </>
  )
}

/** The effect on the tokens of a member who is removed or no longer an administrator. */
function MadeBy({ member }: { member: MemberRow }) {
  const t = useTranslations('settings.members')
  const names = (isCollector: boolean) =>
    member.tokens
      .filter(token => token.isCollector === isCollector)
      .map(token => token.name)
      .join(t('nameSeparator'))
  return (
    <>
      {member.role === 'admin' ? <p className="mt-2">{t('linksEnd')}</p> : null}
      {names(false) ? <p className="mt-2 break-words">{t('tokensEnd', { names: names(false) })}</p> : null}
      {names(true) ? <p className="mt-2 break-words">{t('collectorsStay', { names: names(true) })}</p> : null}
    </>
  )
}

interface EditMemberProps {
  member: MemberRow
  accounts: readonly AccountName[]
  change: MemberActionSet['change']
  onClose: () => void
}

function EditMember({ member, accounts, change, onClose }: EditMemberProps) {
  const t = useTranslations('settings.members')
  const tCommon = useTranslations('common')
  const { role, teams, limited, accounts: own } = member
  const [standing, setStanding] = useState<Standing>({ role, teams, limited, accounts: own })
  const form = useAction(change, ({ released }) => {
    onClose()
    sayDone(released > 0 ? t('changedAndReleased', { count: released }) : tCommon('saved'))
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    form.submit({ id: member.id, ...standing })
  }
  return (
    <Dialog
      title={t('editTitle', { name: member.name || member.email })}
      open
      onOpenChange={open => !open && onClose()}
    >
      <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-4">
        <StandingFields value={standing} onChange={setStanding} accounts={accounts} errorOf={form.errorOf} />
        {member.role === 'admin' && standing.role !== 'admin' ? (
          <div className="text-muted">
            <MadeBy member={member} />
          </div>
        ) : null}
        <FormError message={form.otherError('role', 'teams', 'accounts')} />
        <DialogActions>
          <Button onPress={onClose}>{tCommon('cancel')}</Button>
          <Button type="submit" variant="primary" isPending={form.pending}>
            {tCommon('save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
