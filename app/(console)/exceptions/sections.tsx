import { getTranslations } from 'next-intl/server'
import { ExceptionLists } from '@/components/exceptions/exception-lists'
import { ExceptionTable } from '@/components/exceptions/exception-table'
import { RuleDialog } from '@/components/exceptions/rule-dialog'
import { EmptyState } from '@/components/ui/empty-state'
import { Panel } from '@/components/ui/panel'
import { requireAccess } from '@/lib/access/access'
import { holds } from '@/lib/access/proof'
import { exceptionLists } from '@/lib/domain/exception'
import { countExceptions, listExceptions } from '@/lib/queries/exceptions'
import { listAccountNames } from '@/lib/queries/members'
import { askForRule, decide, end, preview } from './actions'

export async function RuleButton() {
  const access = await requireAccess('findings:read')
  if (!holds(access, 'exceptions:request')) return null
  const accounts = await listAccountNames(access)
  return (
    <RuleDialog
      accounts={accounts.map(({ id, name }) => ({ id, label: name ? `${name} (${id})` : id }))}
      ask={askForRule}
      preview={preview}
    />
  )
}

export async function ExceptionsSection({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const [access, search, t] = await Promise.all([
    requireAccess('findings:read'),
    searchParams,
    getTranslations('exceptions'),
  ])
  const list = exceptionLists.find(each => each === search.list) ?? 'waiting'
  const [rows, counts] = await Promise.all([listExceptions(access, list), countExceptions(access)])
  return (
    <>
      <ExceptionLists chosen={list} counts={counts} />
      <Panel>
        {rows.length > 0 ? (
          <ExceptionTable rows={rows} actions={{ decide, end }} />
        ) : (
          <EmptyState title={t(`none.${list}`)}>{t('noneText')}</EmptyState>
        )}
      </Panel>
    </>
  )
}
