import { useFormatter, useTranslations } from 'next-intl'
import { pipelineRules, type RuleResult } from '@/lib/domain/access-keys/pipeline'
import { visibleText } from '@/lib/domain/text/visible-text'
import { type Column, DataTable } from '../ui/lists/data-table'

const pointsOf = new Map<string, number>(pipelineRules.map(({ id, points }) => [id, points]))
const COLOURS = { yes: 'font-semibold', no: 'text-muted', notExamined: 'text-muted italic' } as const

/** Why a key is taken for a pipeline's or not, rule by rule. */
export function KeyRules({ rules }: { rules: readonly RuleResult[] }) {
  const t = useTranslations('accessKeys')
  const format = useFormatter()
  const columns: Column<RuleResult>[] = [
    { key: 'rule', header: t('rule'), rowHeader: true, cell: ({ rule }) => t(`rules.${rule}`) },
    {
      key: 'result',
      header: t('result'),
      label: t('result'),
      cell: ({ result, seen }) => (
        <span className={COLOURS[result]}>
          {t(`results.${result}`)}
          {seen ? <code className="ms-2 break-all font-normal text-xs">{visibleText(seen)}</code> : null}
        </span>
      ),
    },
    {
      key: 'points',
      header: t('points'),
      label: t('points'),
      numeric: true,
      cell: ({ rule, result }) => {
        const points = format.number(pointsOf.get(rule) ?? 0, { signDisplay: 'exceptZero' })
        return result === 'yes' ? <strong>{points}</strong> : <span className="text-muted">({points})</span>
      },
    },
  ]
  return <DataTable caption={t('reasons')} columns={columns} rows={rules} rowKey={({ rule }) => rule} />
}
