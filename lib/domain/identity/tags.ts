/** Tags of a resource or an account. */
export type Tags = Record<string, string>
