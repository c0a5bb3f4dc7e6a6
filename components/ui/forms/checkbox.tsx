'use client'

import { Description, Checkbox as HeroCheckbox } from '@heroui/react'
import type { ReactNode } from 'react'

interface CheckboxProps {
  /** The label; with `hideLabel` it is for screen readers only. */
  label: ReactNode
  hideLabel?: boolean
  description?: ReactNode
  name?: string
  value?: string
  checked?: boolean
  defaultChecked?: boolean
  indeterminate?: boolean
  disabled?: boolean
  onChange?: (checked: boolean) => void
}

/** A checkbox. */
export function Checkbox(props: CheckboxProps) {
  const { label, hideLabel, description, checked, defaultChecked, indeterminate, disabled, onChange, ...rest } = props
  return (
    <HeroCheckbox
      isIndeterminate={indeterminate ?? false}
      isDisabled={disabled ?? false}
      {...(checked === undefined ? {} : { isSelected: checked })}
      {...(defaultChecked === undefined ? {} : { defaultSelected: defaultChecked })}
      {...(onChange ? { onChange } : {})}
      {...rest}
    >
      <HeroCheckbox.Content>
        <HeroCheckbox.Control>
          <HeroCheckbox.Indicator />
        </HeroCheckbox.Control>
        {hideLabel ? <span className="sr-only">{label}</span> : <span>{label}</span>}
      </HeroCheckbox.Content>
      {description ? <Description>{description}</Description> : null}
    </HeroCheckbox>
  )
}
