'use client'

import { Description, FieldError, TextField as HeroTextField, Input, Label, TextArea } from '@heroui/react'
import { type ComponentProps, type ReactNode, useId } from 'react'

interface TextFieldProps {
  label: ReactNode
  name?: string
  description?: ReactNode
  /** The error and its remedy, shown at the field. */
  error?: string | null | undefined
  value?: string
  defaultValue?: string
  onChange?: (value: string) => void
  type?: ComponentProps<typeof Input>['type']
  autoComplete?: string
  inputMode?: ComponentProps<typeof Input>['inputMode']
  placeholder?: string
  maxLength?: number
  min?: string
  max?: string
  rows?: number
  /** Offered while somebody types; anything else may be typed too. */
  suggestions?: readonly string[]
  required?: boolean
  disabled?: boolean
  autoFocus?: boolean
  className?: string
}

/** A labelled field of one line, or of several with `rows`, with description and error. */
export function TextField(props: TextFieldProps) {
  const { label, description, error, rows, required, disabled, className = '', ...field } = props
  const { type, autoComplete, inputMode, placeholder, min, max, autoFocus, suggestions, ...root } = field
  const list = useId()
  const input = {
    ...(placeholder === undefined ? {} : { placeholder }),
    ...(autoComplete === undefined ? {} : { autoComplete }),
    ...(inputMode === undefined ? {} : { inputMode }),
    ...(autoFocus === undefined ? {} : { autoFocus }),
  }
  return (
    <HeroTextField
      className={`flex flex-col gap-1 ${className}`}
      isInvalid={Boolean(error)}
      isRequired={required ?? false}
      isDisabled={disabled ?? false}
      validationBehavior="aria"
      {...root}
    >
      <Label>{label}</Label>
      {rows ? (
        <TextArea rows={rows} {...input} />
      ) : (
        <Input
          type={type ?? 'text'}
          {...input}
          {...(min === undefined ? {} : { min })}
          {...(max === undefined ? {} : { max })}
          {...(suggestions && suggestions.length > 0 ? { list } : {})}
        />
      )}
      {suggestions && suggestions.length > 0 ? (
        <datalist id={list}>
          {suggestions.map(text => (
            <option key={text} value={text} />
          ))}
        </datalist>
      ) : null}
      {description ? <Description>{description}</Description> : null}
      {error ? <FieldError>{error}</FieldError> : null}
    </HeroTextField>
  )
}
