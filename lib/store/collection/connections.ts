import 'server-only'
import { randomBytes, randomUUID } from 'node:crypto'
import { type Access, type JobAccess, requireAllAccounts } from '../../access/proof'
import { openSealed, sealText } from '../../access/seal/seal'
import { now } from '../../clock'
import { prisma } from '../../db'
import type {
  AddConnection,
  ConnectionById,
  ConnectionKind,
  UpdateConnection,
} from '../../domain/collection/connection'
import { AppError, NotFoundError } from '../../errors'
import { type Connection, Prisma } from '../../generated/prisma/client'
import { lockAccounts } from '../accounts/lock'
import { recordAudit } from '../audit/audit'
import { refuseOverwrite } from '../overwrite'
import { dropUnwanted } from '../write-back/queue'
import { lockConnection } from './lock'

/** 32 hexadecimal digits. */
const EXTERNAL_ID_BYTES = 16
/** https://www.prisma.io/docs/orm/reference/error-reference#p2002 */
const UNIQUE = 'P2002'

function purposeOf(id: string): string {
  return `connection:${id}`
}

/**
 * Adds a connection with a new external id. It is paused: until its roles exist every call would be denied. Throws
 * `conflict` if its account has one already.
 */
export async function addConnection(
  access: Access<'connections:manage'>,
  input: AddConnection,
): Promise<ConnectionById> {
  requireAllAccounts(access)
  const id = randomUUID()
  const externalId = sealText(purposeOf(id), randomBytes(EXTERNAL_ID_BYTES).toString('hex'))
  const createdBy = access.actor.kind === 'member' ? access.actor.id : null
  const at = now()
  const data = { ...input, id, externalId, createdBy, pausedAt: at, createdAt: at, updatedAt: at }
  try {
    await prisma().$transaction(async tx => {
      await tx.connection.create({ data })
      await recordAudit(tx, access, { action: 'connection.add', target: `connection:${id}`, detail: { ...input } })
    })
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === UNIQUE)
      throw new AppError('conflict', { reason: 'connectionExists', field: 'accountId' })
    throw error
  }
  return { id }
}

/** Changes a connection; unset fields stay. Throws NotFoundError, and `conflict` where somebody else changed them. */
export async function updateConnection(
  access: Access<'connections:manage'>,
  { id, paused, seen, ...input }: UpdateConnection,
): Promise<void> {
  requireAllAccounts(access)
  await prisma().$transaction(async tx => {
    await lockConnection(tx, id)
    const before = await tx.connection.findUniqueOrThrow({ where: { id } })
    const { name, roleName } = before
    refuseOverwrite({ name, roleName, paused: before.pausedAt !== null }, seen, { ...input, paused })
    const pausedAt = paused ? (before.pausedAt ?? now()) : null
    const data = {
      ...(input.name !== undefined && { name: input.name }),
      ...(input.roleName !== undefined && { roleName: input.roleName }),
      ...(paused !== undefined && { pausedAt }),
    }
    await tx.connection.update({ where: { id }, data: { ...data, updatedAt: now() } })
    const detail = { ...input, ...(paused !== undefined && { paused }) }
    await recordAudit(tx, access, { action: 'connection.update', target: `connection:${id}`, detail })
  })
}

/** Forgets a connection and its rounds. Accounts, findings and resources stay. Throws NotFoundError. */
export async function dropConnection(access: Access<'connections:manage'>, { id }: ConnectionById): Promise<void> {
  requireAllAccounts(access)
  await prisma().$transaction(async tx => {
    await lockConnection(tx, id)
    const before = await tx.connection.findUniqueOrThrow({ where: { id }, include: { accounts: true } })
    // In the order of whoever connects accounts: these are locked, then their connection.
    await lockAccounts(
      tx,
      before.accounts.map(account => account.id),
    )
    await tx.connection.delete({ where: { id } })
    await dropUnwanted(tx)
    const { name, accountId } = before
    await recordAudit(tx, access, {
      action: 'connection.drop',
      target: `connection:${id}`,
      detail: { name, accountId },
    })
  })
}

/** The external id of a connection. Throws NotFoundError, and `conflict` where the secret that sealed it is gone. */
export async function externalIdOf(access: Access<'connections:manage'>, id: string): Promise<string> {
  requireAllAccounts(access)
  const connection = await prisma().connection.findUnique({ where: { id } })
  if (!connection) throw new NotFoundError()
  const externalId = openExternalId(connection)
  if (externalId === null) throw new AppError('conflict', { reason: 'connectionSecret' })
  return externalId
}

function openExternalId({ id, externalId }: Connection): string | null {
  return openSealed(purposeOf(id), externalId)
}

/** A connection as the worker uses it. */
export interface UsableConnection {
  id: string
  kind: ConnectionKind
  accountId: string
  partition: string
  roleName: string
  /** Null where the secret that sealed it is gone. */
  externalId: string | null
}

/** The connection of a round. Null where somebody removed it. */
export async function usableConnection(_job: JobAccess, id: string): Promise<UsableConnection | null> {
  const connection = await prisma().connection.findUnique({ where: { id } })
  if (!connection) return null
  const { accountId, partition, roleName } = connection
  const kind = connection.kind === 'organization' ? 'organization' : 'account'
  return { id, kind, accountId, partition, roleName, externalId: openExternalId(connection) }
}
