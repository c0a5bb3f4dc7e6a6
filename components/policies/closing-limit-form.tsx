'use client'

import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import type { ClosingLimit } from '@/lib/domain/feeds/closing'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { TextField } from '../ui/forms/text-field'
import { Panel } from '../ui/layout/panel'
import { sayDone } from '../ui/overlays/toasts'

interface ClosingLimitFormProps {
  limit: ClosingLimit
  save: (input: ClosingLimit) => Promise<ActionResult<unknown>>
}

/** How many findings a complete report may resolve at once without a lead's confirmation. */
export function ClosingLimitForm({ limit, save }: ClosingLimitFormProps) {
  const t = useTranslations('settings.closing')
  const tCommon = useTranslations('common')
  const router = useRouter()
  const [number, setNumber] = useState(String(limit.number))
  const [share, setShare] = useState(String(limit.share))
  const form = useAction(save, () => {
    sayDone(tCommon('saved'))
    router.refresh()
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    // An empty field is no number, not zero.
    const count = (text: string) => (/^\d+$/.test(text.trim()) ? Number(text) : Number.NaN)
    form.submit({ number: count(number), share: count(share) })
  }
  return (
    <Panel>
      <form onSubmit={submit} noValidate className="flex max-w-md flex-col gap-4">
        <TextField
          label={t('number')}
          inputMode="numeric"
          required
          value={number}
          onChange={setNumber}
          error={form.errorOf('number')}
        />
        <TextField
          label={t('share')}
          inputMode="numeric"
          required
          value={share}
          onChange={setShare}
          error={form.errorOf('share')}
        />
        <p className="text-muted text-xs">{t('hint')}</p>
        <FormError message={form.otherError('number', 'share')} />
        <div>
          <Button type="submit" variant="primary" isPending={form.pending}>
            {tCommon('save')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
