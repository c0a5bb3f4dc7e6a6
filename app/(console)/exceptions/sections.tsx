import { getLocale, getTranslations } from 'next-intl/server'
import { RuleDialog } from '@/components/exceptions/dialogs/rule-dialog'
import { ExceptionLists } from '@/components/exceptions/exception-lists'
import { exceptionsHref, readExceptionList } from '@/components/exceptions/exception-params'
import { ExceptionTable } from '@/components/exceptions/exception-table'
import { Panel } from '@/components/ui/layout/panel'
import { EmptyState } from '@/components/ui/lists/empty-state'
import { Pagination } from '@/components/ui/lists/pagination'
import { requireAccess } from '@/lib/access/access'
import { holds } from '@/lib/access/proof'
import { withCanonicalFindings } from '@/lib/domain/controls/text/titles'
import { countExceptions, listExceptions } from '@/lib/queries/exceptions/exceptions'
import { listAccountNames } from '@/lib/queries/people/members'
import { askForRule, decide, end, preview, review } from './actions'

const PAGE_ROWS = 50

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
  const [access, { list, after }, t] = await Promise.all([
    requireAccess('findings:read'),
    readExceptionList(searchParams),
    getTranslations('exceptions'),
  ])
  const [locale, page, counts] = await Promise.all([
    getLocale(),
    listExceptions(access, list, { cursor: after.at(-1) ?? null, limit: PAGE_ROWS }),
    countExceptions(access),
  ])
  return (
    <>
      <ExceptionLists chosen={list} counts={counts} />
      <Panel>
        {page.rows.length > 0 ? (
          <ExceptionTable rows={withCanonicalFindings(locale, page.rows)} actions={{ decide, end, preview, review }} />
        ) : (
          <EmptyState title={t(`none.${list}`)}>{t('noneText')}</EmptyState>
        )}
        <Pagination
          previous={after.length > 0 ? exceptionsHref(list, after.slice(0, -1)) : null}
          next={page.next ? exceptionsHref(list, [...after, page.next]) : null}
        />
      </Panel>
    </>
  )
}
