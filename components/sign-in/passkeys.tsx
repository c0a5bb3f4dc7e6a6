'use client'

import { browserSupportsWebAuthn } from '@simplewebauthn/browser'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { MAX_PASSKEYS, type PasskeyRow } from '@/lib/domain/sign-in/passkey'
import { RevokeButton } from '../people/revoke-button'
import type { ActionResult } from '../ui/action-result'
import { Chip } from '../ui/chip'
import { type Column, DataTable } from '../ui/lists/data-table'
import { RelativeTime } from '../ui/relative-time'
import { verifyFirst } from '../verify/verify-first'
import { forgetPasskey } from './entry/passkey/passkey-browser'
import { useHydrated } from './entry/use-hydrated'
import { AddPasskey, type AddPasskeyActions, RenamePasskey } from './passkey-dialogs'
import { RecoveryCodes } from './recovery-codes'

interface PasskeysProps {
  rows: readonly PasskeyRow[]
  /** Their site, or the key of the reason why this address cannot have passkeys. */
  party: { id: string } | { unavailable: string }
  /** The default name of a new one. */
  device: string
  /** Their owner, for recovery codes. */
  email: string
  actions: AddPasskeyActions & {
    rename: (input: { id: string; name: string }) => Promise<ActionResult<unknown>>
    remove: (input: { id: string }) => Promise<ActionResult<{ credentialId: string }>>
  }
}

/** The reader's passkeys: add, rename, remove. */
export function Passkeys({ rows, party, device, email, actions }: PasskeysProps) {
  const t = useTranslations('passkeys')
  const hydrated = useHydrated()
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const unavailable =
    'unavailable' in party ? party.unavailable : hydrated && !browserSupportsWebAuthn() ? 'browser' : null
  if (codes) return <RecoveryCodes codes={codes} email={email} onSaved={() => setCodes(null)} />
  return (
    <>
      <p className="mb-3 text-muted">{unavailable ? t(`unavailable.${unavailable}`) : t('lead')}</p>
      {rows.length > 0 ? <PasskeyTable rows={rows} party={party} actions={actions} /> : null}
      {rows.length === 0 && !unavailable ? <p className="mb-3">{t('none')}</p> : null}
      {unavailable ? null : rows.length >= MAX_PASSKEYS ? (
        <p className="mt-3 text-muted">{t('full', { max: MAX_PASSKEYS })}</p>
      ) : (
        <div className={rows.length > 0 ? 'mt-3' : ''}>
          <AddPasskey suggestion={freeName(device, rows)} actions={actions} onAdded={setCodes} />
        </div>
      )}
    </>
  )
}

function PasskeyTable({ rows, party, actions }: Pick<PasskeysProps, 'rows' | 'party' | 'actions'>) {
  const t = useTranslations('passkeys')
  async function remove(input: { id: string }) {
    const result = await verifyFirst(actions.remove)(input)
    if (result.ok && 'id' in party) await forgetPasskey(party.id, result.data.credentialId)
    return result
  }
  const columns: Column<PasskeyRow>[] = [
    {
      key: 'name',
      header: t('name'),
      rowHeader: true,
      cell: row => (
        <span className="flex flex-wrap items-center gap-2">
          <span className="break-words">{row.name}</span>
          <Chip>{t(row.isSynced ? 'synced' : 'deviceOnly')}</Chip>
        </span>
      ),
    },
    {
      key: 'created',
      header: t('created'),
      label: t('created'),
      cell: row => <RelativeTime date={row.createdAt} />,
    },
    {
      key: 'used',
      header: t('lastUsed'),
      label: t('lastUsed'),
      cell: row =>
        row.lastUsedAt ? <RelativeTime date={row.lastUsedAt} /> : <span className="text-muted">{t('neverUsed')}</span>,
    },
    {
      key: 'actions',
      className: 'card-corner',
      header: <span className="sr-only">{t('actions')}</span>,
      cell: row => (
        <span className="flex justify-end gap-1">
          <RenamePasskey passkey={row} rename={actions.rename} />
          <RevokeButton
            id={row.id}
            label={t('remove')}
            name={row.name}
            title={t('removeTitle', { name: row.name })}
            text={t('removeText')}
            done={t('removed')}
            revoke={remove}
          />
        </span>
      ),
    },
  ]
  return <DataTable caption={t('title')} columns={columns} rows={rows} rowKey={row => row.id} />
}

/** An unused name: a number distinguishes two passkeys on one device. */
function freeName(device: string, rows: readonly PasskeyRow[]): string {
  const taken = new Set(rows.map(row => row.name))
  const names = [device, ...rows.map((_, index) => `${device} (${index + 2})`)]
  return names.find(name => !taken.has(name)) ?? device
}
