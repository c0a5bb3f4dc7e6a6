/** A setting with who changed it last; null before anybody did. */
export interface Changed<T> {
  value: T
  version: string | null
  changedBy: string | null
  changedAt: Date | null
}
