'use client'

import { useTranslations } from 'next-intl'
import type { ExceptionRow } from '@/lib/domain/policy-views'
import type { ExceptionActions } from './exception-actions'
import { NoteDialog } from './note-dialog'

/** What the reader may do to an exception. */
export function ExceptionButtons({ row, actions }: { row: ExceptionRow; actions: ExceptionActions }) {
  const t = useTranslations('exceptions')
  const name = t('number', { id: row.id })
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
            run={note => actions.decide({ id: row.id, approve: true, note })}
          >
            {t('approveText')}
          </NoteDialog>
          <NoteDialog
            label={t('reject')}
            name={name}
            title={t('rejectTitle')}
            done={t('rejected')}
            danger
            run={note => actions.decide({ id: row.id, approve: false, note })}
          >
            {t('rejectText')}
          </NoteDialog>
        </>
      ) : null}
      {/* Who may refuse a request has no need to take it back for its asker. */}
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
