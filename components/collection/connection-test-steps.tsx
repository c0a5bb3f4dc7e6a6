import { CircleCheck, CircleMinus, CircleX } from 'lucide-react'
import { useLocale, useTranslations } from 'next-intl'
import { collectorDefinition } from '@/lib/domain/collection/collectors'
import type { ConnectionTestStep } from '@/lib/domain/collection/connection-test'
import { FailureMessage } from './failure-message'

const icons = { ok: CircleCheck, failed: CircleX, skipped: CircleMinus } as const
const colors = { ok: 'text-success', failed: 'text-danger', skipped: 'text-muted' } as const

/**
 * The steps of a test of a connection so far: for a failed one the missing permission or setting, and where to set it.
 */
export function ConnectionTestSteps({ steps }: { steps: readonly ConnectionTestStep[] }) {
  return (
    <ol className="grid gap-2">
      {steps.map(step => (
        <Step key={`${step.id} ${step.collector ?? ''} ${step.account ?? ''}`} step={step} />
      ))}
    </ol>
  )
}

function Step({ step }: { step: ConnectionTestStep }) {
  const t = useTranslations('collection')
  const locale = useLocale()
  const { id, state, failure } = step
  const Icon = icons[state]
  const collector = collectorDefinition(step.collector ?? '')?.name[locale === 'ja' ? 'ja' : 'en'] ?? ''
  return (
    <li className="flex items-start gap-2 text-sm">
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${colors[state]}`} />
      <span className="grid gap-0.5">
        <span>{t(`test.${id}.${state}`, { account: step.account ?? '', collector })}</span>
        {failure ? (
          <>
            <span className="text-muted">
              {t(`failures.${failure.reason}`, { action: failure.action ?? failure.operation })}
            </span>
            <FailureMessage operation={failure.operation} message={failure.message} />
          </>
        ) : null}
      </span>
    </li>
  )
}
