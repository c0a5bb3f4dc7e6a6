'use client'

import { useTranslations } from 'next-intl'
import { type ComponentProps, useTransition } from 'react'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { orSay, sayDone, sayFailed } from '../ui/overlays/toasts'

interface RunButtonProps<Input> extends Pick<ComponentProps<typeof Button>, 'variant' | 'size'> {
  label: string
  /** The label for screen readers, with what it is about. */
  name?: string
  done: string
  /** Apart from what it is called with: a server component can give a client one actions, but no functions of its own. */
  run: (input: Input) => Promise<ActionResult<unknown>>
  input: Input
}

/** Runs an action and says what happened. */
export function RunButton<Input>({ label, name, done, run, input, ...look }: RunButtonProps<Input>) {
  const t = useTranslations('common')
  const [pending, start] = useTransition()
  function press() {
    start(async () => {
      try {
        if (orSay(await run(input)) !== null) sayDone(done)
      } catch {
        sayFailed(t('failedNow'))
      }
    })
  }
  return (
    <Button {...look} {...(name ? { 'aria-label': name } : {})} isPending={pending} onPress={press}>
      {label}
    </Button>
  )
}
