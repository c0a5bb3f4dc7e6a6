import { headers } from 'next/headers'
import { getTranslations } from 'next-intl/server'
import { Passkeys } from '@/components/sign-in/passkeys'
import { Panel } from '@/components/ui/layout/panel'
import { requireAccess } from '@/lib/access/access'
import { requestRelyingParty } from '@/lib/access/sign-in/relying-party'
import { deviceOf } from '@/lib/domain/people/device'
import { listOwnPasskeys } from '@/lib/queries/sign-in/passkeys'
import { addPasskey, beginPasskey, removePasskey, renamePasskey } from './passkey-actions'

/** The reader's passkeys, or why there can be none at this address. */
export async function PasskeySection({ email }: { email: string }) {
  const access = await requireAccess()
  const [rows, party, t, head] = await Promise.all([
    listOwnPasskeys(access),
    requestRelyingParty(),
    getTranslations('passkeys'),
    headers(),
  ])
  return (
    <Panel title={t('title')} id="passkeys">
      <Passkeys
        rows={rows}
        party={typeof party === 'string' ? { unavailable: party } : { id: party.id }}
        device={deviceOf(head.get('user-agent')) || t('defaultName')}
        email={email}
        actions={{ begin: beginPasskey, add: addPasskey, rename: renamePasskey, remove: removePasskey }}
      />
    </Panel>
  )
}
