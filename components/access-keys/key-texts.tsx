import { Bot, CircleHelp, KeyRound, ShieldCheck, User } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { KeyState } from '@/lib/domain/access-keys/filter'
import type { KeyUse } from '@/lib/domain/access-keys/pipeline'
import type { KeyRow } from '@/lib/domain/access-keys/views'
import type { PipelineSystem } from '@/lib/domain/trust/issuers'

const USES = {
  pipeline: { icon: Bot, colour: 'font-semibold text-bad' },
  probable: { icon: CircleHelp, colour: 'font-semibold text-warning' },
  other: { icon: User, colour: 'text-muted' },
} as const satisfies Record<KeyUse, unknown>

/** Whether a pipeline uses a key, as symbol and word. A replaced one is nothing to worry about. */
export function KeyUseText({ use, active = true }: { use: KeyUse; active?: boolean }) {
  const t = useTranslations('accessKeys.uses')
  const { icon: Icon, colour } = USES[use]
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${active ? colour : 'text-muted'}`}>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {t(use)}
    </span>
  )
}

export function KeyStateText({ state }: { state: KeyState }) {
  const t = useTranslations('accessKeys.states')
  const Icon = state === 'active' ? KeyRound : ShieldCheck
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${state === 'active' ? '' : 'text-good'}`}>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {t(state)}
    </span>
  )
}

/** Names of CI systems. They are the same in every language. */
export const systemNames: Readonly<Record<PipelineSystem, string>> = {
  github: 'GitHub Actions',
  gitlab: 'GitLab CI/CD',
  circleci: 'CircleCI',
  bitbucket: 'Bitbucket Pipelines',
  terraform: 'Terraform Cloud',
}

/** Whether the account trusts the issuer of the CI system that a key belongs to, or of any if that is not known. */
export function TrustText({ row: { system, trusts } }: { row: Pick<KeyRow, 'system' | 'trusts'> }) {
  const t = useTranslations('accessKeys')
  if (system && trusts.includes(system))
    return <span className="text-good">{t('trusts', { names: systemNames[system] })}</span>
  if (system) return <span className="text-muted">{t('trustsNot', { name: systemNames[system] })}</span>
  if (trusts.length === 0) return <span className="text-muted">{t('trustsNone')}</span>
  return <span>{t('trusts', { names: trusts.map(each => systemNames[each]).join(', ') })}</span>
}
