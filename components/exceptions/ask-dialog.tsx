'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import type { FindingId } from '@/lib/domain/finding-filter'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import { Button } from '../ui/button'
import { Dialog, DialogActions } from '../ui/dialog'
import { sayDone } from '../ui/toasts'
import { conditionOf, DecisionFields, emptyDecision } from './decision-fields'
import type { AskForFinding } from './exception-actions'

/** The button and the form that ask for an exception of one finding. */
export function AskDialog({ finding, ask }: { finding: FindingId; ask: AskForFinding }) {
  const t = useTranslations()
  const [open, setOpen] = useState(false)
  const [decision, setDecision] = useState(emptyDecision)
  const form = useAction(ask, () => {
    setOpen(false)
    sayDone(t('exceptions.asked'))
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    const { kind, reason, until } = decision
    form.submit({ finding, kind, reason, until, condition: conditionOf(decision) })
  }
  return (
    <>
      <Button
        fullWidth
        onPress={() => {
          setDecision(emptyDecision)
          form.clear()
          setOpen(true)
        }}
      >
        {t('exceptions.ask')}
      </Button>
      <Dialog title={t('exceptions.ask')} open={open} onOpenChange={setOpen}>
        <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-4">
          <p className="text-muted">{t('exceptions.askText')}</p>
          <DecisionFields value={decision} onChange={setDecision} errorOf={form.errorOf} />
          <FormError message={form.otherError('reason', 'until', 'condition')} />
          <DialogActions>
            <Button onPress={() => setOpen(false)}>{t('common.cancel')}</Button>
            <Button type="submit" variant="primary" isPending={form.pending}>
              {t('exceptions.askDo')}
            </Button>
          </DialogActions>
        </form>
      </Dialog>
    </>
  )
}
