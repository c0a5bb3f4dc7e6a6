import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { CoverageLine } from './lines'

/** What an administrator reads in one Region: the findings of these accounts in these Regions, together with its own. */
export const ViewedCell = z.object({
  /** Where they are read; another Region than that of the cell where they are aggregated there. */
  home: z.string(),
  members: z.array(AccountId),
  regions: z.array(z.string()),
})
export type ViewedCell = z.infer<typeof ViewedCell>

/** How far a task has come: the Regions to read, the cells that are read, and where the present one continues. */
export const Position = z.object({
  regions: z.array(z.string()),
  cells: z.array(CoverageLine),
  /**
   * Regions of which only what changed since then is read. Kept, since tokens of a list fit only the filters that they were made for.
   */
  windows: z.record(z.string(), z.iso.datetime()).default({}),
  /** What the present cell reads for others; null for its own account and Region alone. Kept as the windows are. */
  view: ViewedCell.nullable().default(null),
  /** Records of the present cell so far by account and Region, of a view. */
  places: z.record(z.string(), z.int()).default({}),
  /** The Region of the present cell; null between two cells. */
  region: z.string().nullable().default(null),
  /** Where the present cell continues; null at its beginning. */
  cursor: z.json().nullable(),
  /** Records of the present cell so far. */
  records: z.int().min(0),
  /** When the task began to read. */
  startedAt: z.iso.datetime(),
})
export type Position = z.infer<typeof Position>
