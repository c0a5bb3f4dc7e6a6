'use client'

import { useTranslations } from 'next-intl'
import type { z } from 'zod'
import type {
  AccountRules,
  AccountRulesView,
  RulesPreview as Preview,
  SaveAccountRules,
} from '@/lib/domain/accounts/rules'
import { RulesForm } from '../../policies/rules-form'
import type { ActionResult } from '../../ui/action-result'
import { sayDone } from '../../ui/overlays/toasts'
import { AccountRuleDialog, emptyAccountRule } from './account-rule-dialog'
import { RuleSelects, RuleSets } from './rule-words'
import { RulesPreview } from './rules-preview'

interface AccountRulesFormProps {
  view: AccountRulesView
  preview: (input: z.input<typeof AccountRules>) => Promise<ActionResult<Preview>>
  save: (input: z.input<typeof SaveAccountRules>) => Promise<ActionResult<{ changed: number }>>
}

/** The rules for accounts in order, with a preview of the accounts that change before they are saved. */
export function AccountRulesForm({ view, preview, save }: AccountRulesFormProps) {
  const t = useTranslations('settings.account-rules')
  return (
    <RulesForm
      view={view}
      none={t('none')}
      matches={rule => <RuleSelects rule={rule} />}
      does={rule => <RuleSets rule={rule} />}
      dialog={(rule, onDone, onClose) => (
        <AccountRuleDialog start={rule ?? emptyAccountRule} onDone={onDone} onClose={onClose} />
      )}
      preview={preview}
      shown={changes => <RulesPreview preview={changes} />}
      save={save}
      onSaved={({ changed }) => sayDone(t('saved', { count: changed }))}
    />
  )
}
