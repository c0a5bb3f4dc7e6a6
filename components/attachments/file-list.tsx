'use client'

import { Download, Trash2 } from 'lucide-react'
import { useFormatter, useTranslations } from 'next-intl'
import type { AttachmentView } from '@/lib/domain/attachments/view'
import { visibleText } from '@/lib/domain/text/visible-text'
import { Button } from '../ui/button'
import { fileHref } from './upload-file'

const MEGABYTE = 1_048_576

interface FileListProps {
  files: readonly AttachmentView[]
  /** Deletes a file of the reader; unset where none may be deleted. */
  onDelete?: (file: AttachmentView) => void
}

/** Attached files as downloads. Nothing without any. */
export function FileList({ files, onDelete }: FileListProps) {
  const t = useTranslations('files')
  const format = useFormatter()
  if (files.length === 0) return null
  const sizeOf = (bytes: number) =>
    bytes < MEGABYTE
      ? t('kilobytes', { size: format.number(Math.ceil(bytes / 1024)) })
      : t('megabytes', { size: format.number(bytes / MEGABYTE, { maximumFractionDigits: 1 }) })
  return (
    <ul aria-label={t('title')} className="flex flex-col gap-1">
      {files.map(file => (
        <li key={file.id} className="flex min-w-0 items-start gap-2">
          <span className="min-w-0 flex-1">
            {/* Not a page: a download that the audit log records, so nothing may fetch it ahead. */}
            <a
              href={fileHref(file.id)}
              download
              className="inline-flex items-center gap-1 break-all text-accent underline underline-offset-2"
            >
              <Download aria-hidden className="size-3.5 shrink-0" />
              {visibleText(file.name)}
            </a>
            <span className="block text-muted text-xs" title={`SHA-256 ${file.sha256}`}>
              {t('about', { size: sizeOf(file.sizeBytes), name: file.uploadedName })}
            </span>
          </span>
          {onDelete && file.own ? (
            <Button
              size="sm"
              variant="ghost"
              isIconOnly
              aria-label={t('delete', { name: file.name })}
              onPress={() => onDelete(file)}
            >
              <Trash2 aria-hidden className="size-4" />
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  )
}
