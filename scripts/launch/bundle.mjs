import { build } from 'esbuild'
import { root } from './paths.mjs'

/**
 * Compiles a TypeScript program of this project into one file, which finds its packages from there. Compiled while it is loaded, the worker
 * would take 100 MB of memory and two seconds more.
 * @param {string} program
 * @param {string} file
 */
export async function bundle(program, file) {
  await build({
    entryPoints: [program],
    outfile: file,
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    packages: 'external',
    conditions: ['react-server'],
    // As CommonJS: Next.js names its own files without their extension, which modules may not.
    format: 'cjs',
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: `const moduleUrl = require('node:url').pathToFileURL(__filename).href` },
    keepNames: true,
    logLevel: 'error',
  })
}
