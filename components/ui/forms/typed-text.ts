import { type FocusEvent, useEffect, useRef } from 'react'

type Field = HTMLInputElement | HTMLTextAreaElement

/** Kinds of input that hold no text of a person. */
const CHOICES = ['checkbox', 'radio', 'file', 'hidden', 'button', 'submit', 'search']

function isText(target: EventTarget): target is Field {
  if (target instanceof HTMLTextAreaElement) return true
  return target instanceof HTMLInputElement && !CHOICES.includes(target.type)
}

/**
 * Knows whether text was typed in the fields of a form and is still there: each is compared with what it held when it got the focus. `open`
 * begins anew.
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

/** Gives the first field that is marked wrong after a form was sent the focus. Sending may take a moment. */
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
