import { useTranslations } from 'next-intl'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { FindingDetail } from '@/lib/domain/views'
import { CopyButton } from '../../ui/copy-button'
import { Panel } from '../../ui/layout/panel'
import { Fact, FactList } from './fact'
import { ReferenceLinks } from './reference-links'

const SNIPPETS = ['cli', 'terraform', 'cloudFormation', 'other'] as const

/** What the tool says about its check: how to fix it as code, and which requirements it proves. Nothing for other findings. */
export function CheckPanel({ finding: { facts } }: { finding: FindingDetail }) {
  const t = useTranslations('finding.check')
  if (facts?.kind !== 'check') return null
  const { frameworks, categories } = facts
  return (
    <Panel title={t('title')}>
      {SNIPPETS.map(kind => {
        const text = facts[kind]
        return text === null ? null : <Snippet key={kind} name={t(kind)} text={text} copy={t('copy')} />
      })}
      <FactList>
        {categories.length > 0 ? <Fact name={t('categories')}>{categories.map(visibleText).join(', ')}</Fact> : null}
        {frameworks.length > 0 ? (
          <Fact name={t('frameworks')}>
            <details>
              <summary className="cursor-pointer">{t('frameworkCount', { count: frameworks.length })}</summary>
              <ul>
                {frameworks.map(({ name, ids }) => (
                  <li key={name}>
                    {visibleText(name)} <span className="text-muted text-xs">{ids.map(visibleText).join(', ')}</span>
                  </li>
                ))}
              </ul>
            </details>
          </Fact>
        ) : null}
        {facts.references.length > 0 ? (
          <Fact name={t('references')}>
            <ReferenceLinks urls={facts.references} />
          </Fact>
        ) : null}
      </FactList>
    </Panel>
  )
}

/** A piece of code or a list of steps, folded: it can be long. */
function Snippet({ name, text, copy }: { name: string; text: string; copy: string }) {
  const code = visibleText(withoutFence(text))
  return (
    <details className="mb-1">
      <summary className="cursor-pointer">{name}</summary>
      <div className="mt-1 flex items-start gap-1">
        <pre className="min-w-0 flex-1 overflow-x-auto whitespace-pre-wrap rounded-lg bg-surface-secondary p-2 font-mono text-xs">
          {code}
        </pre>
        <CopyButton text={code} label={copy} />
      </div>
    </details>
  )
}

/** The text inside a code block of Markdown. */
function withoutFence(text: string): string {
  return /^```\w*\n([\s\S]*?)\n?```$/.exec(text)?.[1] ?? text
}
