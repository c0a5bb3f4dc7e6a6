import { useFormatter, useTranslations } from 'next-intl'
import { pipelineRules, type RuleResult } from '@/lib/domain/access-keys/pipeline'
import { visibleText } from '@/lib/domain/text/visible-text'

const pointsOf = new Map<string, number>(pipelineRules.map(({ id, points }) => [id, points]))

/** Why a key is taken for a pipeline's or not, rule by rule. */
export function KeyRules({ rules }: { rules: readonly RuleResult[] }) {
  const t = useTranslations('accessKeys')
  const format = useFormatter()
  return (
    <table className="w-full text-start">
      <caption className="sr-only">{t('reasons')}</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">{t('rule')}</th>
          <th scope="col">{t('result')}</th>
          <th scope="col">{t('points')}</th>
        </tr>
      </thead>
      <tbody>
        {rules.map(({ rule, result, seen }) => (
          <tr key={rule} className="border-border border-b align-top">
            <th scope="row" className={`py-1 pe-2 text-start font-normal ${result === 'yes' ? '' : 'text-muted'}`}>
              {t(`rules.${rule}`)}
              {seen ? <code className="block text-xs [overflow-wrap:anywhere]">{visibleText(seen)}</code> : null}
            </th>
            <td
              className={`whitespace-nowrap py-1 pe-2 text-xs leading-5 ${result === 'yes' ? 'font-semibold' : 'text-muted'}`}
            >
              {t(`results.${result}`)}
            </td>
            <td
              className={`whitespace-nowrap py-1 text-end tabular-nums ${result === 'yes' ? 'font-semibold' : 'text-muted'}`}
            >
              {result === 'yes' ? format.number(pointsOf.get(rule) ?? 0, { signDisplay: 'exceptZero' }) : '-'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
