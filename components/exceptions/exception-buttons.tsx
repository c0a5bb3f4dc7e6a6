'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { REVIEW_DAYS } from '@/lib/domain/exceptions/review'
import type { ExceptionRow, RulePreview } from '@/lib/domain/policies/views'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import { NoteDialog } from './dialogs/note-dialog'
import { RulePreviewBox } from './dialogs/rule-preview-box'
import type { ExceptionActions } from './exception-actions'

/** The actions of the reader on an exception. An approver of a rule sees the findings that it would cover. */
export function ExceptionButtons({ row, actions }: { row: ExceptionRow; actions: ExceptionActions }) {
  const t = useTranslations('exceptions')
  const name = t('number', { id: row.id })
  const [shown, setShown] = useState<RulePreview | null>(null)
  const count = useAction(actions.preview, setShown)
  const { match, condition } = row
  const severity = row.finding?.severity
  const isSevere = severity === 'critical' || severity === 'high'
  const ending = row.state === 'requested' ? 'withdraw' : 'end'
  return (
    <span className="flex flex-wrap gap-1.5">
      {row.may.decide ? (
        <>
          <NoteDialog
            label={t('approve')}
            name={name}
            title={t('approveTitle')}
            done={t('approved')}
            primary
            required={isSevere}
            onOpen={() => (match ? count.submit({ match, condition }) : undefined)}
            run={note => actions.decide({ id: row.id, approve: true, note })}
          >
            {t('approveText')}
            <div role="status" className="mt-2">
              {shown ? <RulePreviewBox preview={shown} /> : null}
              <FormError message={count.otherError()} />
            </div>
          </NoteDialog>
          <NoteDialog
            label={t('reject')}
            name={name}
            title={t('rejectTitle')}
            done={t('rejected')}
            danger
            required
            run={note => actions.decide({ id: row.id, approve: false, note })}
          >
            {t('rejectText')}
          </NoteDialog>
        </>
      ) : null}
      {row.may.review ? (
        <NoteDialog
          label={t('review')}
          name={name}
          title={t('reviewTitle')}
          done={t('reviewed')}
          primary
          required
          run={note => actions.review({ id: row.id, note })}
        >
          {t('reviewText', { days: REVIEW_DAYS })}
        </NoteDialog>
      ) : null}
      {/* A reader who may reject a request does not need to withdraw it. */}
      {row.may.end && !row.may.decide ? (
        <NoteDialog
          label={t(ending)}
          name={name}
          title={t(`${ending}Title`)}
          done={t(`${ending}Done`)}
          danger
          run={note => actions.end({ id: row.id, note })}
        >
          {t(`${ending}Text`)}
        </NoteDialog>
      ) : null}
    </span>
  )
}
