'use client'

import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import type { Role } from '@/lib/domain/people/role'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { Checkbox } from '../ui/forms/checkbox'
import { Panel } from '../ui/layout/panel'
import { sayDone } from '../ui/overlays/toasts'

interface FactorPolicyFormProps {
  rows: readonly { role: Role; required: boolean; without: number }[]
  save: (input: { roles: Role[] }) => Promise<ActionResult<{ sessions: number }>>
}

/** Which roles need a second factor. */
export function FactorPolicyForm({ rows, save }: FactorPolicyFormProps) {
  const t = useTranslations('settings.sign-in')
  const tRoles = useTranslations('roles')
  const tCommon = useTranslations('common')
  const router = useRouter()
  const [chosen, setChosen] = useState(rows.filter(row => row.required).map(row => row.role))
  const form = useAction(save, ({ sessions }) => {
    sayDone(sessions > 0 ? t('savedSessions', { count: sessions }) : tCommon('saved'))
    router.refresh()
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    form.submit({ roles: chosen })
  }
  return (
    <Panel title={t('twoStep')} id="two-step">
      <form onSubmit={submit} noValidate className="flex max-w-xl flex-col gap-4">
        <fieldset className="flex flex-col gap-3">
          <legend className="mb-2">{t('twoStepLead')}</legend>
          {rows.map(({ role, without }) => (
            <Checkbox
              key={role}
              label={tRoles(role)}
              description={t('without', { count: without })}
              checked={chosen.includes(role)}
              onChange={on => setChosen(on ? [...chosen, role] : chosen.filter(other => other !== role))}
            />
          ))}
        </fieldset>
        <p className="text-muted text-xs">{t('twoStepHint')}</p>
        <FormError message={form.otherError()} />
        <div>
          <Button type="submit" variant="primary" isPending={form.pending}>
            {tCommon('save')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
