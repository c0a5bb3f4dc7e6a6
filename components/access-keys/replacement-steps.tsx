import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { Replacement } from '@/lib/domain/access-keys/replacement/context'
import { pipelineSystems } from '@/lib/domain/trust/issuers'
import { CommandText, TemplateText } from '../collection/setup/template-text'
import { keyHref } from './key-params'
import { systemNames } from './key-texts'

interface ReplacementStepsProps {
  account: string
  id: string
  replacement: Replacement
}

/** The steps that replace a key by a role, with texts to copy. */
export function ReplacementSteps({ account, id, replacement }: ReplacementStepsProps) {
  const t = useTranslations('accessKeys.steps')
  const { system, trusted, issuer, role, trustPolicy, commands, workflow, unset, ...has } = replacement
  const name = systemNames[system]
  return (
    <div className="flex flex-col gap-3">
      <nav aria-label={t('systems')} className="flex flex-wrap gap-1">
        {pipelineSystems.map(each => (
          <Link
            key={each}
            href={keyHref(account, id, { system: each })}
            scroll={false}
            {...(each === system ? { 'aria-current': 'true' as const } : {})}
            className="rounded-lg px-2.5 py-1 text-muted text-xs hover:bg-default hover:text-foreground aria-[current]:bg-accent-soft aria-[current]:font-semibold aria-[current]:text-accent-soft-foreground"
          >
            {systemNames[each]}
          </Link>
        ))}
      </nav>
      <p>
        {trusted ? t('trusted', { issuer }) : t('notTrusted', { issuer })}
        {unset.length > 0 ? ` ${t('unset')} ` : null}
        {unset.map((word, at) => (
          <span key={word}>
            {at > 0 ? ', ' : ''}
            <code className="text-xs">{word}</code>
          </span>
        ))}
      </p>
      <ol className="flex flex-col gap-3">
        {commands.provider.length > 0 ? (
          <Step title={t('provider', { name })}>
            <Commands commands={commands.provider} />
          </Step>
        ) : null}
        <Step title={t('role', { role })}>
          <TemplateText file="trust-policy.json" text={trustPolicy} />
          <Commands commands={commands.role} />
        </Step>
        <Step title={t('policies')}>
          <Commands commands={commands.policies} />
          {has.admin ? <p className="text-warning text-xs">{t('admin')}</p> : null}
          {has.otherPermissions ? <p className="text-muted text-xs">{t('otherPermissions')}</p> : null}
        </Step>
        <Step title={t('workflow', { name })}>
          <TemplateText file={workflow.file ?? t('variables')} text={workflow.text} />
          <p className="text-muted text-xs">{t('removeSecrets')}</p>
        </Step>
        <Step title={t('retire')}>
          <Commands commands={commands.retire.slice(0, 1)} />
          <p className="text-muted text-xs">{t('retireText')}</p>
          <Commands commands={commands.retire.slice(1)} />
        </Step>
      </ol>
    </div>
  )
}

function Step({ title, children }: { title: string; children: ReactNode }) {
  return (
    <li className="ms-5 list-decimal marker:text-muted">
      <h3 className="font-semibold">{title}</h3>
      <div className="mt-1 flex flex-col gap-1.5">{children}</div>
    </li>
  )
}

function Commands({ commands }: { commands: readonly string[] }) {
  return commands.map(command => <CommandText key={command} command={command} />)
}
