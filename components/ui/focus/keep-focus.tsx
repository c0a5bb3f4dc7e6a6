'use client'

import { useEffect } from 'react'

/** The time that dialogs and menus need to give back the focus on their own. */
const WAIT_MS = 120

/** Elements that can be focused, or made so, as the place of what was removed from them. */
const PLACES = '[tabindex], section, main'

/**
 * Moves the focus when its element is removed, such as a button that disappears with its effect or a message that closes:
 * back to the content, to the nearest place that is still there. Otherwise the next Tab would begin at the top of the page.
 */
export function KeepFocus() {
  useEffect(() => {
    let focused: Element | null = null
    /** What had the focus last in the content, and all that is around it. */
    let last: Element[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    function onFocus({ target }: FocusEvent) {
      if (!(target instanceof Element)) return
      focused = target
      if (!target.closest('main')) return
      last = []
      for (let at: Element | null = target; at && at !== document.body; at = at.parentElement) last.push(at)
    }
    // A press beside everything takes the focus away on purpose.
    function onPress({ target }: Event) {
      if (target instanceof Element && !target.closest('a, button, input, select, textarea, summary, label, [role]'))
        focused = null
    }
    const isLost = () => document.activeElement === document.body && focused?.isConnected === false
    function rescue() {
      if (!isLost()) return
      const isPlace = (each: Element, at: number) => each.isConnected && (at === 0 || each.matches(PLACES))
      const place = last.find(isPlace) ?? document.querySelector('main')
      if (!(place instanceof HTMLElement)) return
      if (place.matches(PLACES) && !place.hasAttribute('tabindex')) place.tabIndex = -1
      place.focus({ preventScroll: true })
    }
    const observer = new MutationObserver(() => {
      if (!isLost()) return
      clearTimeout(timer)
      timer = setTimeout(rescue, WAIT_MS)
    })
    observer.observe(document.body, { subtree: true, childList: true })
    document.addEventListener('focusin', onFocus)
    document.addEventListener('pointerdown', onPress, { capture: true })
    return () => {
      clearTimeout(timer)
      observer.disconnect()
      document.removeEventListener('focusin', onFocus)
      document.removeEventListener('pointerdown', onPress, { capture: true })
    }
  }, [])
  return null
}
