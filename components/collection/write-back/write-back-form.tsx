'use client'

import { useLocale, useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { noteLanguages, type SetWriteBack } from '@/lib/domain/collection/write-back/settings'
import { mostWaiting, type WriteBackView } from '@/lib/domain/collection/write-back/views'
import { FormError } from '../../settings/form-error'
import { useAction } from '../../settings/use-action'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { Select } from '../../ui/forms/select'
import { TextField } from '../../ui/forms/text-field'
import { ConfirmDialog } from '../../ui/overlays/confirm-dialog'
import { sayDone } from '../../ui/overlays/toasts'

interface WriteBackFormProps {
  connection: string
  view: WriteBackView
  set: (input: SetWriteBack) => Promise<ActionResult<unknown>>
}

/** Switches writing back on or off, with its role and the language of its notes. */
export function WriteBackForm({ connection, view, set }: WriteBackFormProps) {
  const t = useTranslations('settings.connections.writeBack')
  const locale = useLocale()
  const { enabled } = view
  const [seen] = useState({ enabled, roleName: view.roleName, language: view.language })
  const [roleName, setRoleName] = useState(view.roleName)
  const [language, setLanguage] = useState<string>(enabled ? view.language : locale)
  const [asking, setAsking] = useState(false)
  const [sent, setSent] = useState(enabled)
  const form = useAction(set, () => sayDone(t(sent ? 'saved' : 'switchedOff')))
  const failing = view.places.some(({ failure }) => failure !== null)
  function submit(on: boolean) {
    setSent(on)
    const chosen = noteLanguages.find(each => each === language) ?? 'en'
    form.submit({ id: connection, enabled: on, roleName, language: chosen, seen })
  }
  function save(event: FormEvent) {
    event.preventDefault()
    if (enabled) submit(true)
    else if (view.isReady) setAsking(true)
  }
  function enable() {
    setAsking(false)
    submit(true)
  }
  return (
    <form onSubmit={save} noValidate className="flex max-w-3xl flex-col gap-3">
      <p className="font-semibold">{t(enabled ? 'on' : 'off')}</p>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={t('roleName')}
          description={t('roleNameHint')}
          value={roleName}
          onChange={setRoleName}
          error={form.errorOf('roleName')}
          maxLength={64}
          autoComplete="off"
          required
        />
        <Select
          label={t('language')}
          value={language}
          options={noteLanguages.map(id => ({ id, label: t(`languages.${id}`) }))}
          onChange={setLanguage}
          error={form.errorOf('language')}
        />
      </div>
      {enabled || view.isReady ? null : <p className="max-w-3xl text-pretty">{t('notReady')}</p>}
      <FormError message={form.otherError('roleName', 'language')} />
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          variant={enabled ? 'secondary' : 'primary'}
          isPending={form.pending && sent}
          isDisabled={!enabled && !view.isReady}
        >
          {t(enabled ? (failing ? 'retryNow' : 'save') : 'switchOn')}
        </Button>
        {enabled ? (
          <Button variant="ghost" isPending={form.pending && !sent} onPress={() => submit(false)}>
            {t('switchOff')}
          </Button>
        ) : null}
      </div>
      <ConfirmDialog title={t('ask')} confirm={t('switchOn')} open={asking} onOpenChange={setAsking} onConfirm={enable}>
        <p>{t(view.toWrite > mostWaiting ? 'askMore' : 'askText', { count: Math.min(view.toWrite, mostWaiting) })}</p>
        <p className="mt-2">{t('askLater', { role: roleName })}</p>
      </ConfirmDialog>
    </form>
  )
}
