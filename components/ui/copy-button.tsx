'use client'

import { Check, Copy } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from './button'

interface CopyButtonProps {
  text: string
  /** What is copied. */
  label: string
  /** Whether the label is shown beside the icon. */
  showLabel?: boolean
}

/** Puts `text` on the clipboard. */
export function CopyButton({ text, label, showLabel = false }: CopyButtonProps) {
  const t = useTranslations('common')
  const [copied, setCopied] = useState(false)
  async function copy() {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <>
      <Button
        {...(showLabel ? {} : { variant: 'ghost', size: 'sm', isIconOnly: true, 'aria-label': label })}
        onPress={copy}
      >
        {copied ? <Check aria-hidden className="text-good" /> : <Copy aria-hidden />}
        {showLabel ? label : null}
      </Button>
      <span role="status" className="sr-only">
        {copied ? t('copied') : ''}
      </span>
    </>
  )
}
