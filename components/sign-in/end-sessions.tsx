'use client'

import { useTranslations } from 'next-intl'
import { useTransition } from 'react'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { orSay, sayDone } from '../ui/overlays/toasts'
import { verifyFirst } from '../verify/verify-first'

/** Signs the reader out of all other sessions. */
export function EndSessions({ end }: { end: (input: Record<string, never>) => Promise<ActionResult<unknown>> }) {
  const t = useTranslations('settings.profile')
  const [pending, start] = useTransition()
  function run() {
    start(async () => {
      if (orSay(await verifyFirst(end)({})) !== null) sayDone(t('sessionsEnded'))
    })
  }
  return (
    <Button isPending={pending} onPress={run}>
      {t('endSessions')}
    </Button>
  )
}
