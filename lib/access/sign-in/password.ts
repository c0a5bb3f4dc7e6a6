import 'server-only'
import { hash, verify } from '@node-rs/argon2'
import { z } from 'zod'
import { passwordProblem } from '../../domain/sign-in/weak-password'
import { env } from '../../env'
import { AppError, ForbiddenError } from '../../errors'

// OWASP's first choice for argon2id: 19 MiB, 2 passes, 1 lane. https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** A new password. The upper bound limits the cost of hashing; no rule on kinds of characters, as NIST 800-63B advises. */
export const NewPassword = z.string().min(12, 'passwordShort').max(256, 'passwordLong')

/** Throws `passwordsOff` where the settings allow single sign-on only. */
export function requirePasswords(): void {
  if (!passwordsAllowed()) throw new ForbiddenError('passwordsOff')
}

export function passwordsAllowed(): boolean {
  return env().HINOMI_PASSWORDS === 'on'
}

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), OPTIONS)
}

let decoy: Promise<string> | undefined

/**
 * Whether the password matches the hash. Without a hash (an unknown address, a member without a password) it takes as long and returns
 * false, so that the time reveals nothing.
 */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword('nobody has this password')
  const against = stored ?? (await decoy)
  const right = await verify(against, password.normalize('NFKC'))
  return right && stored !== null
}

/** Creates the decoy hash at the start, so that the time of the first sign-in reveals nothing. */
export async function warmUp(): Promise<void> {
  await verifyPassword(null, '')
}

/**
 * Throws for a password that is easy to guess for this person: `passwordMatch`, `passwordPattern` or `passwordCommon`. NIST SP 800-63B:
 * https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver
 */
export function requireStrongPassword(
  password: string,
  { email, name }: { email: string; name: string },
  field = 'password',
): void {
  const url = env().HINOMI_URL
  const host = url && URL.canParse(url) ? new URL(url).hostname : null
  const reason = passwordProblem(password, { email, name, host })
  if (reason) throw new AppError('invalid', { reason, field })
}
