import { z } from 'zod'
import { CoverageLine } from './lines'

/** How far a task has come: the Regions to read, the cells that are read, and where the present one continues. */
export const Position = z.object({
  regions: z.array(z.string()),
  cells: z.array(CoverageLine),
  /** Where the cell after the last of `cells` continues; null at its beginning. */
  cursor: z.json().nullable(),
  /** Records of that cell so far. */
  records: z.int().min(0),
  /** When the task began to read. */
  startedAt: z.iso.datetime(),
})
export type Position = z.infer<typeof Position>
