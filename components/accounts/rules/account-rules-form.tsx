'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { z } from 'zod'
import type {
  AccountRule,
  AccountRules,
  AccountRulesView,
  RulesPreview as Preview,
  RuleChoices,
  RuleTrial,
  SaveAccountRules,
  TryAccountRule,
} from '@/lib/domain/accounts/rules'
import { RulesForm } from '../../policies/rules-form'
import type { ActionResult } from '../../ui/action-result'
import { sayDone } from '../../ui/overlays/toasts'
import { AccountRuleDialog, emptyAccountRule } from './account-rule-dialog'
import { RuleSelects, RuleSets } from './rule-words'
import { RulesPreview } from './rules-preview'

interface AccountRulesFormProps {
  view: AccountRulesView
  choices: RuleChoices
  tryRule: (input: z.input<typeof TryAccountRule>) => Promise<ActionResult<RuleTrial>>
  preview: (input: z.input<typeof AccountRules>) => Promise<ActionResult<Preview>>
  save: (input: z.input<typeof SaveAccountRules>) => Promise<ActionResult<{ changed: number }>>
}

/** What decides which accounts a rule selects. */
const conditionsOf = ({ unit, tag }: Pick<AccountRule, 'unit' | 'tag'>) => JSON.stringify([unit, tag?.key, tag?.value])

/** The rules for accounts in order, with a preview of the accounts that change before they are saved. */
export function AccountRulesForm({ view, choices, tryRule, preview, save }: AccountRulesFormProps) {
  const t = useTranslations('settings.account-rules')
  const [selected, setSelected] = useState(
    () => new Map(view.rules.map((rule, at) => [conditionsOf(rule), view.selected[at]])),
  )
  return (
    <RulesForm
      view={view}
      none={t('none')}
      matches={rule => <RuleSelects rule={rule} selected={selected.get(conditionsOf(rule))} />}
      does={rule => <RuleSets rule={rule} />}
      dialog={(rule, onDone, onClose, place) => (
        <AccountRuleDialog
          start={rule ?? emptyAccountRule}
          place={place}
          choices={choices}
          tryRule={tryRule}
          onTried={(tried, total) => setSelected(known => new Map(known).set(conditionsOf(tried), total))}
          onDone={onDone}
          onClose={onClose}
        />
      )}
      preview={preview}
      shown={changes => <RulesPreview preview={changes} />}
      save={save}
      onSaved={({ changed }) => sayDone(t('saved', { count: changed }))}
    />
  )
}
