import type { Principal } from '../identity/credentials'
import type { Store } from '../state/store'
import { AwsError } from '../wire/aws-error'

/** A call that the emulator answers itself. */
export interface Call {
  account: string
  region: string
  principal: Principal
  store: Store
  now: Date
  /** Regions of the emulator, enabled unless an account says otherwise. */
  regions: readonly string[]
}

/** The answer of moto to the request as it came; `onSuccess` keeps what it changes there. */
export class Forward {
  constructor(readonly onSuccess: () => void = () => {}) {}
}
export const FORWARD = new Forward()

type CommandOf<M, N extends string> = `${N}Command` extends keyof M ? M[`${N}Command`] : never
export type InputOf<M, N extends string> =
  CommandOf<M, N> extends abstract new (...args: never) => { input: infer I } ? I : never
type Resolved<M, N extends string> =
  CommandOf<M, N> extends abstract new (
    ...args: never
  ) => { resolveMiddleware: (...args: never) => infer H }
    ? H
    : never
export type OutputOf<M, N extends string> =
  Resolved<M, N> extends (...args: never) => Promise<{ output: infer O }> ? Omit<O, '$metadata'> : never

type Answer<O> = O | Forward
/** Handlers of some operations of a client, with the types of its commands. */
export type Handlers<M, N extends string> = {
  [Name in N]: (input: InputOf<M, Name>, call: Call) => Answer<OutputOf<M, Name>> | Promise<Answer<OutputOf<M, Name>>>
}

/** What the gateway sees of a service: handlers by operation. */
export type AnyHandler = (input: never, call: Call) => unknown

/** The account and those whose administrator it is, in the Region of the call. */
export function seenBy(
  { store, account, region }: Call,
  members: 'guardduty.members' | 'inspector2.members' | 'macie2.members',
): { account: string; region: string }[] {
  return [account, ...store.get(members, { account })].map(one => ({ account: one, region }))
}

/** One page of a list, and the token of the next one. */
export function pageOf<T>(all: readonly T[], token: string | undefined, size: number): { items: T[]; next?: string } {
  const from = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString().replace('from:', ''))
  if (!Number.isInteger(from) || from < 0) throw new AwsError('ValidationException', 'The token is not valid.')
  const items = all.slice(from, from + size)
  const end = from + items.length
  return end < all.length ? { items, next: Buffer.from(`from:${end}`).toString('base64url') } : { items }
}
