import { type FocusEvent, useEffect, useRef } from 'react'

type Field = HTMLInputElement | HTMLTextAreaElement

/** Kinds of input that hold no text of a person. */
const CHOICES = ['checkbox', 'radio', 'file', 'hidden', 'button', 'submit', 'search']

function isText(target: EventTarget): target is Field {
  if (target instanceof HTMLTextAreaElement) return true
  return target instanceof HTMLInputElement && !CHOICES.includes(target.type)
}

/**
 * Tracks whether the fields of a form contain typed text: each is compared with its value when it got the focus. `open`
 * resets it.
 */
export function useTypedText(open: boolean) {
  const fields = useRef(new Map<Field, string>())
  useEffect(() => {
    if (open) fields.current.clear()
  }, [open])
  return {
    onFocusCapture: ({ target }: FocusEvent) => {
      if (isText(target) && !fields.current.has(target)) fields.current.set(target, target.value)
    },
    isTyped: () => [...fields.current].some(([field, before]) => field.isConnected && field.value !== before),
  }
}

/** Moves the focus to the first invalid field after a form was sent. Sending may take a moment. */
export function useFocusOnError() {
  const stop = useRef<() => void>(undefined)
  useEffect(() => () => stop.current?.(), [])
  return ({ currentTarget: form }: { currentTarget: HTMLElement }) => {
    stop.current?.()
    const observer = new MutationObserver(() => {
      const wrong = form.querySelector('[aria-invalid="true"]')
      if (!(wrong instanceof HTMLElement)) return
      wrong.focus()
      observer.disconnect()
    })
    observer.observe(form, { subtree: true, attributeFilter: ['aria-invalid'] })
    stop.current = () => observer.disconnect()
  }
}
