'use client'

import { Check, Copy } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from './button'

/** Puts `text` on the clipboard. `label` says what is copied. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const t = useTranslations('common')
  const [copied, setCopied] = useState(false)
  async function copy() {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <>
      <Button variant="ghost" size="sm" isIconOnly aria-label={label} onPress={copy}>
        {copied ? <Check aria-hidden className="text-good" /> : <Copy aria-hidden />}
      </Button>
      <span role="status" className="sr-only">
        {copied ? t('copied') : ''}
      </span>
    </>
  )
}
