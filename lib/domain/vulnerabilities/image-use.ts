import type { Facts } from '../findings/facts'

/**
 * The first facts. Where they are about an image and do not say in how many containers it runs, the first others that do
 * say it: Security Hub's copy leaves it out.
 */
export function withUse(newest: readonly Facts[]): Facts | null {
  const [first] = newest
  if (first?.kind !== 'vulnerability' || !first.image || first.image.inUse !== null) return first ?? null
  const used = newest.flatMap(each => (each.kind === 'vulnerability' && each.image ? [each.image] : []))
  const counted = used.find(({ inUse }) => inUse !== null)
  if (!counted) return first
  const { inUse, lastInUse } = counted
  return { ...first, image: { ...first.image, inUse, lastInUse } }
}
