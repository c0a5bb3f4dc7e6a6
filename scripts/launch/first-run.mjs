import { createHash, randomBytes } from 'node:crypto'
import { connectTo } from './connection.mjs'
import { fromRoot } from './paths.mjs'
import { run } from './process.mjs'
import { LaunchError } from './report.mjs'
import { typescript } from './settings.mjs'

/**
 * Lets only the person who started a new instance claim it: creates the administrator that the environment names, or
 * else a one-time token for the setup page. Every start creates a new token.
 * @param {NodeJS.ProcessEnv} env of the application
 * @returns {Promise<string | null>} the token; null if there is a member
 */
export async function openFirstRun(env) {
  const { HINOMI_ADMIN_EMAIL: email, HINOMI_ADMIN_PASSWORD: password } = env
  if (Boolean(email) !== Boolean(password)) {
    throw new LaunchError('HINOMI_ADMIN_EMAIL and HINOMI_ADMIN_PASSWORD only work together; one of them is not set.')
  }
  if (email) {
    await run(process.execPath, [...typescript, fromRoot('scripts/hinomi/main.ts'), 'admin', 'ensure'], {
      what: 'Creating the administrator',
      leashed: true,
      quiet: true,
      env,
    })
    return null
  }
  const client = await connectTo(env.DATABASE_URL ?? '')
  try {
    const { rows } = await client.query('select exists (select from member) as claimed')
    if (rows[0].claimed) return null
    const token = randomBytes(24).toString('base64url')
    const tokenHash = createHash('sha256').update(token).digest('hex')
    await client.query(
      `insert into setting (key, value) values ('setup', $1) on conflict (key) do update set value = excluded.value`,
      [JSON.stringify({ tokenHash, createdAt: new Date().toISOString() })],
    )
    return token
  } finally {
    await client.end()
  }
}
