'use client'

import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import type { SaveUnopenedDays } from '@/lib/domain/feeds/sources'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { TextField } from '../ui/forms/text-field'
import { sayDone } from '../ui/overlays/toasts'

interface UnopenedDaysProps extends Pick<SaveUnopenedDays, 'unopenedDays'> {
  save: (input: SaveUnopenedDays) => Promise<ActionResult<unknown>>
}

/** After how many days without a visit a source counts as neglected. */
export function UnopenedDays({ unopenedDays, save }: UnopenedDaysProps) {
  const t = useTranslations()
  const router = useRouter()
  const [seen] = useState(unopenedDays)
  const [days, setDays] = useState(String(unopenedDays))
  const form = useAction(save, () => {
    sayDone(t('common.saved'))
    router.refresh()
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    // An empty field is no number, not zero.
    form.submit({ unopenedDays: /^\d+$/.test(days.trim()) ? Number(days) : Number.NaN, seen })
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-wrap items-end gap-2">
      <TextField
        label={t('sources.days')}
        inputMode="numeric"
        required
        className="w-64"
        value={days}
        onChange={setDays}
        error={form.errorOf('unopenedDays')}
      />
      <Button type="submit" isPending={form.pending}>
        {t('common.save')}
      </Button>
      <FormError message={form.otherError('unopenedDays')} />
    </form>
  )
}
