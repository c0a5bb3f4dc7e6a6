'use client'

import { Button, ListBox, Popover, SearchField } from '@heroui/react'
import { ChevronDown } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { Option } from '../forms/select'

interface FilterMenuProps {
  label: string
  options: readonly Option[]
  chosen: readonly string[]
  onChange: (ids: string[]) => void
  /** Finds more options, such as by names that the list does not have. */
  find?: (text: string) => Promise<readonly Option[]>
}

const SEARCH_FROM = 9
/** After so long without another key more options are asked for. */
const PAUSE_MS = 200

/** A filter by any of several values. Long lists are searched, by keyboard alone as well. */
export function FilterMenu({ label, options: known, chosen, onChange, find }: FilterMenuProps) {
  const t = useTranslations('common')
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase()
  const found = useFound(wanted, find)
  const options = [...found, ...known.filter(({ id }) => !found.some(each => each.id === id))]
  const shown = wanted
    ? options.filter(option => found.includes(option) || option.label.toLowerCase().includes(wanted))
    : options
  const list = useRef<HTMLDivElement>(null)
  /** Enter chooses the first match, and the arrow leads to the list. */
  function onKeyDown(event: KeyboardEvent) {
    const [first] = shown
    if (event.key === 'ArrowDown') list.current?.querySelector<HTMLElement>('[role=option]')?.focus()
    else if (event.key === 'Enter' && first && wanted !== '' && !event.nativeEvent.isComposing)
      onChange(chosen.includes(first.id) ? chosen.filter(id => id !== first.id) : [...chosen, first.id])
    else return
    event.preventDefault()
  }
  return (
    <Popover onOpenChange={() => setText('')}>
      <Button size="sm" variant="outline" className={chosen.length > 0 ? 'border-accent text-accent' : ''}>
        {label}
        {chosen.length > 0 ? <span className="font-semibold">{chosen.length}</span> : null}
        <ChevronDown aria-hidden />
      </Button>
      <Popover.Content placement="bottom start" className={find ? 'w-96' : 'w-64'}>
        <Popover.Dialog aria-label={label} className="flex flex-col gap-1 p-1.5">
          {find || options.length >= SEARCH_FROM ? (
            <SearchField
              aria-label={t('searchIn', { label })}
              value={text}
              onChange={setText}
              onKeyDown={onKeyDown}
              autoFocus
            >
              <SearchField.Group>
                <SearchField.SearchIcon />
                <SearchField.Input placeholder={t('search')} />
              </SearchField.Group>
            </SearchField>
          ) : null}
          <ListBox
            ref={list}
            aria-label={label}
            selectionMode="multiple"
            // Escape closes the menu and must not undo the choice.
            escapeKeyBehavior="none"
            selectedKeys={chosen}
            onSelectionChange={keys => {
              if (keys === 'all') return
              const hidden = chosen.filter(id => !shown.some(option => option.id === id))
              onChange([...hidden, ...[...keys].map(String)])
            }}
            className="max-h-72 overflow-y-auto"
            renderEmptyState={() => <p className="px-2 py-3 text-muted text-xs">{t('noMatch')}</p>}
          >
            {shown.map(option => (
              <ListBox.Item key={option.id} id={option.id} textValue={visibleText(option.label)}>
                {visibleText(option.label)}
                <ListBox.ItemIndicator />
              </ListBox.Item>
            ))}
          </ListBox>
        </Popover.Dialog>
      </Popover.Content>
    </Popover>
  )
}

const NONE: readonly Option[] = []

/** The options that are found by a text; those of an earlier text until the answer comes. */
function useFound(wanted: string, find: FilterMenuProps['find']): readonly Option[] {
  const [found, setFound] = useState(NONE)
  useEffect(() => {
    if (!find || wanted === '') {
      setFound(NONE)
      return
    }
    let stale = false
    const timer = setTimeout(() => {
      find(wanted).then(
        options => {
          if (!stale) setFound(options)
        },
        // The options of the list stay.
        () => {},
      )
    }, PAUSE_MS)
    return () => {
      stale = true
      clearTimeout(timer)
    }
  }, [wanted, find])
  return found
}
