'use client'

import { Dropdown } from '@heroui/react'
import type { ReactNode } from 'react'
import { Button } from '../button'

interface MenuItem {
  id: string
  label: string
  icon?: ReactNode
  href?: string
  onAction?: () => void
  /** The item is the current choice, also for screen readers. */
  chosen?: boolean
  danger?: boolean
}

interface MenuProps {
  /** The name of the menu for screen readers, and of a trigger that is only an icon. */
  label: string
  trigger: ReactNode
  items: readonly MenuItem[]
  /** Set if the items are one choice and not actions. */
  choice?: boolean
  triggerClassName?: string
  iconOnly?: boolean
}

/** A button that opens a list of actions, links, or one choice. */
export function Menu({ label, trigger, items, choice = false, triggerClassName = '', iconOnly = false }: MenuProps) {
  const chosen = items.filter(item => item.chosen).map(item => item.id)
  return (
    <Dropdown>
      <Button
        className={triggerClassName}
        variant="ghost"
        size="sm"
        isIconOnly={iconOnly}
        {...(iconOnly || choice ? { 'aria-label': label } : {})}
      >
        {trigger}
      </Button>
      <Dropdown.Popover placement="bottom end" className="min-w-44">
        <Dropdown.Menu
          aria-label={label}
          onAction={key => items.find(item => item.id === key)?.onAction?.()}
          {...(choice ? { selectionMode: 'single' as const, selectedKeys: chosen, disallowEmptySelection: true } : {})}
        >
          {items.map(item => (
            <Dropdown.Item
              key={item.id}
              id={item.id}
              textValue={item.label}
              variant={item.danger ? 'danger' : 'default'}
              {...(item.href === undefined ? {} : { href: item.href })}
            >
              {choice ? <Dropdown.ItemIndicator /> : null}
              {item.icon ?? null}
              <span>{item.label}</span>
            </Dropdown.Item>
          ))}
        </Dropdown.Menu>
      </Dropdown.Popover>
    </Dropdown>
  )
}
