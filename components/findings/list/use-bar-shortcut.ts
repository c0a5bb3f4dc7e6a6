import { useEffect, useRef } from 'react'

/**
 * F6 moves the focus from anywhere to the first action of an element, and Escape back to where it was. Inside it F6 keeps
 * its usual effect.
 */
export function useBarShortcut() {
  const bar = useRef<HTMLElement>(null)
  const from = useRef<Element>(null)
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key === 'Escape' && bar.current?.contains(document.activeElement)) {
        if (from.current instanceof HTMLElement && from.current.isConnected) from.current.focus()
        return
      }
      if (event.key !== 'F6' || event.shiftKey || !bar.current || bar.current.contains(document.activeElement)) return
      if (document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]')) return
      event.preventDefault()
      event.stopImmediatePropagation()
      from.current = document.activeElement
      bar.current.querySelector<HTMLElement>('[data-first-action]')?.focus()
    }
    window.addEventListener('keydown', onKey, { capture: true })
    return () => window.removeEventListener('keydown', onKey, { capture: true })
  }, [])
  return bar
}
