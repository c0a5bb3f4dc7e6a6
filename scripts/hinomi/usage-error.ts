/** An invalid call: its sentence in messages (cli.<reason>) and the help are shown. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  constructor(
    reason: string,
    readonly params: Record<string, string | number> = {},
  ) {
    super(reason)
  }
}
