'use client'

import { Button as HeroButton, Popover } from '@heroui/react'
import { ChevronDown } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { Button } from '../../ui/button'
import { TextField } from '../../ui/forms/text-field'

interface TextMenuProps {
  label: string
  /** What to write, and an example. */
  hint: string
  placeholder: string
  chosen: readonly string[]
  onChange: (values: string[]) => void
}

/** A filter by values that people write, such as tags. Those that are chosen stand beside the list, where they are removed. */
export function TextMenu({ label, hint, placeholder, chosen, onChange }: TextMenuProps) {
  const t = useTranslations('findings')
  const [open, setOpen] = useState(false)
  const [text, setText] = useState('')
  function onSubmit(event: FormEvent) {
    event.preventDefault()
    const value = text.trim()
    if (value === '') return
    setOpen(false)
    setText('')
    onChange([...new Set([...chosen, value])])
  }
  return (
    <Popover isOpen={open} onOpenChange={setOpen}>
      <HeroButton size="sm" variant="outline" className={chosen.length > 0 ? 'border-accent text-accent' : ''}>
        {label}
        {chosen.length > 0 ? <span className="font-semibold">{chosen.length}</span> : null}
        <ChevronDown aria-hidden />
      </HeroButton>
      <Popover.Content placement="bottom start" className="w-72">
        <Popover.Dialog aria-label={label} className="p-3">
          <form onSubmit={onSubmit} className="flex flex-col gap-2">
            <TextField
              label={label}
              description={hint}
              placeholder={placeholder}
              maxLength={300}
              value={text}
              onChange={setText}
              autoFocus
            />
            <Button type="submit" variant="primary" size="sm" className="self-end">
              {t('addFilter')}
            </Button>
          </form>
        </Popover.Dialog>
      </Popover.Content>
    </Popover>
  )
}
