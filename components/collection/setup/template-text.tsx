'use client'

import { Copy, Download } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '../../ui/button'
import { CopyButton } from '../../ui/copy-button'
import { ScrollArea } from '../../ui/layout/scroll-area'
import { sayDone } from '../../ui/overlays/toasts'

interface TemplateTextProps {
  file: string
  text: string
}

/** A policy or template, to copy, to download and to read. */
export function TemplateText({ file, text }: TemplateTextProps) {
  const t = useTranslations('settings.connections.steps')
  const tc = useTranslations('common')
  async function copy() {
    await navigator.clipboard.writeText(text)
    sayDone(tc('copied'))
  }
  function download() {
    const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
    const link = document.createElement('a')
    link.href = url
    link.download = file
    link.click()
    URL.revokeObjectURL(url)
  }
  return (
    <div className="rounded-xl border border-border">
      <div className="flex flex-wrap items-center gap-2 px-3 py-2">
        <code className="min-w-0 flex-[1_1_14rem] break-all text-xs">{file}</code>
        <Button size="sm" aria-label={t('copy', { file })} onPress={copy}>
          <Copy aria-hidden />
          {t('copyText')}
        </Button>
        <Button size="sm" aria-label={t('download', { file })} onPress={download}>
          <Download aria-hidden />
          {t('downloadText')}
        </Button>
      </div>
      <details className="border-border border-t">
        <summary className="cursor-pointer px-3 py-1.5 text-muted text-xs hover:text-foreground">
          {t('show', { file })}
        </summary>
        <ScrollArea label={file} className="max-h-96 border-border border-t bg-surface-secondary">
          <pre className="px-3 py-2 font-mono text-2xs">{text}</pre>
        </ScrollArea>
      </details>
    </div>
  )
}

/** A command for the AWS CLI. */
export function CommandText({ command }: { command: string }) {
  const t = useTranslations('settings.connections.steps')
  return (
    <div className="flex items-start gap-1 rounded-lg bg-surface-secondary ps-3 pe-1">
      <pre className="min-w-0 flex-1 whitespace-pre-wrap break-words py-1.5 font-mono text-xs">{command}</pre>
      <CopyButton text={command} label={t('copyCommand')} />
    </div>
  )
}
