'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import type { SourceId } from '@/lib/domain/imports/outcome'
import { type Role, type TokenPermission, tokenPermissions } from '@/lib/domain/people/role'
import type { AccountName, Scope } from '@/lib/domain/people/views'
import { FormError } from '../../settings/form-error'
import { SecretOnce } from '../../settings/secret-once'
import { useAction } from '../../settings/use-action'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { Checkbox } from '../../ui/forms/checkbox'
import { Select } from '../../ui/forms/select'
import { TextField } from '../../ui/forms/text-field'
import { Dialog, DialogActions } from '../../ui/overlays/dialog'
import { ScopeFields } from '../scope-fields'
import { SourceFields } from './source-fields'

interface NewToken extends Scope {
  name: string
  permissions: TokenPermission[]
  sources?: SourceId[]
  networks?: string[]
  expiresAt: string
}

interface TokenDialogProps {
  accounts: readonly AccountName[]
  /** The permissions of each role and of a collector, to select at once. */
  presets: readonly { role: Role | 'collector'; permissions: readonly TokenPermission[] }[]
  make: (input: NewToken) => Promise<ActionResult<{ token: string }>>
}

const DAYS = ['30', '90', '365'] as const
const START: TokenPermission[] = ['findings:read', 'imports:read', 'imports:write']

/** The button and the form to create an API token, and then the token, shown once. */
export function TokenDialog({ accounts, presets, make }: TokenDialogProps) {
  const t = useTranslations('settings.tokens')
  const [open, setOpen] = useState(false)
  const [token, setToken] = useState<string | null>(null)
  const show = (next: boolean) => {
    // Not on closing: the form would show while the dialog fades out.
    if (next) setToken(null)
    setOpen(next)
  }
  return (
    <>
      <Button variant="primary" onPress={() => show(true)}>
        {t('create')}
      </Button>
      <Dialog title={t('create')} open={open} onOpenChange={show} alert={token !== null}>
        {token ? (
          <div className="mt-3">
            <SecretOnce label={t('copy')} text={token}>
              {t('once')}
            </SecretOnce>
            <DialogActions>
              <Button variant="primary" onPress={() => show(false)}>
                {t('kept')}
              </Button>
            </DialogActions>
          </div>
        ) : (
          <TokenForm accounts={accounts} presets={presets} make={make} onMade={setToken} onCancel={() => show(false)} />
        )}
      </Dialog>
    </>
  )
}

interface TokenFormProps extends TokenDialogProps {
  onMade: (token: string) => void
  onCancel: () => void
}

function TokenForm({ accounts, presets, make, onMade, onCancel }: TokenFormProps) {
  const t = useTranslations()
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState(START)
  const [scope, setScope] = useState<Scope>({ limited: false, accounts: [] })
  const [sources, setSources] = useState<SourceId[] | null>(null)
  const [networks, setNetworks] = useState('')
  const [days, setDays] = useState<string>('90')
  const form = useAction(make, made => onMade(made.token))
  const preset = presets.find(({ permissions }) => sameSet(permissions, chosen))?.role ?? 'own'

  const imports = chosen.includes('imports:write') || chosen.includes('imports:close')

  function choosePreset(role: string) {
    const found = presets.find(known => known.role === role)
    if (found) setChosen([...found.permissions])
    // A collector is for the sources that it collects.
    if (role === 'collector') setSources(sources ?? [])
  }
  function toggle(permission: TokenPermission, on: boolean) {
    setChosen(tokenPermissions.filter(known => (known === permission ? on : chosen.includes(known))))
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    const expiresAt = new Date(Date.now() + Number(days) * 86_400_000).toISOString()
    const lines = networks.split(/[\s,]+/).filter(line => line !== '')
    form.submit({
      name,
      permissions: chosen,
      ...scope,
      ...(imports && sources && { sources }),
      ...(lines.length > 0 && { networks: lines }),
      expiresAt,
    })
  }
  const permissionsError = form.errorOf('permissions')
  return (
    <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-4">
      <TextField
        label={t('settings.tokens.name')}
        description={t('settings.tokens.nameHint')}
        required
        autoFocus
        maxLength={100}
        value={name}
        onChange={setName}
        error={form.errorOf('name')}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <Select
          label={t('settings.tokens.preset')}
          value={preset}
          options={[
            ...presets.map(({ role }) => ({
              id: role as string,
              label: role === 'collector' ? t('settings.tokens.collector') : t(`roles.${role}`),
            })),
            { id: 'own', label: t('settings.tokens.ownChoice') },
          ]}
          onChange={choosePreset}
        />
        <Select
          label={t('settings.tokens.expires')}
          value={days}
          options={DAYS.map(id => ({ id, label: t(`settings.tokens.days.${id}`) }))}
          onChange={setDays}
          error={form.errorOf('expiresAt')}
        />
      </div>
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 font-medium">{t('settings.tokens.permissions')}</legend>
        <div className="grid gap-x-4 gap-y-1 sm:grid-cols-2">
          {tokenPermissions.map(permission => (
            <Checkbox
              key={permission}
              label={t(`permissions.${permission}`)}
              checked={chosen.includes(permission)}
              onChange={on => toggle(permission, on)}
            />
          ))}
        </div>
        {permissionsError ? (
          <p role="alert" className="text-bad text-sm">
            {permissionsError}
          </p>
        ) : null}
      </fieldset>
      <ScopeFields value={scope} onChange={setScope} known={accounts} error={form.errorOf('accounts')} />
      {imports ? <SourceFields value={sources} onChange={setSources} error={form.errorOf('sources')} /> : null}
      <TextField
        label={t('settings.tokens.networks.title')}
        description={t('settings.tokens.networks.hint')}
        rows={2}
        value={networks}
        onChange={setNetworks}
        error={form.errorOf('networks')}
      />
      <FormError message={form.otherError('name', 'permissions', 'accounts', 'sources', 'networks', 'expiresAt')} />
      <DialogActions>
        <Button onPress={onCancel}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" isPending={form.pending}>
          {t('settings.tokens.create')}
        </Button>
      </DialogActions>
    </form>
  )
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every(item => b.includes(item))
}
