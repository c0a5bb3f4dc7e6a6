'use client'

import { Toast, toast } from '@heroui/react'
import { useTranslations } from 'next-intl'
import { type ActionResult, CANCELLED } from '../action-result'

/** The region of short messages, rendered once, in the providers. */
export function ToastArea() {
  const t = useTranslations('common')
  return (
    <Toast.Provider placement="bottom end" aria-label={t('messages')}>
      {({ toast: message }) => (
        <Toast toast={message} {...(message.content.variant ? { variant: message.content.variant } : {})}>
          <Toast.Indicator {...(message.content.variant ? { variant: message.content.variant } : {})} />
          <Toast.Content>
            <Toast.Title>{message.content.title}</Toast.Title>
          </Toast.Content>
          {message.content.actionProps ? <Toast.ActionButton {...message.content.actionProps} /> : null}
          <Toast.CloseButton aria-label={t('close')} />
        </Toast>
      )}
    </Toast.Provider>
  )
}

/** Reports a success; `next` adds a button, such as undo. */
export function sayDone(message: string, next?: { label: string; run: () => void }): void {
  const id = toast.success(message, {
    timeout: next ? 20_000 : 5_000,
    ...(next
      ? {
          actionProps: {
            children: next.label,
            variant: 'secondary',
            size: 'sm',
            onPress: () => {
              toast.close(id)
              next.run()
            },
          },
        }
      : {}),
  })
}

/** Reports an error and stays until it is closed. */
export function sayFailed(message: string): void {
  toast.danger(message, { timeout: 0 })
}

/** Returns the data of an action, or shows its error and returns null. A cancelled action shows nothing. */
export function orSay<T>(result: ActionResult<T>): T | null {
  if (result.ok) return result.data
  if (result.code !== CANCELLED) sayFailed(result.message)
  return null
}
