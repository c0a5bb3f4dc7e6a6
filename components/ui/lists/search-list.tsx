'use client'

import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'

interface SearchListProps<Item> {
  /** The names of the field and of the list. */
  label: string
  placeholder?: string
  listLabel: string
  text: string
  onText: (text: string) => void
  items: readonly Item[]
  itemKey: (item: Item) => string
  /** What a choice shows. */
  children: (item: Item) => ReactNode
  onChoose: (item: Item) => void
  /** What is announced below the list, such as the number of results. */
  status: ReactNode
}

/** A field that has the focus at once, and its results: arrow keys select, Enter takes the selected one. */
export function SearchList<Item>(props: SearchListProps<Item>) {
  const { label, placeholder, listLabel, text, onText, items, itemKey, children, onChoose, status } = props
  const id = useId()
  const [at, setAt] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  const selected = Math.min(at, items.length - 1)

  function onKey(event: KeyboardEvent) {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0 && items.length > 0) {
      event.preventDefault()
      const next = (selected + step + items.length) % items.length
      setAt(next)
      list.current?.querySelectorAll('[role=option]')[next]?.scrollIntoView({ block: 'nearest' })
    }
    const item = items[selected]
    // Enter also ends the conversion of Japanese input.
    if (event.key === 'Enter' && item !== undefined && !event.nativeEvent.isComposing) {
      event.preventDefault()
      onChoose(item)
    }
  }
  return (
    <div className="mt-2 flex min-w-0 flex-col gap-2">
      <input
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={items.length > 0 ? `${id}-${selected}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        aria-label={label}
        placeholder={placeholder ?? label}
        ref={field}
        value={text}
        onChange={event => {
          setAt(0)
          onText(event.target.value)
        }}
        onKeyDown={onKey}
        className="h-9 w-full rounded-xl border border-field-border bg-field px-3 text-base placeholder:text-field-placeholder sm:text-sm"
      />
      <div id={`${id}-list`} ref={list} role="listbox" aria-label={listLabel} className="max-h-96 overflow-y-auto">
        {items.map((item, index) => (
          <div
            key={itemKey(item)}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === selected}
            onPointerMove={() => setAt(index)}
            onClick={() => onChoose(item)}
            onKeyDown={onKey}
            className="flex min-h-9 cursor-pointer items-center gap-2 rounded-xl px-2 py-1 aria-selected:bg-accent-soft aria-selected:text-accent-soft-foreground"
          >
            {children(item)}
          </div>
        ))}
      </div>
      <p role="status" className="text-muted text-xs">
        {status}
      </p>
    </div>
  )
}
