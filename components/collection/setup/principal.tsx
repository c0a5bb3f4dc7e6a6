import { useTranslations } from 'next-intl'
import type { Failure } from '@/lib/domain/collection/failure'
import { toText } from '@/lib/domain/collection/policy/document'
import { callerPolicy } from '@/lib/domain/collection/policy/policies'
import type { Principal } from '@/lib/domain/collection/policy/principal'
import type { ConnectionView } from '@/lib/domain/collection/views'
import { CopyButton } from '../../ui/copy-button'
import { LinkButton } from '../../ui/link-button'
import { FailureMessage } from '../failure-message'
import { Deploy } from './setup-step'

/** The principal whose credentials this server has: the caller's ARN, or why there is none. */
export type Caller =
  | { identity: { arn: string; principal: Principal | null }; failure: null }
  | { identity: null; failure: Failure }

const FILE = 'hinomi-caller-policy.json'

interface PrincipalFactsProps {
  caller: Caller
  connection: ConnectionView
  /** The role for writing back, where that is switched on. */
  writeRole?: string
}

/** The principal that the roles trust, and the policy that it needs to assume them. */
export function PrincipalFacts({ caller, connection, writeRole }: PrincipalFactsProps) {
  const t = useTranslations('settings.connections.steps')
  const tf = useTranslations('collection.failures')
  if (caller.identity === null) {
    const { reason, action, operation, message } = caller.failure
    return (
      <div className="flex flex-col items-start gap-2">
        <p className="text-bad">{tf(reason, { action: action ?? operation })}</p>
        <FailureMessage message={message} />
        <LinkButton href={`/settings/connections/${connection.id}`} prefetch={false} size="sm">
          {t('principal.again')}
        </LinkButton>
      </div>
    )
  }
  const { arn, principal } = caller.identity
  if (principal === null) {
    return (
      <div className="flex flex-col gap-1">
        <code className="break-all text-xs">{arn}</code>
        <p className="text-bad">{t('principal.none')}</p>
      </div>
    )
  }
  const { kind, name } = principal
  const put = `aws iam put-${kind}-policy --${kind}-name ${name} --policy-name HinomiAssumeRoles --policy-document file://${FILE}`
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 rounded-lg bg-surface-secondary px-3 py-1.5">
        <span className="text-muted text-xs">{t('principal.runsAs')}</span>
        <code className="min-w-0 flex-1 break-all font-mono text-xs">{principal.arn}</code>
        <CopyButton text={principal.arn} label={t('principal.copy')} />
      </div>
      {principal.pathKnown ? null : <p className="text-muted text-xs">{t('principal.pathUnknown')}</p>}
      <Deploy
        file={FILE}
        text={toText(callerPolicy(principal, [connection.roleName, ...(writeRole ? [writeRole] : [])]))}
        place={t('principal.console', { kind, name })}
        commands={[put]}
      />
    </>
  )
}
