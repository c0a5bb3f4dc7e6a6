import { useTranslations } from 'next-intl'
import type { Command } from '@/lib/domain/commands/command'
import { visibleText } from '@/lib/domain/text/visible-text'
import { CopyButton } from '../../ui/copy-button'

/** Commands to copy, each with the shell variables that the reader has to set. */
export function CommandList({ commands }: { commands: readonly Command[] }) {
  const t = useTranslations('playbook')
  if (commands.length === 0) return null
  return (
    <ul>
      {commands.map(({ text, unset }) => (
        <li key={text} className="mt-1">
          <span className="flex items-start gap-1 rounded-lg bg-surface-secondary px-2 py-1">
            <code className="min-w-0 flex-1 whitespace-pre-wrap break-all font-mono text-xs leading-6">
              {visibleText(text)}
            </code>
            <CopyButton text={text} label={t('copy')} />
          </span>
          {unset.length > 0 ? (
            <span className="text-muted text-xs">{t('unset', { names: unset.join(', ') })}</span>
          ) : null}
        </li>
      ))}
    </ul>
  )
}
