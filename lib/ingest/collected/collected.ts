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
  readonly cells: CoverageLine[] = []
  readonly examined: ExaminedLine[] = []
  /** The resources of the document. */
  readonly assets = new IdSet()
  /** Types of resources that the document could not contain. */
  readonly unreadTypes = new Set<string>()

  readonly #whole: boolean

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
    this.cells.push(cell)
  }

  /** Throws RejectedRecord where the report is not one of checks. */
  addExamined(line: ExaminedLine): void {
    if (this.definition !== checksDefinition) throw new RejectedRecord('bad_field', { field: 'examined' }, line.account)
    this.examined.push(line)
  }

  /** The resource with its id; null where the document contains it already. */
  addAsset(line: InventoryLine): CollectedAsset | null {
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
