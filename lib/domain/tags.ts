/** Tags of a resource, in the order of their names. */
export type Tags = Record<string, string>

/** All tags that several reports tell of one resource; where they differ, the first counts. Null where none tells of any. */
export function unitedTags(all: readonly (Tags | null)[]): Tags | null {
  const united: Tags = Object.assign({}, ...all.filter(tags => tags !== null).toReversed())
  return Object.keys(united).length === 0 ? null : inOrder(united)
}

/** Whether two lists of tags are the same; the database gives them in an order of its own. */
export function sameTags(a: Tags | null, b: Tags | null): boolean {
  return JSON.stringify(a && inOrder(a)) === JSON.stringify(b && inOrder(b))
}

function inOrder(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)))
}
