'use client'

import { Description, FieldError, Select as HeroSelect, Label, ListBox } from '@heroui/react'
import type { ReactNode } from 'react'

export interface Option {
  id: string
  label: string
}

interface SelectProps {
  label: string
  options: readonly Option[]
  value?: string | null
  defaultValue?: string
  onChange?: (value: string) => void
  name?: string
  placeholder?: string
  description?: ReactNode
  error?: string | null | undefined
  disabled?: boolean
  /** Keeps the label for screen readers only. */
  hideLabel?: boolean
  /** The height of small buttons beside it. */
  compact?: boolean
  className?: string
}

/** A choice of one option. */
export function Select(props: SelectProps) {
  const {
    label,
    options,
    onChange,
    description,
    error,
    disabled,
    hideLabel,
    compact = false,
    className = '',
    ...rest
  } = props
  return (
    <HeroSelect
      className={`min-w-36 ${className}`}
      isInvalid={Boolean(error)}
      isDisabled={disabled ?? false}
      {...(hideLabel ? { 'aria-label': label } : {})}
      {...rest}
      onChange={key => {
        if (typeof key === 'string') onChange?.(key)
      }}
    >
      {hideLabel ? null : <Label>{label}</Label>}
      <HeroSelect.Trigger className={compact ? 'min-h-7 py-0.5' : ''}>
        <HeroSelect.Value className={compact ? 'text-xs sm:text-xs' : 'text-sm'} />
        <HeroSelect.Indicator />
      </HeroSelect.Trigger>
      {description ? <Description>{description}</Description> : null}
      {error ? <FieldError>{error}</FieldError> : null}
      <HeroSelect.Popover>
        <ListBox>
          {options.map(option => (
            <ListBox.Item key={option.id} id={option.id} textValue={option.label}>
              {option.label}
              <ListBox.ItemIndicator />
            </ListBox.Item>
          ))}
        </ListBox>
      </HeroSelect.Popover>
    </HeroSelect>
  )
}
