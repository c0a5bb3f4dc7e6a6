'use client'

import { useLocale, useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { type RetireTeam, type Team, teamName } from '@/lib/domain/people/team'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { Select } from '../ui/forms/select'
import { Dialog, DialogActions } from '../ui/overlays/dialog'
import { sayDone } from '../ui/overlays/toasts'

export type Retire = (input: RetireTeam) => Promise<ActionResult<{ findings: number; accounts: number }>>

interface RetireDialogProps {
  team: Team
  /** Active teams of the same kind that may take over. */
  successors: readonly Team[]
  retire: Retire
  onClose: () => void
}

/** Asks for the successor of a team before it is retired; explains why it cannot be retired without one. */
export function RetireDialog({ team, successors, retire, onClose }: RetireDialogProps) {
  const t = useTranslations()
  const locale = useLocale()
  const name = teamName(team, locale)
  const [successor, setSuccessor] = useState(successors[0]?.id ?? '')
  const next = successors.find(each => each.id === successor)
  const form = useAction(retire, handed => {
    onClose()
    sayDone(t('settings.teams.retiredDone', { name, next: next ? teamName(next, locale) : '', ...handed }))
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    form.submit({ id: team.id, successor })
  }
  return (
    <Dialog
      title={t('settings.teams.retireTitle', { name })}
      open
      onOpenChange={open => !open && onClose()}
      size="sm"
      alert
    >
      {successors.length === 0 ? (
        <>
          <p className="mt-1 text-muted">{t('settings.teams.lastOfKind', { kind: t(`teams.kinds.${team.kind}`) })}</p>
          <DialogActions>
            <Button variant="primary" onPress={onClose}>
              {t('common.close')}
            </Button>
          </DialogActions>
        </>
      ) : (
        <form onSubmit={submit} noValidate className="mt-1 flex flex-col gap-4">
          <p className="text-muted">{t('settings.teams.retireText')}</p>
          <Select
            label={t('settings.teams.successor')}
            value={successor}
            options={successors.map(each => ({ id: each.id, label: teamName(each, locale) }))}
            onChange={setSuccessor}
            error={form.errorOf('successor')}
          />
          <FormError message={form.otherError('successor')} />
          <DialogActions>
            <Button onPress={onClose}>{t('common.cancel')}</Button>
            <Button type="submit" variant="danger" isPending={form.pending}>
              {t('settings.teams.retire')}
            </Button>
          </DialogActions>
        </form>
      )}
    </Dialog>
  )
}
