'use client'

import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import type { AttachmentView } from '@/lib/domain/attachments/view'
import { Panel } from '../ui/layout/panel'
import { FileField } from './file-field'
import { FileList } from './file-list'

interface FilePanelProps {
  finding: string
  files: readonly AttachmentView[]
  /** Whether the reader may attach files. */
  may: boolean
}

/** The files of a finding. Nothing for a reader who may not attach any where there are none. */
export function FilePanel({ finding, files, may }: FilePanelProps) {
  const t = useTranslations('files')
  const router = useRouter()
  if (files.length === 0 && !may) return null
  const refresh = () => router.refresh()
  return (
    <Panel title={t('title')}>
      {may ? (
        <FileField owner={{ finding }} files={files} onAdd={refresh} onRemove={refresh} />
      ) : (
        <FileList files={files} />
      )}
    </Panel>
  )
}
