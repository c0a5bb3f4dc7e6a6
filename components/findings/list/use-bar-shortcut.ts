import { useEffect, useRef } from 'react'

/** F6 moves the focus from anywhere into an element. Inside it the key keeps its usual effect. */
export function useBarShortcut() {
  const bar = useRef<HTMLElement>(null)
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key !== 'F6' || event.shiftKey || !bar.current || bar.current.contains(document.activeElement)) return
      if (document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]')) return
      event.preventDefault()
      event.stopImmediatePropagation()
      bar.current.querySelector('button')?.focus()
    }
    window.addEventListener('keydown', onKey, { capture: true })
    return () => window.removeEventListener('keydown', onKey, { capture: true })
  }, [])
  return bar
}
