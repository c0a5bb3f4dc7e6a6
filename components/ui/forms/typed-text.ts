import { type FocusEvent, useEffect, useRef } from 'react'

type Field = HTMLInputElement | HTMLTextAreaElement

/** After this time a form that was sent shows its errors, or that it is being sent. */
const RENDERED_MS = 100

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

/** The first invalid field of a form: what it is typed into, or the button of a choice. */
const INVALID = '[aria-invalid="true"], [data-invalid="true"] > button'
const SENDING = '[data-pending="true"]'

/**
 * Moves the focus to the first invalid field after a form was sent, also if it was invalid before. Sending may take a
 * moment, during which a button is pending.
 */
export function useFocusOnError() {
  const stop = useRef<() => void>(undefined)
  useEffect(() => () => stop.current?.(), [])
  return ({ currentTarget: form }: { currentTarget: HTMLElement }) => {
    stop.current?.()
    function focusInvalid() {
      const invalid = form.querySelector(SENDING) ? null : form.querySelector(INVALID)
      if (!(invalid instanceof HTMLElement)) return
      invalid.focus()
      stop.current?.()
    }
    const observer = new MutationObserver(focusInvalid)
    observer.observe(form, { subtree: true, attributeFilter: ['aria-invalid', 'data-invalid', 'data-pending'] })
    const timer = setTimeout(focusInvalid, RENDERED_MS)
    stop.current = () => {
      clearTimeout(timer)
      observer.disconnect()
    }
  }
}
