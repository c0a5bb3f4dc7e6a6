// npm run audit-packages: lists known vulnerabilities of the packages that the product ships. Fails for high and critical ones, but
// not if the registry does not offer this service. Time frames: SECURITY.md.
import { spawnSync } from 'node:child_process'
import { root } from './launch/paths.mjs'

const FATAL = ['high', 'critical']

const { stdout } = spawnSync('npm', ['audit', '--omit', 'dev', '--json'], {
  cwd: root,
  encoding: 'utf8',
  shell: process.platform === 'win32',
})
const report = parsed(stdout)
if (!report?.vulnerabilities) {
  console.warn('The registry gave no answer about known vulnerabilities; nothing was checked.')
} else {
  for (const { name, severity, range } of Object.values(report.vulnerabilities))
    console.warn(`${severity}: ${name} ${range}`)
  const fatal = Object.values(report.vulnerabilities).filter(({ severity }) => FATAL.includes(severity))
  console.warn(`${fatal.length} packages with known vulnerabilities of severity high or critical`)
  process.exitCode = fatal.length > 0 ? 1 : 0
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
