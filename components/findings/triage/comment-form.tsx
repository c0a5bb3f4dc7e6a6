'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, type KeyboardEvent, useState, useTransition } from 'react'
import type { FindingId } from '@/lib/domain/findings/filter'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { useDraft } from '../../ui/forms/drafts'
import { TextField } from '../../ui/forms/text-field'
import { useFocusOnError } from '../../ui/forms/typed-text'
import { sayDone } from '../../ui/overlays/toasts'

interface CommentFormProps {
  finding: FindingId
  me: string
  comment: (input: { selection: { ids: FindingId[] }; text: string }) => Promise<ActionResult<unknown>>
}

const MAX_COMMENT = 4_000
const EMPTY = { text: '' }

/**
 * Adds a comment to the finding's history. The text stays until it is sent, also if the page is left or sending fails.
 */
export function CommentForm({ finding, me, comment }: CommentFormProps) {
  const t = useTranslations()
  const draft = useDraft(me, `comment:${finding}`, EMPTY)
  const { text } = draft.fields
  const [error, setError] = useState<string | null>(null)
  const [pending, start] = useTransition()
  const onSubmitCapture = useFocusOnError()
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
        draft.clear()
        setError(null)
        sayDone(t('finding.commented'))
      } catch {
        setError(t('common.failedNow'))
      }
    })
  }
  function sendOnEnter(event: KeyboardEvent<HTMLFormElement>) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit()
  }
  return (
    <form
      onSubmit={submit}
      onSubmitCapture={onSubmitCapture}
      onKeyDown={sendOnEnter}
      noValidate
      className="flex flex-col gap-2"
    >
      <TextField
        label={t('finding.comment')}
        rows={3}
        maxLength={MAX_COMMENT}
        value={text}
        onChange={value => {
          draft.set({ text: value })
          setError(null)
        }}
        error={error}
      />
      <Button
        type="submit"
        size="sm"
        className="self-end"
        isPending={pending}
        aria-keyshortcuts="Control+Enter Meta+Enter"
      >
        {t('finding.addComment')}
      </Button>
    </form>
  )
}
