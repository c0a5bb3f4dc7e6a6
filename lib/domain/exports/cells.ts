export const exportFormats = ['csv', 'json', 'xlsx'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** A value of an export. Times are those of UTC. */
export type Cell = string | number | boolean | Date | null

/** Rows of a table, some at a time, so that any number of them takes little memory. */
export type Pages = AsyncIterator<readonly (readonly Cell[])[]>
