import { closeDatabase } from '../../lib/db'
import { env } from '../../lib/env'
import { say } from '../launch/report.mjs'
import { demoState, markDemo, NotADemo, recreate, whileNobodyFills } from './database'
import { fillDemo } from './fill'
import { administrator, demoPassword, invited } from './organisation'

const DAYS = 60

/** Fills the database of npm run demo unless it is filled, and prints the sign-ins on standard output. */
async function main(): Promise<void> {
  const url = env().DATABASE_URL
  await whileNobodyFills(url, async () => {
    let state = await demoState()
    if (state === 'done') return
    if (state === 'begun') {
      say('The sample organization is incomplete; creating it again.')
      await closeDatabase()
      await recreate(url)
      state = 'empty'
    }
    const began = Date.now()
    say(`Creating the sample organization with ${DAYS} days of reports. This takes a minute, only at the first start.`)
    await markDemo('begun')
    await fillDemo({
      days: DAYS,
      end: new Date(),
      onDay: done => done % 10 === 0 && say(`Day ${done} of ${DAYS}`),
    })
    await markDemo('done')
    say(`The sample organization is ready (${Math.round((Date.now() - began) / 1000)} s).`)
  })
}

function signIns(): string {
  const shown = [administrator, ...invited].filter(member => member.shown)
  const width = Math.max(...shown.map(({ email }) => email.length))
  const lines = shown.map(({ email, name, role, teams }) => {
    const team = role === 'admin' ? '' : `, ${teams.join(' and ').toUpperCase()}`
    return `  ${email.padEnd(width)}  ${name} (${role}${team})`
  })
  return [`Sign in as one of these, password ${demoPassword}:`, ...lines].join('\n')
}

try {
  await main()
  process.stdout.write(`${signIns()}\n`)
  await closeDatabase()
  process.exit(0)
} catch (error) {
  if (error instanceof NotADemo) say(`Error: ${error.message}`)
  else console.error(error)
  process.exit(1)
}
