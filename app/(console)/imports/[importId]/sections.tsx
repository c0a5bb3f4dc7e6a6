import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { cache } from 'react'
import { z } from 'zod'
import { HeldBack } from '@/components/imports/detail/held-back'
import { ImportSummary } from '@/components/imports/detail/import-summary'
import { KeepFresh } from '@/components/imports/detail/keep-fresh'
import { RejectTable } from '@/components/imports/detail/reject-table'
import { ImportStateText } from '@/components/imports/import-state'
import { PageShell } from '@/components/ui/layout/page-shell'
import { LinkButton } from '@/components/ui/link-button'
import { requireAccess } from '@/lib/access/access'
import { visibleText } from '@/lib/domain/text/visible-text'
import { NotFoundError } from '@/lib/errors'
import { getImport } from '@/lib/queries/imports/imports'
import { confirm, retry } from '../actions'

type Params = Promise<{ importId: string }>

const ImportId = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number)

/** The import of this address, read once for title and page. */
const loadImport = cache(async (id: string) => {
  const access = await requireAccess('imports:read')
  const parsed = ImportId.safeParse(id)
  if (!parsed.success) notFound()
  try {
    return await getImport(access, parsed.data)
  } catch (error) {
    if (error instanceof NotFoundError) notFound()
    throw error
  }
})

export async function importTitle(params: Params): Promise<string> {
  const [run, t] = await Promise.all([loadImport((await params).importId), getTranslations('imports')])
  return visibleText(run.fileName ?? '') || t('nameless', { id: run.id })
}

export async function ImportSection({ params }: { params: Params }) {
  const [run, title, t] = await Promise.all([
    loadImport((await params).importId),
    importTitle(params),
    getTranslations('imports'),
  ])
  return (
    <PageShell
      title={title}
      lead={<ImportStateText run={run} />}
      actions={<LinkButton href="/imports">{t('back')}</LinkButton>}
    >
      <KeepFresh active={run.state === 'queued' || run.state === 'running'} />
      <ImportSummary run={run} retry={retry} />
      <HeldBack run={run} confirm={confirm} />
      <RejectTable run={run} />
    </PageShell>
  )
}
