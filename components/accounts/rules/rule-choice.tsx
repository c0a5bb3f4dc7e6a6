import { useTranslations } from 'next-intl'
import { type DecidedBy, type RuledField, ruledFields } from '@/lib/domain/accounts/rules'
import { visibleText } from '@/lib/domain/text/visible-text'
import { Checkbox } from '../../ui/forms/checkbox'

interface RuleChoiceProps {
  decidedBy: DecidedBy
  follow: readonly RuledField[]
  onChange: (follow: RuledField[]) => void
}

/** Who decided the fields of an account, and a choice to leave those that a person set to the rules again. */
export function RuleChoice({ decidedBy, follow, onChange }: RuleChoiceProps) {
  const t = useTranslations()
  const names = {
    environment: t('accounts.columns.environment'),
    ownerTeam: t('accounts.columns.team'),
    itScope: t('account.itScope'),
  }
  const decided = ruledFields.filter(field => decidedBy[field])
  if (decided.length === 0) return null
  return (
    <div className="flex flex-col gap-1 text-xs">
      {decided.map(field => {
        const rule = decidedBy[field]?.rule
        return rule ? (
          <p key={field} className="text-muted">
            {t('account.ruled', { field: names[field], name: visibleText(rule) })}
          </p>
        ) : (
          <Checkbox
            key={field}
            label={t('account.followRules', { field: names[field] })}
            checked={follow.includes(field)}
            onChange={checked => onChange(checked ? [...follow, field] : follow.filter(each => each !== field))}
          />
        )
      })}
    </div>
  )
}
