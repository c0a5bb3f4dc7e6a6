import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { keptByOptionalPeers } from '../../scripts/launch/install.mjs'
import { fromRoot } from '../../scripts/launch/paths.mjs'

interface Lock {
  packages: Record<
    string,
    { dev?: boolean; devOptional?: boolean; dependencies?: object; optionalDependencies?: object }
  >
}

const lock = JSON.parse(readFileSync(fromRoot('package-lock.json'), 'utf8')) as Lock
const manifest = JSON.parse(readFileSync(fromRoot('package.json'), 'utf8')) as { devDependencies: object }
const removed = keptByOptionalPeers(lock)

/** Packages without which the others of production do not load: named by one of them other than as an optional peer. */
function needed(): Set<string> {
  const production = Object.entries(lock.packages).filter(
    ([path, { dev }]) => path !== '' && !dev && !removed.includes(path),
  )
  const root = lock.packages['']
  const all = [...production.map(([, entry]) => entry), ...(root ? [root] : [])]
  return new Set(
    all
      .flatMap(entry => Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }))
      .map(name => `node_modules/${name}`),
  )
}

test('production keeps no development package that npm leaves there as an optional peer', () => {
  expect(removed).toContain('node_modules/@playwright/test')
  const left = Object.keys(manifest.devDependencies).map(name => `node_modules/${name}`)
  const stays = left.filter(path => !lock.packages[path]?.dev && !removed.includes(path))
  expect(stays.filter(path => !needed().has(path))).toEqual([])
})

test('no remaining package needs a removed one', () => {
  expect(removed.filter(path => needed().has(path))).toEqual([])
})
