import { type SourceId, sourceIds } from '../imports/outcome'

declare const table: unique symbol

/** The primary key of a table's row as one string, for maps and sets. Only the functions of this file make one. */
export type RowKey<Table extends string> = string & { readonly [table]: Table }

/** One product of one source in one account: what a complete report is complete for. */
export interface FeedScope {
  accountId: string
  source: SourceId
  product: string
}

/** `id`: 32 hexadecimal digits without dashes, as in sightingKey and splitKey. */
export function findingKey(accountId: string, id: string): RowKey<'finding'> {
  return `${accountId}/${id}` as RowKey<'finding'>
}

export function sightingKey(accountId: string, id: string): RowKey<'sighting'> {
  return `${accountId}/${id}` as RowKey<'sighting'>
}

/** `ownId`: see ownIdOf. */
export function splitKey(accountId: string, ownId: string): RowKey<'finding_split'> {
  return `${accountId}/${ownId}` as RowKey<'finding_split'>
}

/** `instanceId`: such as `i-0123456789abcdef0`. */
export function machineImageKey(accountId: string, instanceId: string): RowKey<'machine_image'> {
  return `${accountId}/${instanceId}` as RowKey<'machine_image'>
}

export function feedKey({ accountId, source, product }: FeedScope): RowKey<'feed'> {
  return `${accountId}/${source}/${product}` as RowKey<'feed'>
}

/** `part`: see completenessKey. */
export function feedPartKey(scope: FeedScope, part: string): RowKey<'feed_control'> {
  return `${feedKey(scope)}\u0000${part}` as RowKey<'feed_control'>
}

/** The account of a row. Every key begins with its twelve digits. */
export function accountOf(key: RowKey<string>): string {
  return key.slice(0, 12)
}

/** The instance of a row that names its machine image. */
export function instanceOf(key: RowKey<'machine_image'>): string {
  return key.slice(13)
}

/** The feed of a key. Throws where its source is unknown. */
export function feedOf(key: RowKey<'feed'>): FeedScope {
  // Only a product's name may hold a slash.
  const [accountId = '', name, ...product] = key.split('/')
  const source = sourceIds.find(id => id === name)
  if (!source) throw new Error(`unknown source in feed key: ${key}`)
  return { accountId, source, product: product.join('/') }
}
