'use client'

import { Ellipsis } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { type ConnectionView, settingsOf } from '@/lib/domain/collection/views'
import { FormError } from '../../settings/form-error'
import { useAction } from '../../settings/use-action'
import { Button } from '../../ui/button'
import { TextField } from '../../ui/forms/text-field'
import { ConfirmDialog } from '../../ui/overlays/confirm-dialog'
import { Dialog, DialogActions } from '../../ui/overlays/dialog'
import { Menu } from '../../ui/overlays/menu'
import { orSay, sayDone, sayFailed } from '../../ui/overlays/toasts'
import type { ConnectionActions } from './connection-actions'

interface ConnectionMenuProps {
  connection: ConnectionView
  change: ConnectionActions['change']
  remove: ConnectionActions['remove']
}

/** Edits, pauses, resumes or removes a connection. */
export function ConnectionMenu({ connection, change, remove }: ConnectionMenuProps) {
  const t = useTranslations()
  const tc = useTranslations('settings.connections')
  const router = useRouter()
  const [shown, setShown] = useState<'edit' | 'remove' | null>(null)
  const { id, name, pausedAt } = connection
  const paused = pausedAt !== null

  async function pause() {
    try {
      const result = orSay(await change({ id, paused: !paused, seen: settingsOf(connection) }))
      if (result !== null) sayDone(tc(paused ? 'resumed' : 'paused'))
    } catch {
      sayFailed(t('common.failedNow'))
    }
  }
  async function confirmRemove() {
    const result = orSay(await remove({ id }))
    setShown(null)
    if (result === null) return
    sayDone(tc('removed'))
    router.push('/settings/connections')
  }
  return (
    <>
      <Menu
        label={tc('actions', { name })}
        iconOnly
        trigger={<Ellipsis aria-hidden />}
        items={[
          { id: 'edit', label: tc('edit'), onAction: () => setShown('edit') },
          { id: 'pause', label: tc(paused ? 'resume' : 'pause'), onAction: () => void pause() },
          { id: 'remove', label: tc('remove'), danger: true, onAction: () => setShown('remove') },
        ]}
      />
      <Dialog title={tc('editTitle', { name })} open={shown === 'edit'} onOpenChange={() => setShown(null)}>
        <EditForm connection={connection} change={change} onDone={() => setShown(null)} />
      </Dialog>
      <ConfirmDialog
        title={tc('removeTitle', { name })}
        confirm={tc('remove')}
        danger
        open={shown === 'remove'}
        onOpenChange={() => setShown(null)}
        onConfirm={confirmRemove}
      >
        {tc('removeText')}
      </ConfirmDialog>
    </>
  )
}

interface EditFormProps {
  connection: ConnectionView
  change: ConnectionActions['change']
  onDone: () => void
}

function EditForm({ connection, change, onDone }: EditFormProps) {
  const t = useTranslations()
  const [seen] = useState(settingsOf(connection))
  const [values, setValues] = useState({ name: connection.name, roleName: connection.roleName })
  const form = useAction(change, () => {
    onDone()
    sayDone(t('common.saved'))
  })
  const field = (name: keyof typeof values) => ({
    label: t(`settings.connections.${name}`),
    value: values[name],
    onChange: (text: string) => setValues({ ...values, [name]: text }),
    error: form.errorOf(name),
    required: true,
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    form.submit({ id: connection.id, ...values, seen })
  }
  return (
    <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-4">
      <TextField {...field('name')} maxLength={100} />
      <TextField {...field('roleName')} description={t('settings.connections.roleWarning')} maxLength={64} />
      <FormError message={form.otherError('name', 'roleName')} />
      <DialogActions>
        <Button onPress={onDone}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" isPending={form.pending}>
          {t('common.save')}
        </Button>
      </DialogActions>
    </form>
  )
}
