'use client'

import { Upload } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useLocale, useTimeZone, useTranslations } from 'next-intl'
import { type DragEvent, useRef, useState } from 'react'
import { AccountId } from '@/lib/domain/accounts/account-id'
import { RegionName } from '@/lib/domain/identity/region'
import { instantOf } from '@/lib/domain/policies/due'
import { FileButton } from '../../ui/forms/file-button'
import { Select } from '../../ui/forms/select'
import { TextField } from '../../ui/forms/text-field'
import { Panel } from '../../ui/layout/panel'
import { useAcceptedSources } from './accepted-sources'
import { CoverageChoice } from './coverage-choice'
import { type Sending, SendingList } from './sending-list'
import { type Uploaded, type UploadOptions, uploadReport } from './upload'

function stateOf(received: Extract<Uploaded, { ok: true }>): Partial<Sending> {
  if ('id' in received) return { state: received.again ? 'again' : 'sent', id: received.id }
  return { state: 'archive', archive: { reports: received.reports, skipped: received.skipped } }
}

/** The area for dropping or choosing report files. Each is sent at once; its state is shown below. */
export function DropZone({ mappings, mayClose }: { mappings: readonly string[]; mayClose: boolean }) {
  const t = useTranslations()
  const sources = useAcceptedSources()
  const locale = useLocale()
  const timeZone = useTimeZone() ?? 'UTC'
  const router = useRouter()
  const next = useRef(0)
  const [over, setOver] = useState(false)
  const [coverage, setCoverage] = useState<UploadOptions['coverage']>('partial')
  const [observed, setObserved] = useState('')
  const [account, setAccount] = useState('')
  const [region, setRegion] = useState('')
  const [mapping, setMapping] = useState('')
  const [sendings, setSendings] = useState<Sending[]>([])

  function update(key: number, change: Partial<Sending>) {
    setSendings(all => all.map(sending => (sending.key === key ? { ...sending, ...change } : sending)))
  }
  const named = account.trim()
  const badAccount = named !== '' && !AccountId.safeParse(named).success
  const place = region.trim()
  const badRegion = place !== '' && !RegionName.safeParse(place).success

  async function send(files: readonly File[]) {
    // The field shows the error.
    if (badAccount || badRegion) return
    const observedAt = instantOf(observed, timeZone)?.toISOString() ?? ''
    const options = { coverage, observedAt, account: named, region: place, mapping, locale }
    const queue = files.map(file => ({ file, key: next.current++ }))
    setSendings(all => [
      ...queue.map(({ file, key }) => ({ key, name: file.name, size: file.size, state: 'waiting' as const, share: 0 })),
      ...all,
    ])
    // One after the other: several large uploads at once would only slow each other down.
    for (const { file, key } of queue) await sendOne(file, key, options)
  }
  async function sendOne(file: File, key: number, options: UploadOptions) {
    update(key, { state: 'sending', share: 0 })
    const result = await uploadReport(file, options, share => update(key, { share }))
    if (result.ok) update(key, stateOf(result))
    else {
      const message = result.message ?? t('common.failedNow')
      update(key, {
        state: 'failed',
        message,
        ...(result.again ? { again: () => void sendOne(file, key, options) } : {}),
      })
    }
    router.refresh()
  }
  function onDrop(event: DragEvent) {
    event.preventDefault()
    setOver(false)
    void send([...event.dataTransfer.files])
  }
  return (
    <Panel title={t('imports.send')} id="send">
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <section
          aria-label={t('imports.dropArea')}
          onDragOver={event => {
            event.preventDefault()
            setOver(true)
          }}
          onDragLeave={() => setOver(false)}
          onDrop={onDrop}
          className={`flex min-h-44 flex-col items-center justify-center gap-2 rounded-2xl border border-dashed px-4 py-6 text-center ${over ? 'border-accent bg-accent-soft' : 'border-field-border'}`}
        >
          <Upload aria-hidden className="size-6 text-muted" />
          <p className="font-semibold">{t('imports.drop')}</p>
          <p className="max-w-prose text-muted text-xs">{t('imports.formats', { sources })}</p>
          <FileButton label={t('imports.choose')} multiple variant="primary" onChoose={files => void send(files)} />
        </section>
        <div className="flex flex-col gap-3">
          <CoverageChoice value={coverage} onChange={setCoverage} mayClose={mayClose} />
          <TextField
            label={t('imports.observedAt')}
            description={t('imports.observedHint', { timeZone })}
            type="datetime-local"
            value={observed}
            onChange={setObserved}
          />
          <TextField
            label={t('imports.account')}
            description={t('imports.accountHint')}
            inputMode="numeric"
            error={badAccount ? t('imports.accountWrong') : null}
            value={account}
            onChange={setAccount}
          />
          <TextField
            label={t('imports.regionName')}
            description={t('imports.regionHint')}
            error={badRegion ? t('imports.regionWrong') : null}
            value={region}
            onChange={setRegion}
          />
          {mappings.length > 0 ? (
            <Select
              label={t('imports.mapping')}
              description={t('imports.mappingHint')}
              value={mapping ? `=${mapping}` : 'none'}
              options={[
                { id: 'none', label: t('imports.noMapping') },
                ...mappings.map(name => ({ id: `=${name}`, label: name })),
              ]}
              onChange={id => setMapping(id === 'none' ? '' : id.slice(1))}
            />
          ) : null}
        </div>
      </div>
      <SendingList sendings={sendings} />
    </Panel>
  )
}
