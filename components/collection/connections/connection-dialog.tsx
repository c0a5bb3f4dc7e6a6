'use client'

import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { type ConnectionKind, connectionKinds, defaultRoleName, partitions } from '@/lib/domain/collection/connection'
import { FormError } from '../../settings/form-error'
import { useAction } from '../../settings/use-action'
import { Button } from '../../ui/button'
import { Select } from '../../ui/forms/select'
import { TextField } from '../../ui/forms/text-field'
import { Dialog, DialogActions } from '../../ui/overlays/dialog'
import { sayDone } from '../../ui/overlays/toasts'
import type { AddAction } from './connection-actions'

/** The button and the form to add a connection. Its set-up page opens afterwards. */
export function ConnectionDialog({ add }: { add: AddAction }) {
  const t = useTranslations('settings.connections')
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button variant="primary" onPress={() => setOpen(true)}>
        {t('add')}
      </Button>
      <Dialog title={t('add')} open={open} onOpenChange={setOpen}>
        <ConnectionForm add={add} onCancel={() => setOpen(false)} />
      </Dialog>
    </>
  )
}

function ConnectionForm({ add, onCancel }: { add: AddAction; onCancel: () => void }) {
  const t = useTranslations()
  const router = useRouter()
  const [kind, setKind] = useState<ConnectionKind>('organization')
  const [partition, setPartition] = useState<string>('aws')
  const [values, setValues] = useState({ name: '', accountId: '', roleName: defaultRoleName })
  const form = useAction(add, ({ id }) => {
    sayDone(t('settings.connections.added'))
    router.push(`/settings/connections/${id}`)
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
    const chosen = partitions.find(each => each === partition) ?? 'aws'
    // People copy account ids from the console with hyphens.
    const accountId = values.accountId.replace(/[\s-]/g, '')
    form.submit({ ...values, accountId, kind, partition: chosen })
  }
  return (
    <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-4">
      <fieldset className="flex flex-col gap-1.5">
        <legend className="mb-1 font-medium">{t('settings.connections.kind')}</legend>
        <div className="grid gap-2 sm:grid-cols-2">
          {connectionKinds.map(each => (
            <label
              key={each}
              className="flex cursor-pointer items-start gap-2 rounded-xl border border-border px-3 py-2 has-checked:border-accent has-checked:bg-accent-soft"
            >
              <input
                type="radio"
                name="kind"
                className="mt-1 accent-accent"
                checked={kind === each}
                onChange={() => setKind(each)}
              />
              <span>
                <span className="block font-medium">{t(`settings.connections.kinds.${each}`)}</span>
                <span className="block text-muted text-xs">{t(`settings.connections.kindHints.${each}`)}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <TextField {...field('name')} description={t('settings.connections.nameHint')} maxLength={100} autoFocus />
      <TextField
        {...field('accountId')}
        description={t(`settings.connections.accountHint.${kind}`)}
        inputMode="numeric"
        autoComplete="off"
        maxLength={20}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          {...field('roleName')}
          description={t('settings.connections.roleNameHint')}
          autoComplete="off"
          maxLength={64}
        />
        <Select
          label={t('settings.connections.partition')}
          value={partition}
          options={partitions.map(id => ({ id, label: t(`settings.connections.partitions.${id}`) }))}
          onChange={setPartition}
          error={form.errorOf('partition')}
        />
      </div>
      <FormError message={form.otherError('name', 'accountId', 'roleName', 'partition')} />
      <DialogActions>
        <Button onPress={onCancel}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" isPending={form.pending}>
          {t('settings.connections.create')}
        </Button>
      </DialogActions>
    </form>
  )
}
