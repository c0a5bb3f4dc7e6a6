'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useState, useTransition } from 'react'
import type { FindingId } from '@/lib/domain/finding-filter'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { TextField } from '../ui/text-field'
import { sayDone } from '../ui/toasts'

interface CommentFormProps {
  finding: FindingId
  comment: (input: { selection: { ids: FindingId[] }; text: string }) => Promise<ActionResult<unknown>>
}

const MAX_COMMENT = 4_000

/** Adds a line to the finding's history. What was typed stays where sending fails. */
export function CommentForm({ finding, comment }: CommentFormProps) {
  const t = useTranslations()
  const [text, setText] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [pending, start] = useTransition()
  function submit(event: FormEvent) {
    event.preventDefault()
    if (text.trim() === '') {
      setError(t('finding.commentMissing'))
      return
    }
    start(async () => {
      try {
        const result = await comment({ selection: { ids: [finding] }, text })
        if (!result.ok) {
          setError(result.message)
          return
        }
        setText('')
        setError(null)
        sayDone(t('finding.commented'))
      } catch {
        setError(t('common.failedNow'))
      }
    })
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-2">
      <TextField
        label={t('finding.comment')}
        rows={3}
        maxLength={MAX_COMMENT}
        value={text}
        onChange={value => {
          setText(value)
          setError(null)
        }}
        error={error}
      />
      <Button type="submit" size="sm" className="self-end" isPending={pending}>
        {t('finding.addComment')}
      </Button>
    </form>
  )
}
