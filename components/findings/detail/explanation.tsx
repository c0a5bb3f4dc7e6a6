import { useTranslations } from 'next-intl'
import type { Explanation } from '@/lib/domain/controls/text/explanations'
import { Panel } from '../../ui/layout/panel'
import { CommandList } from '../playbook/command-list'

/** A control in plain words: what can happen, when it is no problem, what to do, and the commands for it. */
export function ExplanationPanel({ explanation }: { explanation: Explanation }) {
  const t = useTranslations('explain')
  return (
    <Panel title={t('title')} aside={t('aside')}>
      <h3 className="font-semibold text-xs">{t('risk')}</h3>
      <p>{explanation.risk}</p>
      <h3 className="mt-2 font-semibold text-xs">{t('harmless')}</h3>
      <p>{explanation.harmless}</p>
      <h3 className="mt-2 font-semibold text-xs">{t('do')}</h3>
      <p>{explanation.do}</p>
      <CommandList commands={explanation.commands} />
    </Panel>
  )
}
