import { ExternalLink, TriangleAlert } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { Playbook, PlaybookStep } from '@/lib/domain/threats/playbook'
import { Panel } from '../../ui/layout/panel'
import { CommandList } from './command-list'

function Step({ step }: { step: PlaybookStep }) {
  const t = useTranslations('playbook')
  return (
    <li className="mt-2">
      <p>
        <span className="font-semibold">{t(`phases.${step.phase}`)}</span> {step.text}
      </p>
      {step.warning === null ? null : (
        <p className="flex items-start gap-1 text-warning text-xs leading-6">
          <TriangleAlert aria-hidden className="mt-1 size-3.5 shrink-0" />
          <span>
            <span className="sr-only">{t('warning')} </span>
            {step.warning}
          </span>
        </p>
      )}
      <CommandList commands={step.commands} />
    </li>
  )
}

interface PlaybookPanelProps {
  playbook: Playbook
  accountId: string
  region: string
}

/** What a threat means and what to do now, in order, with commands to copy. */
export function PlaybookPanel({ playbook, accountId, region }: PlaybookPanelProps) {
  const t = useTranslations()
  return (
    <Panel title={t('playbook.title')} aside={t('playbook.aside')} id="playbook">
      <h3 className="font-semibold">{playbook.name}</h3>
      <p>{playbook.meaning}</p>
      <h3 className="mt-2 font-semibold text-xs">{t('playbook.harmless')}</h3>
      <p>{playbook.harmless}</p>
      <h3 className="mt-2 font-semibold text-xs">{t('playbook.steps')}</h3>
      <p className="text-muted text-xs">{t('playbook.where', { account: accountId, region: visibleText(region) })}</p>
      <ol className="list-decimal pl-5">
        {playbook.steps.map(step => (
          <Step key={step.id} step={step} />
        ))}
      </ol>
      {playbook.url ? (
        <p className="mt-2">
          <a
            href={playbook.url}
            target="_blank"
            rel="noreferrer noopener"
            className="inline-flex items-center gap-1 text-accent underline underline-offset-2"
          >
            {t('playbook.link')}
            <ExternalLink aria-hidden className="size-3.5" />
            <span className="sr-only">{t('finding.newTab')}</span>
          </a>
        </p>
      ) : null}
    </Panel>
  )
}
