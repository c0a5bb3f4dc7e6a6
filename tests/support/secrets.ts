import { env } from '../../lib/env'

/** Sets the secrets of this process: the first one is HINOMI_SECRET, the others are former ones. */
export function setSecrets(newest: string, ...former: string[]): void {
  const old = former.map((secret, index) => [`HINOMI_OLD_SECRET_${index + 1}`, secret])
  Object.assign(env(), { HINOMI_SECRET: newest, HINOMI_OLD_SECRETS: Object.fromEntries(old) })
}
