'use client'

import { useLocale, useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { environments } from '@/lib/domain/people/team'
import { standardRows } from '@/lib/domain/standard/rows'
import type { StandardSwitch } from '@/lib/domain/standard/settings'
import { FormError } from '../../settings/form-error'
import { Button } from '../../ui/button'
import { Select } from '../../ui/forms/select'
import { TextField } from '../../ui/forms/text-field'
import { Dialog, DialogActions } from '../../ui/overlays/dialog'

interface SwitchDialogProps {
  taken: readonly StandardSwitch[]
  pending: boolean
  error: string | null
  onDone: (added: StandardSwitch) => void
  onClose: () => void
}

const EVERYWHERE = 'everywhere'
const choices = [...environments, 'unset'] as const

/** Chooses a check, an environment and the reason. */
export function SwitchDialog({ taken, pending, error, onDone, onClose }: SwitchDialogProps) {
  const t = useTranslations()
  const locale = useLocale() === 'ja' ? 'ja' : 'en'
  const [check, setCheck] = useState(standardRows[0]?.id ?? '')
  const [environment, setEnvironment] = useState<string>(EVERYWHERE)
  const [reason, setReason] = useState('')
  const chosen = choices.find(id => id === environment) ?? null
  const isTaken = taken.some(each => each.check === check && each.environment === chosen)
  function submit(event: FormEvent) {
    event.preventDefault()
    if (reason.trim() !== '' && !isTaken) onDone({ check, environment: chosen, reason: reason.trim() })
  }
  return (
    <Dialog title={t('settings.standard.offAdd')} open onOpenChange={open => (open ? undefined : onClose())}>
      <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-4">
        <Select
          label={t('settings.standard.check')}
          options={standardRows.map(({ id, title }) => ({ id, label: title[locale] }))}
          value={check}
          onChange={setCheck}
        />
        <Select
          label={t('settings.standard.environment')}
          options={[
            { id: EVERYWHERE, label: t('settings.standard.everywhere') },
            ...choices.map(id => ({ id, label: t(`environment.${id}`) })),
          ]}
          value={environment}
          onChange={setEnvironment}
        />
        <TextField
          label={t('settings.standard.reason')}
          description={t('settings.standard.reasonHint')}
          required
          rows={3}
          maxLength={500}
          value={reason}
          onChange={setReason}
        />
        <FormError message={error} />
        <DialogActions>
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" variant="primary" isPending={pending} isDisabled={reason.trim() === '' || isTaken}>
            {t('settings.standard.add')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
