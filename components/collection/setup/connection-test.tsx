'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { ConnectionTestStep } from '@/lib/domain/collection/connection-test'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { orSay, sayFailed } from '../../ui/overlays/toasts'
import { ConnectionTestSteps } from '../connection-test-steps'

interface ConnectionTestProps {
  id: string
  test: (input: { id: string }) => Promise<ActionResult<AsyncIterable<ConnectionTestStep>>>
}

/** Tests a connection and shows each step as it ends, with what is missing. */
export function ConnectionTest({ id, test }: ConnectionTestProps) {
  const t = useTranslations()
  const ts = useTranslations('settings.connections.steps.test')
  const [pending, setPending] = useState(false)
  const [steps, setSteps] = useState<ConnectionTestStep[]>([])
  const skipped = steps.filter(({ state }) => state === 'skipped')
  const failed = steps.filter(({ state }) => state === 'failed').length
  async function run() {
    setSteps([])
    setPending(true)
    try {
      const coming = orSay(await test({ id }))
      if (coming) for await (const step of coming) setSteps(before => [...before, step])
    } catch {
      sayFailed(t('common.failedNow'))
    } finally {
      setPending(false)
    }
  }
  return (
    <div className="flex flex-col items-start gap-3">
      <Button isPending={pending} onPress={run}>
        {ts('run')}
      </Button>
      <p role="status" className={`empty:hidden ${failed > 0 ? 'text-bad' : 'text-muted'}`}>
        {pending ? ts('running') : null}
        {!pending && steps.length > 0 ? (failed > 0 ? ts('failed', { count: failed }) : ts('passed')) : null}
      </p>
      {steps.length > 0 ? <ConnectionTestSteps steps={steps.filter(({ state }) => state !== 'skipped')} /> : null}
      {skipped.length > 0 ? (
        <details className="w-full">
          <summary className="cursor-pointer text-muted hover:text-foreground">
            {ts('skipped', { count: skipped.length })}
          </summary>
          <div className="pt-2">
            <ConnectionTestSteps steps={skipped} />
          </div>
        </details>
      ) : null}
    </div>
  )
}
