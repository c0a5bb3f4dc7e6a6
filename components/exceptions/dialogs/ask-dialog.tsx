'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import type { AttachmentView } from '@/lib/domain/attachments/view'
import { exceptionKinds } from '@/lib/domain/exceptions/exception'
import type { FindingId } from '@/lib/domain/findings/filter'
import { FormError } from '../../settings/form-error'
import { useAction } from '../../settings/use-action'
import { Button } from '../../ui/button'
import { useDraft } from '../../ui/forms/drafts'
import { Dialog, DialogActions } from '../../ui/overlays/dialog'
import { sayDone } from '../../ui/overlays/toasts'
import type { AskForFinding } from '../exception-actions'
import { useOfferedRequest } from '../offered-request'
import { askedIn, conditionOf, DECISION_FIELDS, DecisionFields, emptyDecision } from './decision-fields'

type DecisionDraft = Record<keyof typeof emptyDecision, string>
const emptyDraft: DecisionDraft = emptyDecision

/** The button and the form to request an exception for one finding. */
export function AskDialog({ finding, ask, me }: { finding: FindingId; ask: AskForFinding; me: string }) {
  const t = useTranslations()
  const [open, setOpen] = useState(false)
  // The form keeps its text when it is closed by mistake or the page is left.
  const draft = useDraft<DecisionDraft>(me, `exception:${finding}`, emptyDraft)
  const decision = {
    ...draft.fields,
    kind: exceptionKinds.find(kind => kind === draft.fields.kind) ?? emptyDecision.kind,
  }
  const [files, setFiles] = useState<readonly AttachmentView[]>([])
  const form = useAction(ask, () => {
    draft.clear()
    setFiles([])
    setOpen(false)
    sayDone(t('exceptions.asked'))
  })
  useOfferedRequest(finding, ({ until, reason }) => {
    draft.set({ ...draft.fields, until, reason: reason || draft.fields.reason })
    form.clear()
    setOpen(true)
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    form.submit({ finding, ...askedIn(decision, files), condition: conditionOf(decision) })
  }
  return (
    <>
      <Button
        fullWidth
        onPress={() => {
          form.clear()
          setOpen(true)
        }}
      >
        {t('exceptions.ask')}
      </Button>
      <Dialog title={t('exceptions.ask')} open={open} onOpenChange={setOpen} onDiscard={draft.clear}>
        <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-4">
          <p className="text-muted">{t('exceptions.askText')}</p>
          <DecisionFields
            value={decision}
            onChange={value => draft.set({ ...value })}
            errorOf={form.errorOf}
            files={files}
            onFiles={setFiles}
          />
          <FormError message={form.otherError(...DECISION_FIELDS)} />
          <DialogActions>
            <Button
              onPress={() => {
                draft.clear()
                setOpen(false)
              }}
            >
              {t('common.cancel')}
            </Button>
            <Button type="submit" variant="primary" isPending={form.pending}>
              {t('exceptions.askDo')}
            </Button>
          </DialogActions>
        </form>
      </Dialog>
    </>
  )
}
