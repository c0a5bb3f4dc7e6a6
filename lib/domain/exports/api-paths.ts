import { z } from 'zod'
import { inPath, type Json, meanings, operation, problems, queryOf } from '../api/document-parts'
import { ExportQuery } from '../api/query'
import { frameworkIds } from '../controls/frameworks'

const csv = { 'text/csv': { schema: { type: 'string' } } }
const formats = {
  ...csv,
  'application/json': {
    schema: { type: 'array', items: { type: 'object', description: 'The columns of the CSV, by name' } },
  },
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': {
    schema: { type: 'string', format: 'binary' },
  },
}

/** Paths of downloads, which are streamed. */
export function exportPaths(): Json {
  const needs = 'findings:read and export:read'
  return {
    '/findings/export': {
      get: operation('exportFindings', 'Export all matching findings', needs, {
        parameters: queryOf(ExportQuery),
        responses: { 200: { description: meanings[200], content: formats }, ...problems(409) },
      }),
    },
    '/frameworks/{framework}/evidence': {
      get: operation('exportEvidence', 'Export the evidence for a framework as CSV', needs, {
        parameters: [inPath('framework', z.enum(frameworkIds))],
        responses: { 200: { description: meanings[200], content: csv }, ...problems(404) },
      }),
    },
  }
}
