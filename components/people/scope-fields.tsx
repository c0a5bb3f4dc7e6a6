'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { AccountName, Scope } from '@/lib/domain/people/views'
import { Checkbox } from '../ui/forms/checkbox'
import { TextField } from '../ui/forms/text-field'

interface ScopeFieldsProps {
  value: Scope
  onChange: (scope: Scope) => void
  known: readonly AccountName[]
  error: string | null
  disabled?: boolean
  /** Why the limit cannot be set here. */
  hint?: string
}

const MANY = 8

/** Every account, or only the selected ones. */
export function ScopeFields({ value, onChange, known, error, disabled = false, hint }: ScopeFieldsProps) {
  const t = useTranslations('settings.scope')
  const [text, setText] = useState('')
  const needle = text.trim().toLowerCase()
  const gone = value.accounts.filter(id => !known.some(account => account.id === id)).map(id => ({ id, name: '' }))
  const shown = [...known, ...gone].filter(({ id, name }) => `${name} ${id}`.toLowerCase().includes(needle))
  function toggle(id: string, on: boolean) {
    const accounts = on ? [...value.accounts, id] : value.accounts.filter(other => other !== id)
    onChange({ limited: true, accounts })
  }
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium">{t('title')}</legend>
      <Checkbox
        label={t('limit')}
        checked={value.limited}
        disabled={disabled}
        onChange={limited => onChange({ ...value, limited })}
        {...(hint ? { description: hint } : {})}
      />
      {value.limited && !disabled ? (
        <div className="flex flex-col gap-2 ps-6">
          {known.length > MANY ? <TextField label={t('filter')} value={text} onChange={setText} /> : null}
          <ul className="flex max-h-56 flex-col gap-1 overflow-y-auto rounded-lg border border-border p-2">
            {shown.map(({ id, name }) => (
              <li key={id}>
                <Checkbox
                  label={
                    <>
                      {name ? `${name} ` : ''}
                      <span className="font-mono text-muted text-xs">{id}</span>
                    </>
                  }
                  checked={value.accounts.includes(id)}
                  onChange={on => toggle(id, on)}
                />
              </li>
            ))}
            {shown.length === 0 ? (
              <li className="text-muted">{known.length === 0 ? t('noAccounts') : t('noMatch')}</li>
            ) : null}
          </ul>
          <p className="text-muted text-xs">{t('chosen', { count: value.accounts.length })}</p>
        </div>
      ) : null}
      {error ? (
        <p role="alert" className="text-bad text-sm">
          {error}
        </p>
      ) : null}
    </fieldset>
  )
}
