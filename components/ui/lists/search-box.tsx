'use client'

import { Search } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'

interface SearchBoxProps {
  label: string
  placeholder?: string
  /** What the list was searched for. */
  text: string
  /** `history`: a search that goes on replaces its entry, so that one step back leaves it. */
  onSearch: (text: string, history: 'push' | 'replace') => void
  className?: string
}

/** After so long without another key the list is searched. */
const PAUSE_MS = 350

/** The field in which a list is searched while people type. It follows the address. */
export function SearchBox(props: SearchBoxProps) {
  const { label, placeholder = label, text: searched, onSearch, className = 'sm:w-64' } = props
  const [text, setText] = useState(searched)
  const latest = useRef(searched)
  /** Searches whose answers have not come. */
  const waiting = useRef(new Set<string>())
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => {
    // Answers come while people type on.
    if (!waiting.current.has(searched)) {
      setText(searched)
      latest.current = searched
    }
    if (searched === latest.current) waiting.current.clear()
  }, [searched])
  useEffect(() => () => clearTimeout(timer.current), [])
  function search(wanted: string) {
    clearTimeout(timer.current)
    const next = wanted.trim()
    if (next === latest.current) return
    const history = latest.current === '' ? 'push' : 'replace'
    latest.current = next
    waiting.current.add(next)
    onSearch(next, history)
  }
  function type(wanted: string, isComposing: boolean) {
    setText(wanted)
    clearTimeout(timer.current)
    if (!isComposing) timer.current = setTimeout(() => search(wanted), PAUSE_MS)
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    search(text)
  }
  return (
    <form onSubmit={submit} className={`relative w-full ${className}`}>
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2 size-3.5 -translate-y-1/2 text-muted"
      />
      <input
        type="search"
        enterKeyHint="search"
        aria-label={label}
        placeholder={placeholder}
        value={text}
        maxLength={200}
        onChange={event => type(event.target.value, (event.nativeEvent as InputEvent).isComposing)}
        onCompositionEnd={event => type(event.currentTarget.value, false)}
        className="h-8 w-full rounded-xl border border-field-border bg-field ps-7 pe-2 text-base placeholder:text-field-placeholder sm:h-7 sm:text-xs"
      />
    </form>
  )
}
