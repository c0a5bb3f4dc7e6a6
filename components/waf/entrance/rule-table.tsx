import { useFormatter, useTranslations } from 'next-intl'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { AclRule } from '@/lib/domain/waf/views'
import { type Column, DataTable } from '../../ui/lists/data-table'
import { Day } from '../../ui/relative-time'

const NAMES = 3

/** The rules of a web ACL in their order, with what they really do. */
export function RuleTable({ rules }: { rules: readonly AclRule[] }) {
  const t = useTranslations()
  const format = useFormatter()
  const sum = (values: readonly number[] | undefined) =>
    values ? (
      format.number(values.reduce((all, one) => all + one, 0))
    ) : (
      <span className="text-muted">{t('common.noData')}</span>
    )
  const columns: Column<AclRule>[] = [
    {
      key: 'rule',
      header: t('waf.columns.rule'),
      rowHeader: true,
      cell: ({ name, group, from }) => (
        <div>
          <span className="font-semibold">{visibleText(name)}</span>
          {group ? (
            <div className="text-muted text-xs">
              {visibleText(group.version ? `${group.name} (${group.version})` : group.name)}
            </div>
          ) : null}
          {from === 'web_acl' ? null : <div className="text-muted text-xs">{t('waf.fromManager')}</div>}
        </div>
      ),
    },
    {
      key: 'effect',
      header: t('waf.columns.effect'),
      label: t('waf.columns.effect'),
      className: 'wide',
      cell: rule => <Effect rule={rule} />,
    },
    {
      key: 'since',
      header: t('waf.columns.countingSince'),
      label: t('waf.columns.countingSince'),
      empty: ({ countingSince }) => countingSince === null,
      cell: ({ countingSince }) => (countingSince ? <Day date={countingSince} /> : null),
    },
    ...(['counted', 'blocked'] as const).map(
      (key): Column<AclRule> => ({
        key,
        header: t(`waf.columns.${key}`),
        label: t(`waf.columns.${key}`),
        numeric: true,
        cell: ({ sums }) => sum(sums?.[key]),
      }),
    ),
  ]
  return (
    <DataTable caption={t('waf.rules')} columns={columns} rows={rules} rowKey={({ from, name }) => `${from} ${name}`} />
  )
}

function Effect({ rule: { effect, counting, allowing } }: { rule: AclRule }) {
  const t = useTranslations()
  const inner = (key: 'innerCounting' | 'innerAllowing', names: readonly string[]) =>
    names.length === 0 ? null : (
      <div className="text-muted text-xs">
        {t(`waf.${key}`, {
          names: visibleText(names.slice(0, NAMES).join(t('common.listSeparator'))),
          more: Math.max(0, names.length - NAMES),
        })}
      </div>
    )
  return (
    <div>
      {t(`waf.effects.${effect}`)}
      {inner('innerCounting', counting)}
      {inner('innerAllowing', allowing)}
    </div>
  )
}
