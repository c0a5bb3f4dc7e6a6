'use client'

import { useFormatter, useTranslations } from 'next-intl'
import { useState } from 'react'
import type { z } from 'zod'
import type {
  AccountRule,
  AccountRules,
  AccountRulesView,
  RulesPreview as Preview,
  SaveAccountRules,
} from '@/lib/domain/accounts/rules'
import { FormError } from '../../settings/form-error'
import { useAction } from '../../settings/use-action'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { Panel } from '../../ui/layout/panel'
import { RuleList } from '../../ui/lists/rule-list'
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
  const t = useTranslations()
  const format = useFormatter()
  const [rules, setRules] = useState(view.rules)
  const [editing, setEditing] = useState<number | null>(null)
  const [shown, setShown] = useState<Preview | null>(null)
  const look = useAction(preview, setShown)
  const form = useAction(save, ({ changed }) => {
    setShown(null)
    sayDone(t('settings.account-rules.saved', { count: changed }))
  })
  function change(next: AccountRule[]) {
    setRules(next)
    setShown(null)
  }
  const same = JSON.stringify(rules) === JSON.stringify(view.rules)
  const error = form.errorOf('') ?? look.errorOf('') ?? form.otherError('') ?? look.otherError('')
  return (
    <div className="flex flex-col gap-3.5">
      <Panel title={t('settings.routing.rules')}>
        {rules.length === 0 ? <p className="text-muted">{t('settings.account-rules.none')}</p> : null}
        <RuleList
          rules={rules}
          matches={rule => <RuleSelects rule={rule} />}
          does={rule => <RuleSets rule={rule} />}
          onChange={change}
          onEdit={setEditing}
        />
        <div className="mt-2">
          <Button onPress={() => setEditing(rules.length)}>{t('settings.routing.add')}</Button>
        </div>
      </Panel>
      <div role="status">
        {shown ? (
          <Panel title={t('settings.due-dates.preview')}>
            <RulesPreview preview={shown} />
          </Panel>
        ) : null}
      </div>
      <FormError message={error} />
      <div className="flex flex-wrap items-center gap-3">
        <Button
          variant="primary"
          isDisabled={same}
          isPending={look.pending || form.pending}
          onPress={() => (shown ? form.submit({ rules, seen: view.version }) : look.submit(rules))}
        >
          {t(shown ? 'common.save' : 'settings.due-dates.show')}
        </Button>
        {view.changedAt ? (
          <span className="text-muted text-xs">
            {t('settings.due-dates.changedBy', {
              name: view.changedBy ?? '',
              time: format.dateTime(view.changedAt, { dateStyle: 'medium', timeStyle: 'short' }),
            })}
          </span>
        ) : null}
      </div>
      {editing === null ? null : (
        <AccountRuleDialog
          start={rules[editing] ?? emptyAccountRule}
          onClose={() => setEditing(null)}
          onDone={rule => {
            change(editing < rules.length ? rules.map((each, at) => (at === editing ? rule : each)) : [...rules, rule])
            setEditing(null)
          }}
        />
      )}
    </div>
  )
}
