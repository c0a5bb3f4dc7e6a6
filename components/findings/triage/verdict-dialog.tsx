'use client'

import { useFormatter, useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { visibleText } from '@/lib/domain/text/visible-text'
import { type Verdict, type VerdictKind, verdictKinds } from '@/lib/domain/threats/verdict'
import type { FindingRow } from '@/lib/domain/views'
import { Button } from '../../ui/button'
import { Select } from '../../ui/forms/select'
import { TextField } from '../../ui/forms/text-field'
import { Dialog, DialogActions } from '../../ui/overlays/dialog'

interface VerdictDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** The verdict with its name in the reader's language. */
  onChoose: (verdict: Verdict, name: string) => void
}

const MAX_TEXT = 4_000

/** Closes threats by a verdict, with what was found and done. */
export function VerdictDialog({ open, onOpenChange, onChoose }: VerdictDialogProps) {
  const t = useTranslations()
  const [kind, setKind] = useState<VerdictKind>('true_positive')
  const [text, setText] = useState('')
  const [error, setError] = useState<string | null>(null)
  function submit(event: FormEvent) {
    event.preventDefault()
    if (text.trim() === '') setError(t('verdict.missing'))
    else onChoose({ kind, text }, t(`verdict.kinds.${kind}`))
  }
  return (
    <Dialog title={t('verdict.give')} open={open} onOpenChange={onOpenChange} onDiscard={() => setText('')}>
      <form onSubmit={submit} noValidate className="mt-2 flex flex-col gap-3">
        <Select
          label={t('verdict.kind')}
          value={kind}
          options={verdictKinds.map(id => ({ id, label: t(`verdict.kinds.${id}`) }))}
          description={t(`verdict.hints.${kind}`)}
          onChange={id => setKind(verdictKinds.find(known => known === id) ?? kind)}
        />
        <TextField
          label={t('verdict.text')}
          rows={4}
          maxLength={MAX_TEXT}
          value={text}
          onChange={value => {
            setText(value)
            setError(null)
          }}
          error={error}
        />
        <p className="text-muted text-xs">{t('verdict.afterwards')}</p>
        <DialogActions>
          <Button onPress={() => onOpenChange(false)}>{t('common.cancel')}</Button>
          <Button type="submit" variant="primary">
            {t('verdict.give')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

/** A verdict with what was done, by whom and when. */
export function VerdictText({ verdict }: { verdict: NonNullable<FindingRow['verdict']> }) {
  const t = useTranslations('verdict')
  const format = useFormatter()
  const time = format.dateTime(verdict.at, { dateStyle: 'medium', timeStyle: 'short' })
  return (
    <>
      <strong className="font-semibold">{t(`kinds.${verdict.kind}`)}</strong>
      <span className="block whitespace-pre-wrap break-words">{visibleText(verdict.text)}</span>
      <span className="block text-muted text-xs">{t('by', { name: visibleText(verdict.by), time })}</span>
    </>
  )
}
