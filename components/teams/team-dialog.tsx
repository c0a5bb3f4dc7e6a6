'use client'

import { useLocale, useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import {
  type CreateTeam,
  type RenameTeam,
  type Team,
  type TeamKind,
  teamKinds,
  teamName,
} from '@/lib/domain/people/team'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { Select } from '../ui/forms/select'
import { TextField } from '../ui/forms/text-field'
import { Dialog, DialogActions } from '../ui/overlays/dialog'
import { sayDone } from '../ui/overlays/toasts'

interface AddTeamProps {
  add: (input: CreateTeam) => Promise<ActionResult<unknown>>
  onClose: () => void
}

/** The form of a new team. */
export function AddTeam({ add, onClose }: AddTeamProps) {
  const t = useTranslations()
  const locale = useLocale()
  const [team, setTeam] = useState<CreateTeam>({ id: '', kind: 'infrastructure', nameEn: '', nameJa: '' })
  const form = useAction(add, () => {
    onClose()
    sayDone(t('settings.teams.added', { name: teamName(team, locale) }))
  })
  const set = (change: Partial<CreateTeam>) => setTeam({ ...team, ...change })
  function submit(event: FormEvent) {
    event.preventDefault()
    form.submit(team)
  }
  return (
    <Dialog title={t('settings.teams.add')} open onOpenChange={open => !open && onClose()}>
      <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-4">
        <NameFields names={team} onChange={set} errorOf={form.errorOf} autoFocus />
        <TextField
          label={t('settings.teams.id')}
          description={t('settings.teams.idHint')}
          required
          maxLength={30}
          value={team.id}
          onChange={id => set({ id })}
          error={form.errorOf('id')}
        />
        <Select
          label={t('settings.teams.kind')}
          description={`${t(`teams.explain.${team.kind}`)} ${t('settings.teams.kindHint')}`}
          value={team.kind}
          options={teamKinds.map(id => ({ id: id as string, label: t(`teams.kinds.${id}`) }))}
          onChange={id => set({ kind: teamKinds.find((kind): kind is TeamKind => kind === id) ?? team.kind })}
          error={form.errorOf('kind')}
        />
        <FormError message={form.otherError('id', 'kind', 'nameEn', 'nameJa')} />
        <DialogActions>
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" variant="primary" isPending={form.pending}>
            {t('settings.teams.add')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

interface RenameDialogProps {
  team: Team
  rename: (input: RenameTeam) => Promise<ActionResult<unknown>>
  onClose: () => void
}

/** The form of a team's names. */
export function RenameDialog({ team, rename, onClose }: RenameDialogProps) {
  const t = useTranslations()
  const locale = useLocale()
  const { id, nameEn, nameJa } = team
  const [names, setNames] = useState({ nameEn, nameJa })
  const form = useAction(rename, () => {
    onClose()
    sayDone(t('common.saved'))
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    form.submit({ id, ...names })
  }
  return (
    <Dialog
      title={t('settings.teams.editTitle', { name: teamName(team, locale) })}
      open
      onOpenChange={open => !open && onClose()}
      size="sm"
    >
      <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-4">
        <NameFields
          names={names}
          onChange={change => setNames({ ...names, ...change })}
          errorOf={form.errorOf}
          autoFocus
        />
        <FormError message={form.otherError('nameEn', 'nameJa')} />
        <DialogActions>
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" variant="primary" isPending={form.pending}>
            {t('common.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

type Names = Pick<Team, 'nameEn' | 'nameJa'>

interface NameFieldsProps {
  names: Names
  onChange: (change: Partial<Names>) => void
  errorOf: (field: string) => string | null
  autoFocus?: boolean
}

/** The names in both languages, the reader's own first. */
function NameFields({ names, onChange, errorOf, autoFocus = false }: NameFieldsProps) {
  const t = useTranslations('settings.teams')
  const fields = useLocale() === 'ja' ? (['nameJa', 'nameEn'] as const) : (['nameEn', 'nameJa'] as const)
  return fields.map((field, at) => (
    <TextField
      key={field}
      label={t(field)}
      required
      maxLength={60}
      autoFocus={autoFocus && at === 0}
      value={names[field]}
      onChange={value => onChange({ [field]: value })}
      error={errorOf(field)}
    />
  ))
}
