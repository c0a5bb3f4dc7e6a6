import type { z } from 'zod'
import type { Inventory, Resource } from '../checks/check'
import type { CollectorId } from '../collection/collectors'

export type { Resource }

/** What AWS WAF is judged by: the resources of one account, and what was read of it. */
export type Resources = Pick<Inventory, 'resources' | 'cell'>

/** Whether the last reading of a cell ended well and the cell has been read completely. */
export function isRead({ cell }: Resources, collector: CollectorId, region: string): boolean {
  const found = cell(collector, region)
  return found?.state === 'ok' && found.complete
}

/** Thrown for a resource whose data is not what its service documents, as in a report that no collector of Hinomi wrote. */
export class MalformedResource extends Error {
  override readonly name = 'MalformedResource'
}

/** The data of a resource in the shape that its service documents. Throws MalformedResource. */
export function dataOf<Shape extends z.ZodType>(shape: Shape, { type, arn, data }: Resource): z.output<Shape> {
  const read = shape.safeParse(data)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new MalformedResource(`${type} ${arn}: ${issue?.path.join('.') || 'data'}: ${issue?.message}`)
}
