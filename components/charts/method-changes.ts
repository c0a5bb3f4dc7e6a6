import type { TrendPoint } from '@/lib/domain/views'

/** The days from which scores are computed in another way than those before: the two are not comparable. */
export function methodChanges(trend: readonly TrendPoint[]): string[] {
  const scored = trend.filter(point => point.score !== null)
  return scored.flatMap((point, n) => (n > 0 && scored[n - 1]?.method !== point.method ? [point.day] : []))
}
