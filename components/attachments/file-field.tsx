'use client'

import { useFormatter, useLocale, useTranslations } from 'next-intl'
import { useState } from 'react'
import { attachmentExtensions } from '@/lib/domain/attachments/attachment'
import type { AttachmentView } from '@/lib/domain/attachments/view'
import { FormError } from '../settings/form-error'
import { FileButton } from '../ui/forms/file-button'
import { FileList } from './file-list'
import { deleteFile, type FileOwner, uploadFile } from './upload-file'

interface FileFieldProps {
  owner: FileOwner
  files: readonly AttachmentView[]
  onAdd: (file: AttachmentView) => void
  onRemove: (file: AttachmentView) => void
  error?: string | null
}

/** Attached files, with the button that uploads more. Each is sent as soon as it is chosen. */
export function FileField({ owner, files, onAdd, onRemove, error = null }: FileFieldProps) {
  const t = useTranslations()
  const format = useFormatter()
  const locale = useLocale()
  const [sending, setSending] = useState<{ name: string; share: number } | null>(null)
  const [failed, setFailed] = useState<string | null>(null)

  async function send(chosen: readonly File[]) {
    setFailed(null)
    for (const file of chosen) {
      setSending({ name: file.name, share: 0 })
      const answer = await uploadFile(file, owner, locale, share => setSending({ name: file.name, share }))
      if (answer.ok) onAdd(answer.file)
      else setFailed(answer.message ?? t('common.failedNow'))
    }
    setSending(null)
  }
  async function remove(file: AttachmentView) {
    const message = await deleteFile(file.id, locale, t('common.failedNow'))
    setFailed(message)
    if (message === null) onRemove(file)
  }
  return (
    <div className="flex flex-col gap-2">
      <FileList files={files} onDelete={file => void remove(file)} />
      <p role="status" className="text-muted text-xs empty:hidden">
        {sending
          ? t('files.sending', { name: sending.name, share: format.number(sending.share, { style: 'percent' }) })
          : null}
      </p>
      <FormError message={failed ?? error} />
      <span className="flex flex-wrap items-center gap-2">
        <FileButton
          label={t('files.choose')}
          accept={attachmentExtensions.join(',')}
          multiple
          size="sm"
          isPending={sending !== null}
          onChoose={chosen => void send(chosen)}
        />
        <span className="text-muted text-xs">{t('files.hint')}</span>
      </span>
    </div>
  )
}
