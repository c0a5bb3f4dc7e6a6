import Link from 'next/link'
import { notFound } from 'next/navigation'
import { getFormatter, getTranslations } from 'next-intl/server'
import { cache } from 'react'
import { KeyFacts } from '@/components/access-keys/key-facts'
import { keysHref, readSystem } from '@/components/access-keys/key-params'
import { KeyRules } from '@/components/access-keys/key-rules'
import { KeyUseText } from '@/components/access-keys/key-texts'
import { MarkKeyButtons } from '@/components/access-keys/mark-key'
import { ReplacementSteps } from '@/components/access-keys/replacement-steps'
import { Panel } from '@/components/ui/layout/panel'
import { requireAccess } from '@/lib/access/access'
import { holds } from '@/lib/access/proof'
import { KeyId } from '@/lib/domain/access-keys/filter'
import { replacementOf } from '@/lib/domain/access-keys/replacement/replacement'
import { AccountId } from '@/lib/domain/accounts/account-id'
import { visibleText } from '@/lib/domain/text/visible-text'
import { NotFoundError } from '@/lib/errors'
import { getKey } from '@/lib/queries/access-keys/keys'
import { keyReplacement } from '@/lib/queries/access-keys/replacement'
import { mark } from '../../actions'

type Params = Promise<{ accountId: string; keyId: string }>
type Search = Promise<Record<string, string | string[] | undefined>>

/** The key of this address, read once for all sections. "Not found" in an account that the reader may not see. */
const loadKey = cache(async (account: string, key: string) => {
  const access = await requireAccess('findings:read')
  const [accountId, keyId] = [AccountId.safeParse(account), KeyId.safeParse(key)]
  if (!accountId.success || !keyId.success) notFound()
  try {
    return { access, row: await getKey(access, accountId.data, keyId.data) }
  } catch (error) {
    if (error instanceof NotFoundError) notFound()
    throw error
  }
})

async function load(params: Params) {
  const { accountId, keyId } = await params
  return loadKey(accountId, keyId)
}

export async function title(params: Params): Promise<string> {
  const [{ row }, t] = await Promise.all([load(params), getTranslations('accessKeys')])
  return t('keyOf', { user: visibleText(row.user.name) })
}

export async function Heading({ params }: { params: Params }) {
  return <>{await title(params)}</>
}

export async function Lead({ params }: { params: Params }) {
  const [{ row }, t] = await Promise.all([load(params), getTranslations('accessKeys')])
  return (
    <span className="flex flex-wrap items-center gap-x-3 text-xs">
      <span className="break-all font-mono">{visibleText(row.id)}</span>
      <Link href={keysHref()} className="text-accent hover:underline">
        {t('toAll')}
      </Link>
    </span>
  )
}

export async function FactsSection({ params }: { params: Params }) {
  const [{ row }, t] = await Promise.all([load(params), getTranslations('accessKeys')])
  return (
    <Panel title={t('facts')}>
      <KeyFacts row={row} />
    </Panel>
  )
}

export async function ReasonsSection({ params }: { params: Params }) {
  const [{ access, row }, t, format] = await Promise.all([load(params), getTranslations('accessKeys'), getFormatter()])
  const { marked, score, use, rules } = row
  const day = marked && format.dateTime(marked.at, { dateStyle: 'medium' })
  return (
    <Panel title={t('reasons')} aside={t('score', { score })} className="flex flex-col gap-2">
      <p className="flex flex-wrap items-center gap-x-3">
        <KeyUseText use={use} />
        {day ? <span className="text-muted text-xs">{t('markedBy', { name: marked.by ?? '-', day })}</span> : null}
      </p>
      <KeyRules rules={rules} />
      <p className="text-muted text-xs">{t('thresholds')}</p>
      {holds(access, 'findings:triage') ? (
        <MarkKeyButtons account={row.account.id} id={row.id} mark={row.mark} run={mark} />
      ) : null}
    </Panel>
  )
}

export async function ReplacementSection({ params, searchParams }: { params: Params; searchParams: Search }) {
  const [{ access, row }, chosen, t] = await Promise.all([
    load(params),
    readSystem(searchParams),
    getTranslations('accessKeys'),
  ])
  if (row.state === 'gone') return null
  const system = chosen ?? row.system ?? row.trusts[0] ?? 'github'
  const replacement = replacementOf(system, await keyReplacement(access, row))
  return (
    <Panel title={t('replaceTitle')}>
      <ReplacementSteps account={row.account.id} id={row.id} replacement={replacement} />
    </Panel>
  )
}
