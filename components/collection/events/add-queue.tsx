'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import type { AddQueue } from '@/lib/domain/collection/events/queue'
import { FormError } from '../../settings/form-error'
import { useAction } from '../../settings/use-action'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { TextField } from '../../ui/forms/text-field'
import { sayDone } from '../../ui/overlays/toasts'

interface AddQueueFormProps {
  connection: string
  add: (input: AddQueue) => Promise<ActionResult<unknown>>
}

/** Names a queue that Hinomi reads. */
export function AddQueueForm({ connection, add }: AddQueueFormProps) {
  const t = useTranslations('settings.connections.events')
  const [queue, setQueue] = useState('')
  const form = useAction(add, () => {
    setQueue('')
    sayDone(t('queueAdded'))
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    form.submit({ connection, queue })
  }
  return (
    <form onSubmit={submit} noValidate className="flex max-w-3xl flex-col gap-2">
      <div className="flex flex-col gap-2 sm:flex-row sm:items-end">
        <TextField
          className="min-w-0 flex-1"
          label={t('queue')}
          value={queue}
          onChange={setQueue}
          error={form.errorOf('queue')}
          maxLength={300}
          autoComplete="off"
          placeholder="https://sqs.ap-northeast-1.amazonaws.com/123456789012/hinomi-findings"
        />
        <Button type="submit" isPending={form.pending} isDisabled={queue.trim() === ''}>
          {t('addQueue')}
        </Button>
      </div>
      <FormError message={form.otherError('queue')} />
    </form>
  )
}
