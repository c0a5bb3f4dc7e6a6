'use client'

import { Search } from 'lucide-react'
import { type FormEvent, useEffect, useState } from 'react'

interface SearchBoxProps {
  label: string
  placeholder?: string
  /** What the list was searched for. */
  text: string
  onSearch: (text: string) => void
  className?: string
}

/** The field in which a list is searched, once it is submitted. It follows the address. */
export function SearchBox(props: SearchBoxProps) {
  const { label, placeholder = label, text: searched, onSearch, className = 'sm:w-64' } = props
  const [text, setText] = useState(searched)
  useEffect(() => setText(searched), [searched])
  function submit(event: FormEvent) {
    event.preventDefault()
    onSearch(text.trim())
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
        onChange={event => setText(event.target.value)}
        className="h-8 w-full rounded-xl border border-field-border bg-field ps-7 pe-2 text-base placeholder:text-field-placeholder sm:h-7 sm:text-xs"
      />
    </form>
  )
}
