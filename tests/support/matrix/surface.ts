import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { children, literal, type Node, nodesOf, parse, readSource, sourceFiles } from '../syntax'

const root = join(import.meta.dirname, '../../..')
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

export type Call = (...args: unknown[]) => unknown
interface Module {
  [name: string]: unknown
}

const load = (path: string): Promise<Module> => import(join(root, path))

/** Every server action by its name: the folder below app/(console) and the name of the export. */
export async function serverActions(): Promise<Map<string, Call>> {
  const actions = new Map<string, Call>()
  for (const path of actionFiles()) {
    const file = path.replace(/^app\/\(console\)\//, '').replace(/\.ts$/, '')
    const folder = file.replace(/(^|\/)actions$/, '')
    for (const [name, value] of Object.entries(await load(path)))
      actions.set(folder ? `${folder}/${name}` : name, value as Call)
  }
  return actions
}

const isMark = (node: Node) => node.type === 'ExpressionStatement' && literal(node.expression) === 'use server'

/** The syntax trees of all files with server actions. */
const marked = sourceFiles('app', 'lib', 'components')
  .filter(path => readSource(path).includes('use server'))
  .map(path => ({ path, program: parse(path, readSource(path)) }))

/** Source files whose exports are all server actions. */
const actionFiles = () => marked.filter(({ program }) => children(program).some(isMark)).map(({ path }) => path)

/** Files that mark a single function as a server action, which a table of exports would not find. */
export function inlineActions(): string[] {
  const whole = actionFiles()
  return marked
    .filter(({ path, program }) => !whole.includes(path) && [...nodesOf(program)].some(isMark))
    .map(({ path }) => path)
}

/** Every handler of the API and of other routes, such as "GET /api/v1/findings". */
export async function routeHandlers(): Promise<Map<string, Call>> {
  const handlers = new Map<string, Call>()
  for (const path of sourceFiles('app').filter(file => /\/route\.tsx?$/.test(file)))
    for (const [name, value] of Object.entries(await load(path)))
      if (METHODS.includes(name)) handlers.set(`${name} ${addressOf(path)}`, value as Call)
  return handlers
}

export interface PageModule {
  default: Call
  generateMetadata?: Call
}

/** Every page by its URL path. */
export async function pages(): Promise<Map<string, PageModule>> {
  const found = new Map<string, PageModule>()
  for (const path of sourceFiles('app').filter(file => /\/page\.tsx?$/.test(file)))
    found.set(addressOf(path), (await load(path)) as unknown as PageModule)
  return found
}

function addressOf(path: string): string {
  return `/${dirname(path)
    .split('/')
    .slice(1)
    .filter(part => !part.startsWith('('))
    .join('/')}`
}

/** Other files that answer requests, which a table of pages and routes would not contain. */
export function otherEntries(): string[] {
  const special = /\/(default|template|sitemap|robots|manifest|(opengraph|twitter)-image|icon|apple-icon)\d*\.tsx?$/
  const routers = ['pages', 'src'].filter(folder => existsSync(join(root, folder)))
  return [...sourceFiles('app').filter(path => special.test(path)), ...routers]
}
