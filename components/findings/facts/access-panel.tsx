import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { accountOfPrincipal } from '@/lib/domain/accounts/account-id'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { FindingDetail } from '@/lib/domain/views'
import { Panel } from '../../ui/layout/panel'
import { RelativeTime } from '../../ui/relative-time'
import { accountHref } from '../finding-links'
import { ConsoleLinks, type LinkedFinding } from './console-links'
import { Fact, FactList } from './fact'

type Shown = LinkedFinding & Pick<FindingDetail, 'facts' | 'principalAccounts'>
type Principal = { type: string; id: string }

/** https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingSource.html */
const GRANTS = ['POLICY', 'BUCKET_ACL', 'S3_ACCESS_POINT', 'S3_ACCESS_POINT_ACCOUNT'] as const
const isGrant = (text: string): text is (typeof GRANTS)[number] => GRANTS.some(grant => grant === text)
/**
 * Conditions that let in only identities of an organization: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const ORGANIZATION = new Set(['aws:principalorgid', 'aws:principalorgpaths', 'aws:sourceorgid', 'aws:sourceorgpaths'])

/** Who has access to a resource, to do what, under which conditions. Nothing for other findings. */
export function AccessPanel({ finding }: { finding: Shown }) {
  const t = useTranslations('finding.access')
  const format = useFormatter()
  const { facts, principalAccounts } = finding
  if (facts?.kind !== 'access') return null
  const { isPublic, principals, actions, conditions, grantedBy, lastUsed } = facts
  // Of several principals nothing says which one a condition is about.
  const limit = principals.length === 1 ? conditions.find(({ key }) => ORGANIZATION.has(key.toLowerCase())) : undefined
  const organization = limit?.value ?? null
  if (principals.length + actions.length + conditions.length === 0 && lastUsed === null && !isPublic) return null
  // Of everybody it is said in words.
  const named = isPublic ? principals.filter(({ id }) => id !== '*') : principals
  return (
    <Panel title={t('title')}>
      <FactList>
        {isPublic || named.length > 0 ? (
          <Fact name={t('who')}>
            {isPublic ? <strong className="font-semibold text-bad">{t('everyone')}</strong> : null}
            <ul>
              {named.map(principal => (
                <li key={`${principal.type}-${principal.id}`}>
                  <PrincipalText principal={principal} accounts={principalAccounts} organization={organization} />
                </li>
              ))}
            </ul>
          </Fact>
        ) : null}
        {actions.length > 0 ? (
          <Fact name={t('may')}>
            <span className="break-all font-mono text-xs leading-6">{actions.map(visibleText).join(', ')}</span>
          </Fact>
        ) : null}
        {principals.length > 0 || conditions.length > 0 ? (
          <Fact name={t('conditions')}>
            {conditions.length === 0 ? (
              t('noConditions')
            ) : (
              <ul>
                {conditions.map(({ key, value }) => (
                  <li key={`${key}-${value}`} className="break-all font-mono text-xs leading-6">
                    {visibleText(`${key} = ${value}`)}
                  </li>
                ))}
              </ul>
            )}
          </Fact>
        ) : null}
        {grantedBy.length > 0 ? (
          <Fact name={t('grantedBy')}>
            <span className="break-all">
              {format.list(grantedBy.map(grant => (isGrant(grant) ? t(`grants.${grant}`) : visibleText(grant))))}
            </span>
          </Fact>
        ) : null}
        {lastUsed ? (
          <Fact name={t('lastUsed')}>
            <RelativeTime date={new Date(lastUsed)} />
          </Fact>
        ) : null}
      </FactList>
      <ConsoleLinks finding={finding} />
    </Panel>
  )
}

/** A principal, and whether it belongs to an account that Hinomi knows, or to the organization that a condition names. */
function PrincipalText({
  principal: { type, id },
  accounts,
  organization,
}: {
  principal: Principal
  accounts: FindingDetail['principalAccounts']
  organization: string | null
}) {
  const t = useTranslations('finding.access')
  const own = accountOfPrincipal(id)
  const account = accounts.find(each => each.id === own)
  return (
    <>
      <span className="break-all font-mono text-xs leading-6">{visibleText(id)}</span>{' '}
      {account?.name ? (
        <Link href={accountHref(account.id)} className="text-accent underline underline-offset-2">
          {t('own', { name: visibleText(account.name) })}
        </Link>
      ) : account ? (
        t('ownUnnamed')
      ) : type === 'Service' ? (
        <span className="text-muted">{t('service')}</span>
      ) : organization !== null ? (
        <span className="break-all">{t('organization', { id: visibleText(organization) })}</span>
      ) : (
        <strong className="font-semibold text-bad">{t('outside')}</strong>
      )}
    </>
  )
}
