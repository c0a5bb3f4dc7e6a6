import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { cache } from 'react'
import { CellCounts } from '@/components/collection/connections/cell-counts'
import { ConnectionMenu } from '@/components/collection/connections/connection-menu'
import { ConnectionState, stateOfConnection } from '@/components/collection/connections/connection-state'
import { DelegationMatrix } from '@/components/collection/connections/delegation-matrix'
import { isOpen } from '@/components/collection/connections/round-progress'
import { RoundTable } from '@/components/collection/connections/round-table'
import { StartRound } from '@/components/collection/connections/start-round'
import { EventsPanel } from '@/components/collection/events/events-panel'
import { SetupSteps } from '@/components/collection/setup/setup-steps'
import { WriteBackPanel } from '@/components/collection/write-back/write-back-panel'
import { KeepFresh } from '@/components/imports/detail/keep-fresh'
import { Panel } from '@/components/ui/layout/panel'
import { requireWholeAccess } from '@/lib/access/access'
import { holds } from '@/lib/access/proof'
import { now } from '@/lib/clock'
import { ConnectionById } from '@/lib/domain/collection/connection'
import { env } from '@/lib/env'
import { AppError, NotFoundError } from '@/lib/errors'
import { callerIdentity, stackRegion } from '@/lib/jobs/collection/connect'
import { getConnection } from '@/lib/queries/collection/connections'
import { getDelegation, getOrganizationRoot } from '@/lib/queries/collection/delegation'
import { getEvents } from '@/lib/queries/events/events'
import { getWriteBack } from '@/lib/queries/write-back/write-back'
import { externalIdOf } from '@/lib/store/collection/connections'
import { addKey, addQueue, cancel, change, remove, removeKey, removeQueue, setWriteBack, start, test } from '../actions'

type Params = Promise<{ id: string }>

/** The connection of this address, read once for all sections. */
const loadConnection = cache(async (id: string) => {
  const access = await requireWholeAccess('accounts:manage')
  const parsed = ConnectionById.safeParse({ id })
  if (!parsed.success) notFound()
  try {
    const connection = await getConnection(access, parsed.data)
    return { connection, mayChange: holds(access, 'connections:manage') }
  } catch (error) {
    if (error instanceof NotFoundError) notFound()
    throw error
  }
})

export async function load(params: Params) {
  return loadConnection((await params).id)
}

export async function Facts({ params }: { params: Params }) {
  const [{ connection }, t] = await Promise.all([load(params), getTranslations('settings.connections')])
  const { kind, accountId, roleName, partition } = connection
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs">
      <ConnectionState connection={connection} />
      <span>
        {t(`kinds.${kind}`)} <span className="font-mono">{accountId}</span>
      </span>
      <span>
        {t('roleName')} <span className="font-mono">{roleName}</span>
      </span>
      {stateOfConnection(connection) === 'setup' ? null : <CellCounts connection={connection} />}
      {partition === 'aws' ? null : <span className="font-mono">{partition}</span>}
    </span>
  )
}

export async function Actions({ params }: { params: Params }) {
  const { connection, mayChange } = await load(params)
  return (
    <>
      <StartRound connection={connection} start={start} />
      {mayChange ? <ConnectionMenu connection={connection} change={change} remove={remove} /> : null}
    </>
  )
}

export async function RoundsSection({ params }: { params: Params }) {
  const [{ connection }, t] = await Promise.all([load(params), getTranslations('settings.connections')])
  if (stateOfConnection(connection) === 'setup') return null
  return (
    <Panel id="rounds" title={t('rounds')}>
      <KeepFresh active={connection.rounds.some(isOpen)} />
      <RoundTable rounds={connection.rounds} cancel={cancel} />
    </Panel>
  )
}

export async function EventsSection({ params }: { params: Params }) {
  const { connection, mayChange } = await load(params)
  if (stateOfConnection(connection) === 'setup' && !mayChange) return null
  const access = await requireWholeAccess('accounts:manage')
  const events = await getEvents(access, { id: connection.id })
  const { HINOMI_URL: base } = env()
  return (
    <EventsPanel
      connection={connection.id}
      events={events}
      address={base ? new URL('/api/v1/events', base).href : null}
      now={now()}
      {...(mayChange && { actions: { addQueue, removeQueue, addKey, removeKey } })}
    />
  )
}

export async function WriteBackSection({ params }: { params: Params }) {
  const { connection, mayChange } = await load(params)
  if (stateOfConnection(connection) === 'setup' && !mayChange) return null
  const access = await requireWholeAccess('accounts:manage')
  const view = await getWriteBack(access, { id: connection.id })
  return <WriteBackPanel connection={connection.id} view={view} {...(mayChange && { set: setWriteBack })} />
}

/** Who manages which service in the organization, once it was read. */
export async function DelegationSection({ params }: { params: Params }) {
  const [{ connection }, access, t] = await Promise.all([
    load(params),
    requireWholeAccess('accounts:manage'),
    getTranslations('settings.connections.delegation'),
  ])
  const delegation = connection.kind === 'organization' ? await getDelegation(access, connection.accountId) : null
  if (!delegation) return null
  return (
    <Panel id="delegation" title={t('title')}>
      <p className="mb-2 max-w-3xl text-pretty text-muted text-xs">{t('lead')}</p>
      <DelegationMatrix delegation={delegation} />
    </Panel>
  )
}

/** The steps in AWS, for administrators alone: they contain the external id. */
export async function SetupSection({ params }: { params: Params }) {
  const { connection, mayChange } = await load(params)
  if (!mayChange) return null
  const access = await requireWholeAccess('connections:manage')
  const reader = await requireWholeAccess('accounts:manage')
  const [caller, writeBack, root, externalId, t] = await Promise.all([
    callerIdentity(access, connection.partition),
    getWriteBack(reader, { id: connection.id }),
    getOrganizationRoot(reader, connection.accountId),
    storedExternalId(connection.id),
    getTranslations('errors'),
  ])
  if (externalId === null) {
    return (
      <Panel>
        <p className="text-bad">{t('connectionSecret')}</p>
      </Panel>
    )
  }
  return (
    <SetupSteps
      connection={connection}
      caller={caller}
      externalId={externalId}
      writeBack={writeBack}
      root={root}
      region={stackRegion(connection.partition)}
      change={change}
      test={test}
    />
  )
}

/** Null where the secret that sealed it is gone. */
async function storedExternalId(id: string): Promise<string | null> {
  const access = await requireWholeAccess('connections:manage')
  try {
    return await externalIdOf(access, id)
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict') return null
    throw error
  }
}
