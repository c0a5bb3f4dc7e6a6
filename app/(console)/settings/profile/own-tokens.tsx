import { getTranslations } from 'next-intl/server'
import { TokenTable } from '@/components/people/tokens/token-table'
import { Panel } from '@/components/ui/layout/panel'
import { requireAccess } from '@/lib/access/access'
import { listAccountNames } from '@/lib/queries/people/members'
import { listOwnTokens } from '@/lib/queries/people/tokens'
import { endOwnToken } from './token-actions'

/** The API tokens of the reader; renders nothing if there are none. */
export async function OwnTokens() {
  const access = await requireAccess('findings:read')
  const rows = await listOwnTokens(access)
  if (rows.length === 0) return null
  const [t, accounts] = await Promise.all([getTranslations('settings.profile'), listAccountNames(access)])
  return (
    <Panel title={t('tokens')} id="tokens">
      <p className="mb-3 text-muted">{t('tokensText')}</p>
      <TokenTable rows={rows} accounts={accounts} revoke={endOwnToken} />
    </Panel>
  )
}
