import { examinedCells, type ReadCells, readCells } from '../../domain/collection/cells'
import { type CollectorDefinition, checksDefinition, collectorDefinition } from '../../domain/collection/collectors'
import {
  type CollectedLine,
  type CollectionHeader,
  type CoverageLine,
  type ExaminedLine,
  type InventoryLine,
  lineKind,
  readLine,
} from '../../domain/collection/lines'
import { unreadTypes } from '../../domain/collection/organization/unread'
import { writesType } from '../../domain/collection/resources/written-types'
import { assetIdOf } from '../../domain/identity/identity'
import { RejectedRecord } from '../../domain/imports/reject'
import type { ImportTask } from '../../store/imports/runs'
import { IdSet, keyOf } from '../contents/id-set'

/** A resource of a collected report, with its id. */
export interface CollectedAsset extends InventoryLine {
  id: string
}

/** The cells of a report that a collector wrote, and the resources in them. */
export class Collected {
  readonly definition: CollectorDefinition
  readonly examined: ExaminedLine[] = []
  /** The resources of the document. */
  readonly assets = new IdSet()
  /** Types of resources that the document could not contain. */
  readonly unreadTypes = new Set<string>()

  readonly #whole: boolean
  readonly #cells: CoverageLine[] = []
  /** How many resources arrived of each account; the ids above say only which. */
  readonly #received = new Map<string, number>()

  private constructor(definition: CollectorDefinition, whole: boolean) {
    this.definition = definition
    this.#whole = whole
  }

  /** Throws RejectedRecord for a collector that this version does not know. */
  static of({ collector, account, whole }: CollectionHeader): Collected {
    const definition = collectorDefinition(collector)
    if (!definition) throw new RejectedRecord('bad_field', { field: 'collector' }, account)
    return new Collected(definition, whole)
  }

  /** The cells at the end of the document. Those of an account of which resources are missing prove nothing about others. */
  get cells(): readonly CoverageLine[] {
    const short = new Set(this.#cells.map(({ account }) => account).filter(account => this.#isShort(account)))
    return short.size === 0
      ? this.#cells
      : this.#cells.map(cell => (short.has(cell.account) ? { ...cell, complete: false } : cell))
  }

  /**
   * Whether fewer resources arrived of an account than its cells count. Of the account and not of each cell: a
   * resource may name a Region that is not that of its cell, and records of findings may say several things.
   */
  #isShort(account: string): boolean {
    if (this.definition.feed !== null) return false
    const own = this.#cells.filter(cell => cell.account === account)
    return own.reduce((sum, { records }) => sum + records, 0) > (this.#received.get(account) ?? 0)
  }

  get accounts(): string[] {
    return [...new Set([...this.cells, ...this.examined].map(({ account }) => account))].sort()
  }

  /** Where the report read everything of an account. */
  cellsOf(accountId: string): ReadCells {
    const examined = this.examined.filter(({ account }) => account === accountId)
    if (examined.length > 0) return examinedCells(examined, { whole: this.#whole })
    const cells = this.cells.filter(({ account }) => account === accountId)
    return readCells(cells, { regional: this.definition.regional, whole: this.#whole })
  }

  /** Throws RejectedRecord for a cell of another collector. */
  addCell(cell: CoverageLine): void {
    if (cell.collector !== this.definition.id)
      throw new RejectedRecord('bad_field', { field: 'collector' }, cell.account)
    this.#cells.push(cell)
  }

  /** Throws RejectedRecord where the report is not one of checks. */
  addExamined(line: ExaminedLine): void {
    if (this.definition !== checksDefinition) throw new RejectedRecord('bad_field', { field: 'examined' }, line.account)
    this.examined.push(line)
  }

  /**
   * The resource with its id; null where the document contains it already. Throws RejectedRecord for a type that the
   * collector does not write.
   */
  addAsset(line: InventoryLine): CollectedAsset | null {
    if (!writesType(this.definition.id, line.type))
      throw new RejectedRecord('bad_field', { field: 'type' }, line.account)
    this.#received.set(line.account, (this.#received.get(line.account) ?? 0) + 1)
    const id = assetIdOf(line)
    for (const type of unreadTypes(line)) this.unreadTypes.add(type)
    return this.assets.add(...keyOf(line.account, id)) ? { ...line, id } : null
  }
}

type Sender = Pick<ImportTask, 'allowed' | 'allowedSources' | 'isCollected' | 'isPushed' | 'mayClose'>

/**
 * A line that only collected reports have; null for any other record. Throws RejectedRecord for a malformed one and for
 * one that the sender may not write.
 */
export function collectedLine(value: unknown, sender: Sender): CollectedLine | null {
  const { allowed } = sender
  const kind = lineKind(value)
  if (kind === null) return null
  const line = readLine(kind, value)
  if ('wrong' in line) throw new RejectedRecord('bad_field', { field: line.wrong })
  if (allowed && !allowed.includes(line.account))
    throw new RejectedRecord('account_not_allowed', { account: line.account }, line.account)
  if (sender.isCollected) return line
  if (!maySend(line, sender)) throw new RejectedRecord('collected_not_allowed', {}, line.account)
  if (line.kind !== 'coverage') return line
  // In whose view a cell was read decides where Hinomi reads and writes next: only its own connections say so.
  const { via: _, ...own } = line
  return own
}

/** Resources decide what Hinomi's own checks close. What these have found, nobody else says. Events tell of findings alone. */
function maySend(line: CollectedLine, { mayClose, allowedSources, isPushed }: Sender): boolean {
  if (!mayClose || isPushed) return false
  if (line.kind !== 'collection') return true
  const feed = collectorDefinition(line.collector)?.feed ?? null
  return line.collector !== checksDefinition.id && (!allowedSources || (feed !== null && allowedSources.includes(feed)))
}
